#pragma once

#include <string>
#include <vector>

#include "nodes/log/frame.h"

namespace plumbline::log {

// A group's records as recovery reads them, put together to what they come to. Each record names
// the one before it of its group, so a record that is missing is seen by the group that misses it
// and by no other.
//
// From a missing record on, it is unknown what the log was: what was whole until then is kept as
// the good prefix, and what follows is collected apart. An entry says that the log ended with it,
// and all that follow build on it: from the first one read behind the hole on everything is known
// again. Once the base has reached that, or says that nothing is left of what was before, the group
// is whole.
class History {
 public:
  explicit History(GroupId group) { state_.hard_state.group = group; }

  // Records must come in the order of their numbers. `where` is for the damage, in case this one
  // shows that one is missing.
  void read(const Frame& frame, const std::string& where);
  // A claim of all records before `next` says what the group's hard state was. It is believed where
  // it is the newer one: a vote that was never sent does no harm, one that is forgotten does. Says
  // whether it was news.
  bool believe(const GroupState& claimed, RecordNumber next);
  // Records behind the last one were synced and are lost; this is what the group had come to.
  void lose_tail(const GroupState& claimed, const std::string& where);
  // Records may be missing here.
  void miss(const std::string& where);

  bool damaged() const { return broken_; }
  const std::string& where() const { return where_; }
  const GroupState& state() const { return state_; }
  // After the last record: a commit index reaches no further than the entries that are left.
  void finish();
  // Hard state, base and entries.
  std::vector<Record> records() const;

 private:
  void read_entry(const Record& entry);
  void read_base(const Record& base);
  LogIndex prefix_end() const { return state_.base.index.plus(prefix_.size()); }
  Term prefix_end_term() const { return prefix_.empty() ? state_.base.term : prefix_.back().term; }
  bool prefix_has(LogIndex index, Term term) const;
  void mend_if_whole();

  GroupState state_;
  RecordNumber hard_state_at_;
  std::vector<Record> prefix_;  // entries from the base on
  bool broken_ = false;
  std::string where_;
  std::vector<Record> behind_;  // consecutive entries, read behind a hole
};

using Histories = std::map<GroupId, History>;

}  // namespace plumbline::log
