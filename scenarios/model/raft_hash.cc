#include <algorithm>

#include "nodes/base/hash.h"
#include "scenarios/model/raft_replica.h"

namespace plumbline::model {
namespace {

using raft::Ticket;

Ticket synced_of(const RaftReplica& replica) {
  return replica.core.volatile_state().durability.synced();
}

// Tickets matter by how many are to be synced before them.
std::uint64_t distance(const RaftReplica& replica, Ticket ticket) {
  const Ticket synced = synced_of(replica);
  return ticket > synced ? ticket.value - synced.value : 0;
}

class Fold {
 public:
  void add(std::uint64_t value) { hash_ = combine(hash_, value); }
  template <class Tag, class Rep>
  void add(Id<Tag, Rep> id) {
    add(std::uint64_t{id.value});
  }
  void add(const raft::HardState& state) {
    add(state.term);
    add(state.voted_for);
    add(state.commit);
  }
  // What a snapshot stands for is told by where it ends.
  void add(const raft::SnapshotMeta& meta) {
    add(meta.index);
    add(meta.term);
    add(hash_bytes(raft::encode(meta.configuration).view()));
  }
  template <class Range>
  void add_entries(const Range& entries) {
    add(entries.size());
    for (const raft::Entry& entry : entries) add(hash(entry));
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

bool alike(const RaftReplica& a, const raft::Persist& x, const RaftReplica& b,
           const raft::Persist& y) {
  return distance(a, x.ticket) == distance(b, y.ticket) && x.hard_state == y.hard_state &&
         x.base == y.base && x.keep_tail == y.keep_tail && x.first == y.first &&
         x.entries == y.entries;
}

}  // namespace

std::uint64_t hash(const raft::Entry& entry) {
  return combine(combine(entry.term.value, static_cast<std::uint64_t>(entry.kind)),
                 hash_bytes(entry.payload.view()));
}

std::uint64_t hash(const raft::Message& m) {
  Fold fold;
  fold.add(static_cast<std::uint64_t>(m.kind) * 2 + (m.reject ? 1 : 0));
  fold.add(m.from);
  fold.add(m.to);
  fold.add(m.term);
  fold.add(m.index);
  fold.add(m.log_term);
  fold.add(m.commit);
  fold.add(m.round);
  fold.add(m.hint);
  fold.add(m.hint_term);
  fold.add_entries(m.entries);
  return fold.value();
}

bool same_but_for_answers(const RaftReplica& a, const RaftReplica& b) {
  const auto same_batch = [&](const raft::Persist& x, const raft::Persist& y) {
    return alike(a, x, b, y);
  };
  return a.core == b.core && a.arrived == b.arrived && a.disk.hard_state == b.disk.hard_state &&
         a.disk.base == b.disk.base && a.disk.snapshot == b.disk.snapshot &&
         a.disk.entries == b.disk.entries &&
         std::equal(a.unsynced.begin(), a.unsynced.end(), b.unsynced.begin(), b.unsynced.end(),
                    same_batch);
}

bool operator==(const RaftReplica& a, const RaftReplica& b) {
  const auto same_message = [&](const raft::Outgoing& x, const raft::Outgoing& y) {
    return distance(a, x.after) == distance(b, y.after) && x.message == y.message;
  };
  return same_but_for_answers(a, b) &&
         std::equal(a.held.begin(), a.held.end(), b.held.begin(), b.held.end(), same_message);
}

std::uint64_t RaftReplica::hash() const {
  Fold fold;
  fold.add(core.hash());
  fold.add(disk.hard_state);
  fold.add(disk.base);
  fold.add(disk.snapshot);
  if (arrived) fold.add(*arrived);
  fold.add_entries(disk.entries);
  fold.add(unsynced.size());
  for (const raft::Persist& batch : unsynced) {
    fold.add(distance(*this, batch.ticket));
    fold.add(std::uint64_t{batch.hard_state.has_value()});
    if (batch.hard_state) fold.add(*batch.hard_state);
    if (batch.base) fold.add(*batch.base);
    fold.add(batch.first);
    fold.add_entries(batch.entries);
  }
  fold.add(held.size());
  for (const raft::Outgoing& waiting : held) {
    fold.add(distance(*this, waiting.after));
    fold.add(model::hash(waiting.message));
  }
  return fold.value();
}

}  // namespace plumbline::model
