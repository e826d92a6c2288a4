#include "nodes/raft/quorum.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kCommitted{"raft.committed", "has committed up to {a}^{b}"};
const trace::Probe kInherited{"raft.inherited_committed"};

}  // namespace

// Leaders only.
void Raft::maybe_commit(Step& s) {
  // The leader's own copy counts when it is on its disk, like everybody else's.
  InlineVector<Held, 8> held{{self(), durable_index()}};
  for (const Progress& peer : as_leader()->peers) {
    if (!peer.in_doubt) held.push_back({peer.id, peer.match});
  }
  const LogIndex on_quorum = quorum_index(configuration(), held);
  if (on_quorum <= commit()) return;
  // Thesis 3.6.2, figure 3.7 (figure 8 of the paper): an entry of an earlier term on a quorum may
  // yet be replaced. It is committed by an entry of this term behind it.
  if (term_at(on_quorum) != term()) return;
  if (term_at(commit().next()) < term()) s.sink.reached(kInherited);
  advance_commit(s, on_quorum);
}

void Raft::advance_commit(Step& s, LogIndex to) {
  if (to <= commit()) return;
  if (Leader* leader = as_leader()) {
    for (LogIndex i = commit().next(); i <= to; i = i.next()) {
      leader->uncommitted_bytes -= entry(i).payload.size();
    }
  }
  volatile_.commit = to;
  s.sink.emit(kCommitted, to.value, term_at(to).value);
}

}  // namespace plumbline::raft
