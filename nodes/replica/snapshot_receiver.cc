#include "nodes/replica/snapshot_receiver.h"

#include <algorithm>
#include <utility>

namespace plumbline::replica {

SnapshotReceiver::Step SnapshotReceiver::take(const SnapshotChunk& chunk) {
  if (coming_ && chunk.content == coming_->content) {
    coming_->term = std::max(coming_->term, chunk.term);
    if (chunk.offset != received_) return Step::kAnswer;
    received_ += chunk.bytes.size();
    return Step::kAppend;
  }
  if (coming_ && !gives_way_to(chunk)) return Step::kRefuse;
  // The first piece may be on its way yet: nothing is dropped for one that cannot be kept.
  if (chunk.offset != 0) return Step::kAnswer;
  coming_ = Coming{.term = chunk.term, .content = chunk.content};
  received_ = chunk.bytes.size();
  return Step::kBegin;
}

bool SnapshotReceiver::gives_way_to(const SnapshotChunk& chunk) const {
  return std::pair(coming_->term, coming_->content.index) <
         std::pair(chunk.term, chunk.content.index);
}

SnapshotAck SnapshotReceiver::answer(const SnapshotChunk& chunk, SnapshotVerdict verdict) const {
  const bool known = coming_ && chunk.content == coming_->content;
  return {.from = self_,
          .to = chunk.from,
          .transfer = chunk.transfer,
          .received = known ? received_ : 0,
          .verdict = verdict};
}

void SnapshotReceiver::forget() {
  coming_.reset();
  received_ = 0;
}

}  // namespace plumbline::replica
