#pragma once

#include <optional>
#include <string>

#include "nodes/raft/raft.h"

namespace plumbline::raft {

// What must hold of one replica whatever the others do; what binds replicas together is checked by
// whoever can see several. Both checks look at a handful of numbers and never at the whole log, so
// they are meant to run after every step: together below 100 ns (tests/bench/raft_core_bench.cc).

struct Violation {
  // Named after the item of the contract (I2, I4, I7), or after the structure that is broken.
  const char* invariant;
  std::string detail;
};

// Of one state.
std::optional<Violation> check(const Raft& raft);

// What a later state must not contradict.
struct Snapshot {
  explicit Snapshot(const Raft& raft);

  Term term;
  ReplicaId voted_for;
  Role role;
  LogIndex commit;
  Term commit_term;
  LogIndex last_index;
  Term last_term;
  LogIndex hard_commit;
};

// Of two states of one replica with any number of steps, but no restart, between them.
std::optional<Violation> check_step(const Snapshot& before, const Raft& after);

// Of a replica that has started again: `before` is what it was when everything that it told anyone
// was on its disk, `after` is what recovery made of that disk.
std::optional<Violation> check_restart(const HardState& before, const Raft& after);

}  // namespace plumbline::raft
