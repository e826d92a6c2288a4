#pragma once

#include <cstdint>
#include <optional>

#include "nodes/replica/snapshot_message.h"

namespace plumbline::replica {

// A snapshot that arrives in pieces: which of them are taken, and what is answered. It writes
// nothing; its owner keeps the bytes of what was taken in the order of taking.
//
// 1. Bytes of two contents are never put together: each chunk says to which it belongs (a sender
//    that dies and another that goes on included).
// 2. Of two contents the one of the later term, then of the later index, goes on; the other is
//    refused.
class SnapshotReceiver {
 public:
  enum class Step {
    kBegin,   // drop what was kept, and keep this piece as the first
    kAppend,  // keep this piece behind the others
    kAnswer,  // keep nothing: it is known already, or comes too early
    kRefuse,
  };

  explicit SnapshotReceiver(ReplicaId self) : self_(self) {}

  // REQUIRES: the chunk passed decoding.
  Step take(const SnapshotChunk& chunk);
  // After kBegin, when the first `bytes` of this content are there from an earlier time: what the
  // chunk brought is to be dropped.
  void resume_at(std::uint64_t bytes) { received_ = bytes; }
  // To the sender of `chunk`, after take().
  SnapshotAck answer(const SnapshotChunk& chunk, SnapshotVerdict verdict) const;
  // All pieces are there.
  bool is_whole() const { return coming_ && received_ == coming_->content.bytes; }
  // Of what is coming, or of what came; nothing when there is none.
  const SnapshotContent* content() const { return coming_ ? &coming_->content : nullptr; }
  std::uint64_t received() const { return received_; }
  void forget();

 private:
  struct Coming {
    Term term;
    SnapshotContent content;
  };
  bool gives_way_to(const SnapshotChunk& chunk) const;

  ReplicaId self_;
  std::optional<Coming> coming_;
  std::uint64_t received_ = 0;
};

}  // namespace plumbline::replica
