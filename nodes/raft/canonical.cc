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
  void add(const Entry& entry) {
    add(entry.term);
    add(static_cast<std::uint64_t>(entry.kind));
    add(hash_bytes(entry.payload.view()));
  }
  void add(const Ballot& ballot) {
    add(ballot.granted);
    add(std::uint64_t{ballot.opposed});
  }
  void add(const Progress& peer) {
    add(peer.id);
    add(static_cast<std::uint64_t>(peer.pace) * 2 + (peer.probe_sent ? 1 : 0));
    add(peer.match);
    add(peer.next);
    add(peer.round);
    add(peer.acked_round);
    add(peer.checked_round);
    add(peer.read_round);
    add(peer.inflight);
  }
  void add(const Follower& follower) {
    add(follower.leader);
    add(follower.heard);
  }
  void add(const PreCandidate& asking) { add(asking.ballot); }
  void add(const Candidate& candidate) { add(candidate.ballot); }
  void add(const Leader& leader) {
    add(leader.peers);
    add(leader.reads.confirming);
    add(leader.reads.index);
    add(leader.reads.waiting);
    add(leader.heartbeat_at);
    add(leader.check_quorum_at);
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
  folder.add(persistent_.hard_state.term);
  folder.add(persistent_.hard_state.voted_for);
  folder.add(persistent_.hard_state.commit);
  folder.add(last_index());
  for (LogIndex i = LogIndex(1); i <= last_index(); i = i.next()) folder.add(entry(i));
  folder.add(volatile_.commit);
  folder.add(volatile_.durability);
  folder.add(volatile_.configuration.voters);
  folder.add(volatile_.configuration_index);
  folder.add(static_cast<std::uint64_t>(volatile_.role.index()));
  std::visit([&](const auto& role) { folder.add(role); }, volatile_.role);
  folder.add(volatile_.election_at);
  folder.add(volatile_.attempt);
  return folder.hash();
}

}  // namespace plumbline::raft
