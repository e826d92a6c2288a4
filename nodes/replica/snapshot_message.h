#pragma once

#include <cstdint>
#include <optional>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"
#include "nodes/raft/types.h"

namespace plumbline::replica {

// Which bytes are being carried. A state follows from the log before it, so two snapshots that
// agree in all of this are the same bytes whoever wrote them, and what one sender began another may
// end.
struct SnapshotContent {
  LogIndex index;
  Term term;                 // of the entry there
  std::uint64_t digest = 0;  // StateMachine::digest()
  std::uint64_t bytes = 0;

  friend bool operator==(const SnapshotContent&, const SnapshotContent&) = default;
};

struct SnapshotChunk {
  ReplicaId from;
  ReplicaId to;
  Term term;                   // in which the sender leads
  std::uint64_t transfer = 0;  // the sender's number for this attempt
  SnapshotContent content;
  std::uint64_t offset = 0;
  Bytes bytes;
  // With the first piece and the last: the message that the whole stands for. The first tells what
  // is to be kept beside the state, the last is what the receiver's core is given.
  std::optional<raft::Message> message;

  bool is_first() const { return offset == 0; }
  bool is_last() const { return offset + bytes.size() == content.bytes; }
  friend bool operator==(const SnapshotChunk&, const SnapshotChunk&) = default;
};

enum class SnapshotVerdict : std::uint8_t {
  kGoOn,
  kDone,     // the whole is checked, durable and handed on
  kRefused,  // the receiver does not want it, or cannot keep it
};

struct SnapshotAck {
  ReplicaId from;
  ReplicaId to;
  std::uint64_t transfer = 0;
  std::uint64_t received = 0;  // bytes from the beginning: where to go on
  SnapshotVerdict verdict = SnapshotVerdict::kGoOn;

  friend bool operator==(const SnapshotAck&, const SnapshotAck&) = default;
};

}  // namespace plumbline::replica
