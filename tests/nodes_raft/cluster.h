#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "nodes/raft/raft.h"
#include "tests/nodes_raft/narrative.h"
#include "tests/nodes_raft/safety.h"

namespace plumbline::raft::testing {

// A few production cores, each with a disk that loses what is not synced, and a network that is a
// list of messages. Nothing happens by itself: whoever holds the cluster (a script, the explorer)
// says what is delivered, synced, or crashed next. After each step the safety invariants are
// checked.
class Cluster {
 public:
  struct Node {
    Options options;
    std::optional<Raft> core;  // empty while crashed
    Instant now;
    Raft::Recovered disk;
    std::deque<Persist> unsynced;
    Ticket synced;
    std::vector<Outgoing> held;  // messages that wait for a sync
    std::vector<ReadResult> reads;
    std::uint64_t starts = 0;
    // The disk as it was before it lost something synced.
    std::optional<Raft::Recovered> before_damage;
  };

  Cluster(std::uint32_t count, const Options& options, Narrator& narrator,
          ReplicaId preferred = {});

  std::size_t size() const { return nodes_.size(); }
  std::vector<ReplicaId> ids() const;
  Node& at(ReplicaId id) { return nodes_.at(id.value - 1); }
  const Node& at(ReplicaId id) const { return nodes_.at(id.value - 1); }
  std::vector<Message>& network() { return network_; }
  Safety& safety() { return safety_; }

  // REQUIRES of these: the node is up.
  Update step(ReplicaId id, const Event& event);
  // Its clock jumps to its next deadline, unless it is there.
  Update fire_deadline(ReplicaId id);
  // The oldest `batches` of what is not synced are; Synced is given back. False when there is none.
  bool sync(ReplicaId id, std::size_t batches = SIZE_MAX);
  // Loses what is not synced, but for the oldest `survive` batches, which had reached the disk.
  void crash(ReplicaId id, std::size_t survive = 0);

  // REQUIRES: the node is down.
  void restart(ReplicaId id);
  // The disk holds this from now on. REQUIRES: the node is down.
  void replace_disk(ReplicaId id, Raft::Recovered disk);
  // A replica more, with an empty disk, which waits to be taken in.
  ReplicaId join();
  // The state machine as of the commit index is on the disk. REQUIRES: the node is up.
  void take_snapshot(ReplicaId id, bool keep_trailing = true);
  // The disk loses the entries behind `kept`, all of them synced, and recovery sees it: the node is
  // in doubt when it starts again. REQUIRES: the node is down, kept >= the log's base.
  void damage(ReplicaId id, LogIndex kept);
  // Takes the message at that place out of the network; the sender of a snapshot learns of it.
  void lose(std::size_t place);
  // Takes the message at that place out of the network, and gives it to its receiver if that is up.
  void deliver(std::size_t place);

 private:
  void carry_out(Node& node, const Update& update);
  void leave(const Outgoing& outgoing);

  Narrator& narrator_;
  std::vector<Node> nodes_;
  std::vector<Message> network_;
  Safety safety_;
};

// Brings the disk to where it is after this batch.
void write(Raft::Recovered& disk, const Persist& persist);

}  // namespace plumbline::raft::testing
