#pragma once

#include <cstddef>
#include <deque>
#include <map>

#include "nodes/log/frame.h"

namespace plumbline::log {

// Which segments there are, and which entries of each are still needed: by group the highest index
// that was neither replaced nor covered by a base.
class SegmentUses {
 public:
  struct Use {
    SegmentName name;
    std::uint64_t bytes = 0;
    std::map<GroupId, LogIndex> highest;
  };

  // One of the same name is replaced: it was empty and too short for its first record.
  void begin(SegmentName name, std::uint64_t bytes);
  // A record in the last segment. `before` is its group's state without it.
  void note(const Record& record, const GroupState& before);
  void drop_front() { uses_.pop_front(); }

  const std::deque<Use>& all() const { return uses_; }
  std::uint64_t bytes() const;
  // How many leading segments hold nothing that is needed. The last one always is.
  std::size_t obsolete(const Groups& groups) const;

 private:
  // Nothing of the group above `index` is needed any more.
  void cut(GroupId group, LogIndex index);

  std::deque<Use> uses_;
};

}  // namespace plumbline::log
