#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kGranted{"raft.vote_granted",
                               "grants its vote of term {a} to r{b} (its log {c}^{d})"};
constexpr trace::Kind kRefusedTerm{"raft.vote_refused_term",
                                   "refuses r{b} its vote of term {a}: is in term {c}"};
constexpr trace::Kind kRefusedGiven{"raft.vote_refused_given",
                                    "refuses r{b} its vote of term {a}: gave it to r{c}"};
constexpr trace::Kind kRefusedLog{"raft.vote_refused_log",
                                  "refuses r{b} its vote of term {a}: its log is behind, {c}^{d}"};
constexpr trace::Kind kIgnored{"raft.vote_ignored",
                               "ignores r{b}'s call for votes of term {a}: hears leader r{c}"};
constexpr trace::Kind kRefusedDoubt{"raft.vote_refused_doubt",
                                    "refuses r{b} its vote of term {a}: is in doubt"};
const trace::Probe kDoubtful{"raft.vote_refused_in_doubt", trace::Probe::Need::kOptional};
const trace::Probe kRefusedByLog{"raft.vote_refused_by_log"};

}  // namespace

void Raft::receive_vote(Step& s, const Message& m) {
  // Thesis 6.2 (4.2.3 for removed servers): who hears a leader does not let itself be disturbed,
  // not even by a later term. The candidate is heard again if the leader turns out to be dead.
  if (options_.check_quorum && !m.transfer && m.term > term() && hears_a_leader(s.now)) {
    return s.sink.emit(kIgnored, m.term.value, m.from.value, leader().value);
  }
  adopt_later_term(s, m);

  const bool vote_is_free = !voted_for() || voted_for() == m.from;
  bool granted = false;
  if (m.term < term()) {
    s.sink.emit(kRefusedTerm, m.term.value, m.from.value, term().value);
  } else if (!vote_is_free) {
    s.sink.emit(kRefusedGiven, m.term.value, m.from.value, voted_for().value);
  } else if (in_doubt()) {
    s.sink.reached(kDoubtful);
    s.sink.emit(kRefusedDoubt, m.term.value, m.from.value);
  } else if (!is_up_to_date(m)) {
    s.sink.reached(kRefusedByLog);
    s.sink.emit(kRefusedLog, m.term.value, m.from.value, m.index.value, m.log_term.value);
  } else {
    granted = true;
    grant_vote(s, m);
  }

  Message reply = message_to(m.from, MessageKind::kVoteReply);
  reply.round = m.round;
  reply.reject = !granted;
  // A term or a vote that a crash could take back must not be told to anyone (thesis 3.8).
  send(s, reply, volatile_.durability.of_hard_state());
}

void Raft::grant_vote(Step& s, const Message& m) {
  s.sink.emit(kGranted, m.term.value, m.from.value, m.index.value, m.log_term.value);
  if (voted_for() != m.from) {
    persistent_.hard_state.voted_for = m.from;
    save_hard_state(s);
  }
  // Whoever asked for pre-votes gives way, and leaves the candidate the time it needs.
  if (role() == Role::kPreCandidate) become_follower(s, term(), ReplicaId());
  restart_election_timer(s);
}

}  // namespace plumbline::raft
