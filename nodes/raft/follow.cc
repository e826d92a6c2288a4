#include <algorithm>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kLaterTerm{"raft.later_term", "term {a} > {b}, from r{c}"};
constexpr trace::Kind kSteppedDown{"raft.stepped_down", "steps down, led term {a}"};
constexpr trace::Kind kFollows{"raft.follows", "follows r{a} in term {b}"};

}  // namespace

void Raft::adopt_later_term(Step& s, const Message& m) {
  if (m.term <= term()) return;
  s.sink.emit(kLaterTerm, m.term.value, term().value, m.from.value);
  become_follower(s, m.term, ReplicaId());
}

void Raft::become_follower(Step& s, Term term, ReplicaId leader) {
  const bool led = leading() != nullptr;
  if (led) s.sink.emit(kSteppedDown, this->term().value);
  keep_promise();
  leave_role(s);
  // A vote is for a whole term, whatever role its giver plays in it.
  if (term > this->term()) {
    persistent_.hard_state.term = term;
    persistent_.hard_state.voted_for = ReplicaId();
    volatile_.attempt = 0;
    save_hard_state(s);
  }
  volatile_.role = Follower{leader, s.now};
  if (led) restart_election_timer(s);
}

void Raft::follow(Step& s, ReplicaId leader) {
  if (this->leader() != leader) {
    s.sink.emit(kFollows, leader.value, term().value);
    become_follower(s, term(), leader);
  }
  as_follower()->heard = s.now;
  restart_election_timer(s);
}

// Whoever followed a leader that may read by lease has promised it a time without another, whatever
// later terms it hears of meanwhile.
void Raft::keep_promise() {
  const Follower* follower = as_follower();
  if (!options_.lease_reads || follower == nullptr || !follower->leader) return;
  volatile_.promised_until =
      std::max(volatile_.promised_until, follower->heard + options_.election_timeout);
}

// Reads that wait for what the role knew are told that it is over.
void Raft::leave_role(Step& s) {
  if (leading() != nullptr) fail_reads(s);
  if (as_follower() != nullptr) fail_forwarded(s);
}

}  // namespace plumbline::raft
