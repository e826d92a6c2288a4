#include "nodes/log/history.h"

#include <algorithm>

namespace plumbline::log {
namespace {

// Takes the entry into consecutive ones, where it replaces its like and all behind it.
void put(std::vector<Record>& entries, const Record& entry) {
  const bool inside = !entries.empty() && entry.index >= entries.front().index;
  entries.resize(inside ? entry.index.value - entries.front().index.value : 0);
  entries.push_back(entry);
}

void drop_up_to(std::vector<Record>& entries, LogIndex index) {
  const auto kept = std::find_if(entries.begin(), entries.end(),
                                 [index](const Record& entry) { return entry.index > index; });
  entries.erase(entries.begin(), kept);
}

}  // namespace

void History::read(const Frame& frame, const std::string& where) {
  if (frame.previous != state_.last) {
    miss(where);
    behind_.clear();
  }
  const Record record = frame.record();
  switch (record.kind) {
    case RecordKind::kHardState:
      state_.note(record, frame.number);
      state_.end = frame.end;
      state_.end_term = frame.end_term;
      hard_state_at_ = frame.number;
      break;
    case RecordKind::kEntry:
      read_entry(record);
      state_.note(record, frame.number);
      break;
    case RecordKind::kBase:
      read_base(record);
      state_.note(record, frame.number);
      break;
  }
  mend_if_whole();
}

void History::miss(const std::string& where) {
  if (!broken_) where_ = where;
  broken_ = true;
}

void History::read_entry(const Record& entry) {
  if (broken_) {
    const bool joins = !behind_.empty() && entry.index <= behind_.back().index.next();
    if (!joins) behind_.clear();
    return put(behind_, entry);
  }
  // An index that leaves a gap was never appended; whoever forged it gets a hole.
  if (entry.index > prefix_end().next() || entry.index <= state_.base.index) {
    miss("entry " + std::to_string(entry.index.value) + " of group " +
         std::to_string(entry.group.value) + " does not follow the one before it");
    return put(behind_, entry);
  }
  put(prefix_, entry);
}

void History::read_base(const Record& base) {
  // The tail stays only where it is known to have grown from this base: with a hole before it, what
  // was read first may be of a log that has been replaced.
  const bool grows = !broken_ || prefix_has(base.index, base.term);
  if (!base.keep_tail || !grows) prefix_.clear();
  if (!base.keep_tail) {
    behind_.clear();
    broken_ = false;
  }
  drop_up_to(prefix_, base.index);
}

bool History::prefix_has(LogIndex index, Term term) const {
  if (index == state_.base.index) return term == state_.base.term;
  return std::any_of(prefix_.begin(), prefix_.end(), [&](const Record& entry) {
    return entry.index == index && entry.term == term;
  });
}

void History::mend_if_whole() {
  if (!broken_) return;
  const bool empty = state_.end <= state_.base.index;
  const bool same = state_.end == prefix_end() && state_.end_term == prefix_end_term();
  const bool reached = !behind_.empty() && behind_.front().index <= state_.base.index.next();
  if (!empty && !same && !reached) return;
  if (empty) prefix_.clear();
  if (!empty && !same) {
    drop_up_to(behind_, state_.base.index);
    prefix_ = std::move(behind_);
  }
  behind_.clear();
  broken_ = false;
}

bool History::believe(const GroupState& claimed, RecordNumber next) {
  if (hard_state_at_ >= next) return false;
  Record believed = claimed.hard_state;
  // A doubt is over only when what ended it can be read; one that begins is believed.
  if (claimed.last > state_.last) {
    believed.doubt_until = std::max(believed.doubt_until, state_.hard_state.doubt_until);
    believed.doubt_term = std::max(believed.doubt_term, state_.hard_state.doubt_term);
  }
  const bool news = believed != state_.hard_state;
  state_.hard_state = believed;
  return news;
}

void History::lose_tail(const GroupState& claimed, const std::string& where) {
  miss(where);
  behind_.clear();
  state_.last = claimed.last;
  state_.end = claimed.end;
  state_.end_term = claimed.end_term;
  mend_if_whole();
}

void History::finish() {
  if (!broken_) {
    state_.end = prefix_end();
    state_.end_term = prefix_end_term();
  }
  state_.hard_state.commit = std::min(state_.hard_state.commit, prefix_end());
}

std::vector<Record> History::records() const {
  std::vector<Record> result;
  append_checkpoint(result, state_);
  result.insert(result.end(), prefix_.begin(), prefix_.end());
  return result;
}

}  // namespace plumbline::log
