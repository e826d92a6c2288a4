#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "nodes/fiber/sync.h"
#include "nodes/log/snapshot_store.h"
#include "nodes/replica/snapshot_receiver.h"
#include "nodes/world/world.h"

namespace plumbline::replica {

// The snapshot that a replica is being sent: keeps its pieces in a file, and hands its message on
// when all of it is checked and durable. One fiber.
class SnapshotInbox {
 public:
  struct Ports {
    UniqueFunction<void(const SnapshotAck&)> send;
    // Whether the core has no use for it: it holds as much already.
    UniqueFunction<bool(LogIndex)> has;
    UniqueFunction<Term()> term;
    // Reads what has come back from the disk, and checks it; to be taken up if the core wants it.
    UniqueFunction<Status(Yield& yield, log::SnapshotId)> load;
    // To the core, which answers the leader.
    UniqueFunction<void(raft::Message)> deliver;
    // The disk has no room for what is sent.
    UniqueFunction<void()> no_space;
    // The disk broke its contract.
    UniqueFunction<void(const Error&)> failed;
  };

  SnapshotInbox(World& world, log::SnapshotStore& store, ReplicaId self, Ports ports);

  // Never suspends. What comes faster than it can be written is dropped, and sent again.
  void arrived(SnapshotChunk chunk);

 private:
  void run(Yield& yield);
  void take(Yield& yield, const SnapshotChunk& chunk);
  // Of take(): each is done when the disk has done it; an error is told by kRefused.
  Status begin(Yield& yield, const SnapshotChunk& chunk);
  Status keep(Yield& yield, BytesView bytes);
  Status finish(Yield& yield);
  void give_up(const SnapshotChunk& chunk, const Error& error);
  void answer(const SnapshotChunk& chunk, SnapshotVerdict verdict);

  World& world_;
  log::SnapshotStore& store_;
  Ports ports_;
  SnapshotReceiver receiver_;
  std::deque<SnapshotChunk> queue_;
  fiber::Event arrived_;
  std::unique_ptr<log::SnapshotWriter> file_;
  Bytes pending_;  // not a whole chunk of the file yet
  bool durable_ = false;
};

}  // namespace plumbline::replica
