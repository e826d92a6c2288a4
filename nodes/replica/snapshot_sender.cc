#include "nodes/replica/snapshot_sender.h"

#include <algorithm>

#include "nodes/base/assert.h"

namespace plumbline::replica {
namespace {

// So many answers that stand still, and something was lost on the way; one alone may be an answer
// that was overtaken.
constexpr std::uint32_t kStandingStillMax = 2;
constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

}  // namespace

SnapshotSender::SnapshotSender(const SnapshotSendOptions& options, std::uint64_t transfer,
                               std::uint64_t bytes, Instant now)
    : options_(options),
      transfer_(transfer),
      bytes_(bytes),
      sent_at_(now),
      progress_at_(now),
      may_send_at_(now) {
  PLUMB_ASSERT(bytes > 0);
  PLUMB_ASSERT(options.chunk_bytes > 0);
  PLUMB_ASSERT(options.window_chunks > 0);
}

bool SnapshotSender::window_is_full() const {
  const std::uint64_t window = std::uint64_t{options_.window_chunks} * options_.chunk_bytes;
  return next_ >= std::min(bytes_, acknowledged_ + window);
}

std::optional<SnapshotSender::Piece> SnapshotSender::next(Instant now) {
  if (state_ != State::kSending || window_is_full() || now < may_send_at_) return std::nullopt;
  const std::uint64_t rest = bytes_ - next_;
  const Piece piece{
      .offset = next_,
      .bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(rest, options_.chunk_bytes))};
  next_ += piece.bytes;
  sent_at_ = now;
  if (options_.bytes_per_second > 0) {
    const std::uint64_t ns = piece.bytes * kNanosecondsPerSecond / options_.bytes_per_second;
    may_send_at_ = now + nanoseconds(static_cast<std::int64_t>(ns));
  }
  return piece;
}

void SnapshotSender::acknowledged(const SnapshotAck& ack, Instant now) {
  if (ack.transfer != transfer_ || state_ != State::kSending || ack.received > bytes_) return;
  if (ack.verdict == SnapshotVerdict::kDone) state_ = State::kDone;
  if (ack.verdict == SnapshotVerdict::kRefused) state_ = State::kRefused;
  if (ack.received > acknowledged_) {
    acknowledged_ = ack.received;
    next_ = std::max(next_, acknowledged_);
    standing_still_ = 0;
    went_back_ = false;
    progress_at_ = now;
  } else if (ack.received == bytes_) {
    progress_at_ = now;  // it has everything, and is making it durable
  } else if (!went_back_ && ++standing_still_ >= kStandingStillMax) {
    // A receiver that was restarted knows less than it did.
    go_back(ack.received);
    went_back_ = true;
  }
}

void SnapshotSender::go_back(std::uint64_t to) {
  acknowledged_ = to;
  next_ = to;
  standing_still_ = 0;
}

void SnapshotSender::look_at_clock(Instant now) {
  if (state_ != State::kSending) return;
  if (now >= progress_at_ + options_.give_up) {
    state_ = State::kGaveUp;
  } else if (now >= sent_at_ + options_.retry && next_ > acknowledged_) {
    go_back(acknowledged_);
  } else if (now >= sent_at_ + options_.retry && acknowledged_ == bytes_) {
    // Asks again with the last piece, for the answer that it is done may be lost.
    next_ = bytes_ - std::min<std::uint64_t>(bytes_, options_.chunk_bytes);
    acknowledged_ = next_;
  }
}

Instant SnapshotSender::next_deadline() const {
  if (state_ != State::kSending) return Instant::never();
  const Instant patience = progress_at_ + options_.give_up;
  if (!window_is_full()) return std::min(patience, may_send_at_);
  return std::min(patience, sent_at_ + options_.retry);
}

}  // namespace plumbline::replica
