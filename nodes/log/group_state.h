#pragma once

#include <map>
#include <vector>

#include "nodes/log/record.h"

namespace plumbline::log {

// What a group's records come to, its entries left aside: what a new segment begins with, and what
// a claim says.
struct GroupState {
  Record hard_state{.kind = RecordKind::kHardState};
  Record base{.kind = RecordKind::kBase, .keep_tail = true};  // index zero: the log begins at 1
  // The last entry, or the base when there is none.
  LogIndex end;
  Term end_term;
  // The group's last record.
  RecordNumber last;

  void note(const Record& record, RecordNumber number);
};

// By group, so that whatever is written from it has one order.
using Groups = std::map<GroupId, GroupState>;

// A group's state as the records of a checkpoint.
void append_checkpoint(std::vector<Record>& into, const GroupState& state);

}  // namespace plumbline::log
