#include "nodes/raft/log.h"

#include <algorithm>

namespace plumbline::raft {

void Log::append(const Entry& entry) {
  PLUMB_ASSERT(entry.term >= last_term());
  entries_.push_back(entry);
}

void Log::truncate_after(LogIndex index) {
  PLUMB_ASSERT(index >= base_.index);
  PLUMB_ASSERT(index <= last_index());
  entries_.truncate(slot(index.next()));
}

void Log::compact(const SnapshotMeta& base) {
  PLUMB_ASSERT(matches(base.index, base.term));
  entries_.erase_front(slot(base.index.next()));
  base_ = base;
}

void Log::restart(const SnapshotMeta& base) {
  entries_.clear();
  base_ = base;
}

LogIndex Log::last_not_after(LogIndex limit, Term term) const {
  if (limit < base_.index) return limit;
  LogIndex index = std::min(limit, last_index());
  while (index > base_.index && term_at(index) > term) index = index.previous();
  return index;
}

Entries Log::slice(LogIndex first, std::uint32_t count_max, std::uint32_t bytes_max) const {
  Entries slice;
  std::size_t bytes = 0;
  for (LogIndex index = first; index <= last_index(); index = index.next()) {
    const Entry& entry = at(index);
    bytes += entry.payload.size();
    if (!slice.empty() && (slice.size() >= count_max || bytes > bytes_max)) break;
    slice.push_back(entry);
  }
  return slice;
}

LogIndex Log::last_configuration(LogIndex from, LogIndex to) const {
  PLUMB_ASSERT(from > base_.index);
  for (LogIndex index = to; index >= from; index = index.previous()) {
    if (at(index).kind == EntryKind::kConfiguration) return index;
  }
  return LogIndex();
}

}  // namespace plumbline::raft
