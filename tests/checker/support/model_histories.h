#pragma once

#include "checker/history/history.h"
#include "tests/checker/support/plain_model.h"

namespace plumbline::checker {

struct ModelShape {
  int operations = 6;
  int clients = 3;
  int keys = 1;
  int unknown_percent = 20;
  int fail_percent = 10;
  int gap_max = 4;  // Of time between operations of a client, and of their length.
};

// A history that a right store gave: each operation took effect at one instant between call and
// return (an unknown one at any time after its call, or never).
History right_history(const PlainModel& model, const ModelShape& shape, Draw& draw);

// The same with one to three lies in it: another answer, outcome or time. It may still be
// linearizable, but keeps the invariants of a history.
History with_lies(const PlainModel& model, History history, Draw& draw);

}  // namespace plumbline::checker
