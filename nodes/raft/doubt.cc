#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kRepaired{"raft.repaired", "is no longer in doubt: holds its log up to {a}"};
const trace::Probe kRepairs{"raft.doubt_settled", trace::Probe::Need::kOptional};

}  // namespace

// This replica agrees with a leader up to `verified`. That repairs it
// - when nothing that it may have acknowledged lies behind: who leads holds all of that which is
//   committed, for it was elected without the vote of this replica as it is now;
// - or when the leader's own entries are among it, and it came to lead after the damage was found:
//   then everything of earlier terms that is committed lies before those.
void Raft::note_repair(const Message& m, LogIndex verified) {
  if (!in_doubt()) return;
  const Doubt& doubt = persistent_.hard_state.doubt;
  const bool all = verified >= doubt.until;
  const bool later_leader = m.term > doubt.term && term_at(verified) == m.term;
  if (all || later_leader) volatile_.repaired_at = verified;
}

// Only when it is on the disk: a crash must not find the doubt settled and the entries gone.
void Raft::settle_doubt(Step& s) {
  if (!in_doubt() || !volatile_.repaired_at || durable_index() < volatile_.repaired_at) return;
  s.sink.reached(kRepairs);
  s.sink.emit(kRepaired, volatile_.repaired_at.value);
  volatile_.repaired_at = LogIndex();
  persistent_.hard_state.doubt = Doubt();
  save_hard_state(s);
  restart_election_timer(s);
}

}  // namespace plumbline::raft
