#include "nodes/raft/quorum.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kTransfers{"raft.transfers", "hands leadership of term {b} over to r{a}"};
constexpr trace::Kind kTold{"raft.timeout_now", "tells r{a} to stand for election: it holds {b}"};
constexpr trace::Kind kAbandons{"raft.transfer_abandoned",
                                "leads on: r{a} did not take over in time"};
const trace::Probe kTransferTold{"raft.transfer_told", trace::Probe::Need::kOptional};
const trace::Probe kTransferAbandoned{"raft.transfer_abandoned", trace::Probe::Need::kOptional};

}  // namespace

// Thesis 3.10. No commands are taken until the target has taken over, or has not in the time that
// an election takes.
void Raft::transfer(Step& s, const TransferLeadership& request) {
  Leader* leader = as_leader();
  s.update.refusal = Refusal::kNotLeader;
  if (leader == nullptr) return;
  const ReplicaId to = request.to ? request.to : best_successor();
  const Progress* peer = leader->find(to);
  s.update.refusal = Refusal::kInvalidChange;
  if (peer == nullptr || peer->in_doubt || !contains(configuration().voters, to)) return;
  s.update.refusal = Refusal::kNone;
  if (leader->transfer.to == to) return;
  s.sink.emit(kTransfers, to.value, term().value);
  leader->transfer = {to, false, s.now + options_.election_timeout};
  hand_over(s);
}

// The voter that holds most, zero without one.
ReplicaId Raft::best_successor() const {
  const Progress* best = nullptr;
  for (const Progress& peer : leading()->peers) {
    if (!contains(configuration().voters, peer.id) || peer.in_doubt) continue;
    if (best == nullptr || peer.match > best->match) best = &peer;
  }
  return best == nullptr ? ReplicaId() : best->id;
}

void Raft::hand_over(Step& s) {
  Transfer& transfer = as_leader()->transfer;
  if (!transfer.to || transfer.told) return;
  const Progress* peer = as_leader()->find(transfer.to);
  if (peer == nullptr || peer->match < last_index()) return;
  s.sink.reached(kTransferTold);
  s.sink.emit(kTold, peer->id.value, peer->match.value);
  transfer.told = true;
  as_leader()->lease_forfeited = true;
  send(s, message_to(peer->id, MessageKind::kTimeoutNow), Ticket());
}

void Raft::abandon_transfer(Step& s) {
  Transfer& transfer = as_leader()->transfer;
  if (!transfer.to || s.now < transfer.until) return;
  s.sink.reached(kTransferAbandoned);
  s.sink.emit(kAbandons, transfer.to.value);
  transfer = Transfer();
}

}  // namespace plumbline::raft
