#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "nodes/fiber/sync.h"
#include "nodes/log/snapshot_store.h"
#include "nodes/replica/snapshot_sender.h"
#include "nodes/world/world.h"

namespace plumbline::replica {

// The snapshots that a leader has on their way, one to each replica, in a fiber each: reads the
// file, cuts it into chunks and sends them as SnapshotSender says.
class SnapshotOutbox {
 public:
  struct Ports {
    UniqueFunction<void(const SnapshotChunk&)> send;
    // Whether this replica still leads the term.
    UniqueFunction<bool(Term)> leads;
    // The transfer is over, for whatever reason. A receiver that has it answers as a follower does,
    // but that answer may be lost: then this is what makes the leader ask again.
    UniqueFunction<void(ReplicaId to)> ended;
    // The file cannot be read: another one is needed.
    UniqueFunction<void()> unreadable;
  };
  struct State {
    std::uint64_t sent = 0;
    std::uint64_t total = 0;
  };

  SnapshotOutbox(World& world, log::SnapshotStore& store, const SnapshotSendOptions& options,
                 Ports ports);

  // Takes the place of an earlier one to the same replica.
  void start(const raft::Message& message);
  void acknowledged(const SnapshotAck& ack);
  // Of what is under way to a replica; zeros when nothing is.
  State state_of(ReplicaId to) const;

 private:
  struct Transfer {
    raft::Message message;
    std::uint64_t number = 0;
    SnapshotContent content;
    std::unique_ptr<log::SnapshotReader> file;
    std::unique_ptr<SnapshotSender> sender;
    fiber::Event changed;
    // The chunk of the file that was read last.
    std::uint64_t at_hand = 0;
    Bytes bytes;
  };

  void run(Yield& yield, const std::shared_ptr<Transfer>& transfer);
  bool open(Yield& yield, Transfer& transfer);
  void pump(Yield& yield, Transfer& transfer);
  bool goes_on(const Transfer& transfer);
  // False when the file cannot be read.
  bool read(Yield& yield, Transfer& transfer, SnapshotSender::Piece piece, Bytes& into);
  bool send(Yield& yield, Transfer& transfer, SnapshotSender::Piece piece);
  void tell_unreadable(LogIndex index, Errc reason);

  World& world_;
  log::SnapshotStore& store_;
  SnapshotSendOptions options_;
  Ports ports_;
  std::map<ReplicaId, std::shared_ptr<Transfer>> transfers_;
  std::uint64_t next_number_ = 1;
};

}  // namespace plumbline::replica
