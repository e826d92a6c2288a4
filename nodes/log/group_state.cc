#include "nodes/log/group_state.h"

namespace plumbline::log {

void GroupState::note(const Record& record, RecordNumber number) {
  last = number;
  switch (record.kind) {
    case RecordKind::kHardState: hard_state = record; return;
    case RecordKind::kEntry:
      end = record.index;
      end_term = record.term;
      return;
    case RecordKind::kBase:
      base = record;
      // In a checkpoint it is said once more, and must not cut off anything then.
      base.keep_tail = true;
      if (record.keep_tail && record.index < end) return;
      end = record.index;
      end_term = record.term;
      return;
  }
}

void append_checkpoint(std::vector<Record>& into, const GroupState& state) {
  into.push_back(state.hard_state);
  if (state.base.index) into.push_back(state.base);
}

}  // namespace plumbline::log
