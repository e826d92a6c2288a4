#pragma once

#include <cstdint>
#include <optional>

#include "nodes/base/time.h"
#include "nodes/replica/snapshot_message.h"

namespace plumbline::replica {

struct SnapshotSendOptions {
  std::uint32_t chunk_bytes = 64 * 1024;
  // Unanswered chunks at most.
  std::uint32_t window_chunks = 4;
  // Zero: as fast as the window lets it.
  std::uint64_t bytes_per_second = 0;
  // After so long without an answer, from the last one on.
  Duration retry = milliseconds(200);
  // Without progress for so long the transfer has failed.
  Duration give_up = seconds(5);
};

// One snapshot on its way to one replica: what is to be sent when. It reads nothing and sends
// nothing; time comes with the call.
//
// Chunks may be lost, doubled and overtake each other. The receiver takes them in order only and
// answers each with where to go on, so a gap shows as answers that stay the same.
class SnapshotSender {
 public:
  enum class State { kSending, kDone, kRefused, kGaveUp };
  struct Piece {
    std::uint64_t offset = 0;
    std::uint32_t bytes = 0;
  };

  // REQUIRES: bytes > 0.
  SnapshotSender(const SnapshotSendOptions& options, std::uint64_t transfer, std::uint64_t bytes,
                 Instant now);

  // The next piece to send now; nothing when the window is full, when the throttle holds it back or
  // when all is under way.
  std::optional<Piece> next(Instant now);
  // Answers to other transfers are ignored.
  void acknowledged(const SnapshotAck& ack, Instant now);
  // Goes back, or gives up, when it is time.
  void look_at_clock(Instant now);
  // What is to be sent cannot be read.
  void fail() { state_ = State::kGaveUp; }
  // When next() or look_at_clock() may have something to do without an answer.
  Instant next_deadline() const;

  State state() const { return state_; }
  std::uint64_t transfer() const { return transfer_; }
  std::uint64_t acknowledged_bytes() const { return acknowledged_; }
  std::uint64_t total_bytes() const { return bytes_; }

 private:
  bool window_is_full() const;
  void go_back(std::uint64_t to);

  SnapshotSendOptions options_;
  std::uint64_t transfer_;
  std::uint64_t bytes_;
  State state_ = State::kSending;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t next_ = 0;
  std::uint32_t standing_still_ = 0;  // answers in a row that brought nothing new
  // Since the last progress it went back because of such answers. What is sent again is answered
  // again, so a second time is for the clock: else each answer would bring forth several.
  bool went_back_ = false;
  Instant sent_at_;
  Instant progress_at_;
  Instant may_send_at_;  // the throttle
};

}  // namespace plumbline::replica
