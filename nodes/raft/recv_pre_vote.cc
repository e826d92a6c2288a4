#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kGranted{"raft.pre_vote_granted",
                               "would vote for r{b} in term {a} (its log {c}^{d})"};
constexpr trace::Kind kRefusedTerm{"raft.pre_vote_refused_term",
                                   "would not vote for r{b} in term {a}: is in term {c}"};
constexpr trace::Kind kRefusedLeader{"raft.pre_vote_refused_leader",
                                     "would not vote for r{b} in term {a}: hears leader r{c}"};
constexpr trace::Kind kRefusedLog{
    "raft.pre_vote_refused_log", "would not vote for r{b} in term {a}: its log is behind, {c}^{d}"};
constexpr trace::Kind kRefusedDoubt{"raft.pre_vote_refused_doubt",
                                    "would not vote for r{b} in term {a}: is in doubt"};
const trace::Probe kRefusedBySticky{"raft.pre_vote_refused_by_stickiness"};

}  // namespace

// Thesis 9.6. Answers what a vote would be and promises nothing: neither term nor vote changes, and
// the answer waits for no disk.
void Raft::receive_pre_vote(Step& s, const Message& m) {
  Message reply = message_to(m.from, MessageKind::kPreVoteReply);
  reply.round = m.round;
  if (m.term <= term()) {
    reply.reject = true;
    s.sink.emit(kRefusedTerm, m.term.value, m.from.value, term().value);
  } else if (hears_a_leader(s.now)) {
    reply.reject = true;
    s.sink.reached(kRefusedBySticky);
    s.sink.emit(kRefusedLeader, m.term.value, m.from.value, leader().value);
  } else if (in_doubt()) {
    reply.reject = true;
    s.sink.emit(kRefusedDoubt, m.term.value, m.from.value);
  } else if (!is_up_to_date(m)) {
    reply.reject = true;
    s.sink.emit(kRefusedLog, m.term.value, m.from.value, m.index.value, m.log_term.value);
  } else {
    reply.term = m.term;
    s.sink.emit(kGranted, m.term.value, m.from.value, m.index.value, m.log_term.value);
  }
  send(s, reply, Ticket());
}

}  // namespace plumbline::raft
