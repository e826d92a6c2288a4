#include "nodes/base/hash.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

// Folds a replica's state into one number, field by field in the order of their declaration; counts
// go before what they count.
class Folder {
 public:
  void add(std::uint64_t value) { hash_ = combine(hash_, value); }
  void add(Instant at) { add(static_cast<std::uint64_t>(at.ns)); }
  template <class Tag, class Rep>
  void add(Id<Tag, Rep> id) {
    add(static_cast<std::uint64_t>(id.value));
  }
  template <class Item, std::uint32_t N>
  void add(const InlineVector<Item, N>& items) {
    add(items.size());
    for (const Item& item : items) add(item);
  }
  void add(bool value) { add(std::uint64_t{value}); }
  void add(const Entry& entry) {
    add(entry.term);
    add(static_cast<std::uint64_t>(entry.kind));
    add(hash_bytes(entry.payload.view()));
  }
  void add(const Ballot& ballot) {
    add(ballot.granted);
    add(std::uint64_t{ballot.opposed});
  }
  void add(const Learner& learner) {
    add(learner.id);
    add(learner.promote);
    add(learner.replaces);
  }
  void add(const Seat& seat) {
    add(seat.id);
    add(seat.node);
  }
  void add(const Configuration& configuration) {
    add(configuration.voters);
    add(configuration.outgoing);
    add(configuration.learners);
    add(configuration.seats);
    add(configuration.next_id);
  }
  void add(const SnapshotMeta& meta) {
    add(meta.index);
    add(meta.term);
    add(meta.configuration);
    add(meta.configuration_index);
  }
  void add(const HardState& state) {
    add(state.term);
    add(state.voted_for);
    add(state.commit);
    add(state.doubt.until);
    add(state.doubt.term);
  }
  void add(const Progress::Flight& flight) {
    add(flight.last);
    add(flight.bytes);
  }
  void add(const Progress& peer) {
    add(peer.id);
    add(static_cast<std::uint64_t>(peer.pace));
    for (const bool flag : {peer.probe_sent, peer.in_doubt, peer.departing, peer.caught_up}) {
      add(flag);
    }
    add(peer.match);
    add(peer.next);
    add(peer.snapshot);
    add(peer.round);
    add(peer.acked_round);
    add(peer.checked_round);
    add(peer.read_round);
    add(peer.lease_round);
    add(peer.inflight);
    add(peer.stretch_end);
    add(peer.stretch_began);
  }
  void add(const ForwardedReads& reads) {
    add(reads.asked);
    add(reads.waiting);
    add(reads.round);
    add(reads.again_at);
  }
  void add(const Follower& follower) {
    add(follower.leader);
    add(follower.heard);
    add(follower.reads);
  }
  void add(const PreCandidate& asking) { add(asking.ballot); }
  void add(const Candidate& candidate) { add(candidate.ballot); }
  void add(const Reader& reader) {
    add(reader.from);
    add(reader.cookie);
  }
  void add(const Lease& lease) {
    add(lease.asked_at);
    add(lease.asking);
    add(lease.until);
  }
  void add(const Transfer& transfer) {
    add(transfer.to);
    add(transfer.told);
    add(transfer.until);
  }
  void add(const Leader& leader) {
    add(leader.peers);
    add(leader.reads.confirming);
    add(leader.reads.index);
    add(leader.reads.waiting);
    add(leader.heartbeat_at);
    add(leader.check_quorum_at);
    add(leader.lease);
    add(leader.lease_forfeited);
    add(leader.transfer);
    add(leader.uncommitted_bytes);
  }
  void add(const Durability& durability) { hash_ = durability.hash(hash_); }

  std::uint64_t hash() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

}  // namespace

bool operator==(const Raft& a, const Raft& b) {
  return a.self() == b.self() && a.persistent_ == b.persistent_ && a.volatile_ == b.volatile_;
}

std::uint64_t Raft::hash() const {
  Folder folder;
  folder.add(self());
  folder.add(persistent_.hard_state);
  folder.add(base());
  folder.add(last_index());
  for (LogIndex i = base().index.next(); i <= last_index(); i = i.next()) folder.add(entry(i));
  folder.add(volatile_.commit);
  folder.add(volatile_.durability);
  folder.add(volatile_.configuration);
  folder.add(volatile_.configuration_index);
  folder.add(volatile_.snapshot);
  folder.add(static_cast<std::uint64_t>(volatile_.role.index()));
  std::visit([&](const auto& role) { folder.add(role); }, volatile_.role);
  folder.add(volatile_.election_at);
  folder.add(volatile_.promised_until);
  folder.add(volatile_.repaired_at);
  folder.add(volatile_.forwarded);
  folder.add(volatile_.attempt);
  return folder.hash();
}

}  // namespace plumbline::raft
