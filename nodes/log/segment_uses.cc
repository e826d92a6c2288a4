#include "nodes/log/segment_uses.h"

#include <algorithm>

namespace plumbline::log {
namespace {

bool is_obsolete(const SegmentUses::Use& use, const Groups& groups) {
  return std::all_of(use.highest.begin(), use.highest.end(), [&groups](const auto& item) {
    const auto group = groups.find(item.first);
    return group != groups.end() && item.second <= group->second.base.index;
  });
}

}  // namespace

void SegmentUses::begin(SegmentName name, std::uint64_t bytes) {
  if (!uses_.empty() && uses_.back().name == name) uses_.pop_back();
  uses_.push_back({name, bytes, {}});
}

void SegmentUses::note(const Record& record, const GroupState& before) {
  switch (record.kind) {
    case RecordKind::kHardState: return;
    case RecordKind::kEntry:
      if (record.index <= before.end) cut(record.group, record.index.previous());
      uses_.back().highest[record.group] = record.index;
      return;
    case RecordKind::kBase:
      if (!record.keep_tail) cut(record.group, record.index);
      return;
  }
}

void SegmentUses::cut(GroupId group, LogIndex index) {
  for (Use& use : uses_) {
    const auto highest = use.highest.find(group);
    if (highest != use.highest.end()) highest->second = std::min(highest->second, index);
  }
}

std::uint64_t SegmentUses::bytes() const {
  std::uint64_t sum = 0;
  for (const Use& use : uses_) sum += use.bytes;
  return sum;
}

std::size_t SegmentUses::obsolete(const Groups& groups) const {
  std::size_t count = 0;
  while (count + 1 < uses_.size() && is_obsolete(uses_[count], groups)) ++count;
  return count;
}

}  // namespace plumbline::log
