#include "nodes/raft/quorum.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kCommitted{"raft.committed", "has committed up to {a}^{b}"};
const trace::Probe kInherited{"raft.inherited_committed"};

}  // namespace

// Leaders only.
void Raft::maybe_commit(Step& s) {
  InlineVector<LogIndex, 7> held;
  for (const ReplicaId voter : configuration().voters) {
    // The leader's own copy counts when it is on its disk, like everybody else's.
    held.push_back(voter == self() ? durable_index() : as_leader()->find(voter)->match);
  }
  const LogIndex on_quorum = quorum_index(configuration(), held);
  // Thesis 3.6.2, figure 3.7 (figure 8 of the paper): an entry of an earlier term on a quorum may
  // yet be replaced. It is committed by an entry of this term behind it.
  if (term_at(on_quorum) != term()) return;
  if (on_quorum > commit() && term_at(commit().next()) < term()) s.sink.reached(kInherited);
  advance_commit(s, on_quorum);
}

void Raft::advance_commit(Step& s, LogIndex to) {
  if (to <= commit()) return;
  volatile_.commit = to;
  s.sink.emit(kCommitted, to.value, term_at(to).value);
}

}  // namespace plumbline::raft
