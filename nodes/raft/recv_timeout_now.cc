#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kHurried{"raft.hurried", "stands for election at the wish of r{a}"};

}  // namespace

// Thesis 3.10: as if its election time-out had elapsed. Who was asked asks nobody first.
void Raft::receive_timeout_now(Step& s, const Message& m) {
  adopt_later_term(s, m);
  if (m.term != term() || role() != Role::kFollower || !may_campaign()) return;
  s.sink.emit(kHurried, m.from.value);
  start_election(s, true);
}

}  // namespace plumbline::raft
