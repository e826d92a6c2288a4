#include "tests/nodes_raft/cluster.h"

#include <algorithm>
#include <utility>

#include "nodes/base/hash.h"

namespace plumbline::raft::testing {

void write(Raft::Recovered& disk, const Persist& persist) {
  if (persist.hard_state) disk.hard_state = *persist.hard_state;
  if (persist.base) {
    const SnapshotMeta& base = *persist.base;
    const std::size_t dropped = base.index.value - disk.base.index.value;
    if (persist.keep_tail) {
      disk.entries.erase(disk.entries.begin(),
                         disk.entries.begin() + static_cast<std::ptrdiff_t>(dropped));
    } else {
      disk.entries.clear();
      disk.snapshot = base;
    }
    disk.base = base;
  }
  if (persist.entries.empty()) return;
  disk.entries.resize(persist.first.value - disk.base.index.value - 1);
  disk.entries.insert(disk.entries.end(), persist.entries.begin(), persist.entries.end());
}

Cluster::Cluster(std::uint32_t count, const Options& options, Narrator& narrator,
                 ReplicaId preferred)
    : narrator_(narrator), nodes_(count) {
  Configuration configuration;
  for (std::uint32_t i = 1; i <= count; ++i) configuration.voters.push_back(ReplicaId(i));
  for (const ReplicaId id : configuration.voters) {
    Node& node = at(id);
    node.options = options;
    node.options.self = id;
    node.options.preferred = id == preferred;
    node.disk = Raft::bootstrap(configuration);
    restart(id);
  }
}

std::vector<ReplicaId> Cluster::ids() const {
  std::vector<ReplicaId> ids;
  for (std::uint32_t i = 1; i <= nodes_.size(); ++i) ids.push_back(ReplicaId(i));
  return ids;
}

Update Cluster::step(ReplicaId id, const Event& event) {
  Node& node = at(id);
  narrator_.speak_for(id);
  const Snapshot before(*node.core);
  Update update = node.core->step(node.now, event, narrator_);
  safety_.stepped(*this, id, before);
  carry_out(node, update);
  return update;
}

void Cluster::carry_out(Node& node, const Update& update) {
  if (update.persist) node.unsynced.push_back(*update.persist);
  for (const Outgoing& outgoing : update.messages) {
    outgoing.after > node.synced ? node.held.push_back(outgoing) : leave(outgoing);
  }
  node.reads.insert(node.reads.end(), update.reads.begin(), update.reads.end());
}

void Cluster::leave(const Outgoing& outgoing) {
  safety_.leaves(*this, outgoing.message);
  network_.push_back(outgoing.message);
}

Update Cluster::fire_deadline(ReplicaId id) {
  Node& node = at(id);
  const Instant due = node.core->next_deadline();
  if (due != Instant::never()) node.now = std::max(node.now, due);
  return step(id, DeadlineReached{});
}

bool Cluster::sync(ReplicaId id, std::size_t batches) {
  Node& node = at(id);
  const std::size_t count = std::min(batches, node.unsynced.size());
  if (count == 0) return false;
  for (std::size_t i = 0; i < count; ++i) {
    write(node.disk, node.unsynced.front());
    node.synced = node.unsynced.front().ticket;
    node.unsynced.pop_front();
  }
  const auto waits = [&](const Outgoing& outgoing) { return outgoing.after > node.synced; };
  const auto ready = std::stable_partition(node.held.begin(), node.held.end(), waits);
  const std::vector<Outgoing> leaving(ready, node.held.end());
  node.held.erase(ready, node.held.end());
  for (const Outgoing& outgoing : leaving) leave(outgoing);
  step(id, Synced{node.synced});
  return true;
}

void Cluster::crash(ReplicaId id, std::size_t survive) {
  Node& node = at(id);
  for (std::size_t i = 0; i < std::min(survive, node.unsynced.size()); ++i) {
    write(node.disk, node.unsynced[i]);
  }
  node.unsynced.clear();
  node.held.clear();
  node.reads.clear();
  node.core.reset();
}

void Cluster::restart(ReplicaId id) {
  Node& node = at(id);
  ++node.starts;
  node.synced = Ticket();
  node.now = Instant();
  node.options.timeout_seed = combine(id.value, node.starts);
  node.core.emplace(node.options, node.disk, node.now);
  safety_.restarted(*this, id);
  // Who was sending it a snapshot sees the connection break.
  for (const ReplicaId other : ids()) {
    const bool leads = at(other).core && at(other).core->role() == Role::kLeader;
    if (leads && other != id) step(other, SnapshotFailed{id});
  }
}

void Cluster::replace_disk(ReplicaId id, Raft::Recovered disk) { at(id).disk = std::move(disk); }

ReplicaId Cluster::join() {
  Node node;
  node.options = nodes_.front().options;
  const ReplicaId id(static_cast<std::uint32_t>(nodes_.size() + 1));
  node.options.self = id;
  node.options.preferred = false;
  nodes_.push_back(std::move(node));
  restart(id);
  return id;
}

void Cluster::take_snapshot(ReplicaId id, bool keep_trailing) {
  Node& node = at(id);
  const SnapshotMeta meta = node.core->meta_at(node.core->commit());
  // A file of its own beside the log; only of what is in the log on the disk, so that a restart
  // finds it inside.
  if (meta.index > node.core->durable_index()) return;
  node.disk.snapshot = meta;
  step(id, SnapshotTaken{.meta = meta, .keep_trailing = keep_trailing});
}

void Cluster::damage(ReplicaId id, LogIndex kept) {
  Node& node = at(id);
  node.before_damage = node.disk;
  Raft::Recovered& disk = node.disk;
  const LogIndex last = disk.base.index.plus(disk.entries.size());
  PLUMB_ASSERT(disk.base.index <= kept && kept <= last);
  disk.entries.resize(kept.value - disk.base.index.value);
  // The state of a later instant is of no use to a log that does not reach it.
  if (disk.snapshot.index > kept) disk.snapshot = disk.base;
  disk.hard_state.doubt = {last, disk.hard_state.term};
}

void Cluster::lose(std::size_t place) {
  const Message message = network_.at(place);
  network_.erase(network_.begin() + static_cast<std::ptrdiff_t>(place));
  if (message.kind == MessageKind::kSnapshot && at(message.from).core) {
    step(message.from, SnapshotFailed{message.to});
  }
}

void Cluster::deliver(std::size_t place) {
  const Message message = network_.at(place);
  if (!at(message.to).core) return lose(place);
  network_.erase(network_.begin() + static_cast<std::ptrdiff_t>(place));
  step(message.to, Receive{message});
}

}  // namespace plumbline::raft::testing
