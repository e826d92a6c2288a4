#include "nodes/replica/snapshot_inbox.h"

#include <algorithm>
#include <utility>

#include "nodes/replica/snapshot_meta.h"

namespace plumbline::replica {
namespace {

constexpr trace::Kind kComing{"replica.snapshot_coming",
                              "is sent snapshot {a} of {b} bytes, holds {c} of them"};
constexpr trace::Kind kCame{"replica.snapshot_came", "has snapshot {a} on its disk, {b} bytes"};
constexpr trace::Kind kRefused{"replica.snapshot_refused", "cannot keep snapshot {a} (reason {b})"};
const trace::Probe kPartialFound{"replica.snapshot_partial_found", trace::Probe::Need::kOptional};
const trace::Probe kOtherRefused{"replica.snapshot_other_refused", trace::Probe::Need::kOptional};

constexpr std::size_t kQueueMax = 16;

}  // namespace

SnapshotInbox::SnapshotInbox(World& world, log::SnapshotStore& store, ReplicaId self, Ports ports)
    : world_(world), store_(store), ports_(std::move(ports)), receiver_(self) {
  world_.tasks.spawn("receive snapshots", [this](Yield& yield) { run(yield); });
}

void SnapshotInbox::arrived(SnapshotChunk chunk) {
  if (queue_.size() >= kQueueMax) return;
  queue_.push_back(std::move(chunk));
  arrived_.set();
}

void SnapshotInbox::run(Yield& yield) {
  for (;;) {
    arrived_.wait(yield);
    arrived_.clear();
    while (!queue_.empty()) {
      const SnapshotChunk chunk = std::move(queue_.front());
      queue_.pop_front();
      take(yield, chunk);
    }
  }
}

void SnapshotInbox::answer(const SnapshotChunk& chunk, SnapshotVerdict verdict) {
  ports_.send(receiver_.answer(chunk, verdict));
}

void SnapshotInbox::take(Yield& yield, const SnapshotChunk& chunk) {
  if (chunk.term < ports_.term()) return answer(chunk, SnapshotVerdict::kRefused);
  if (ports_.has(chunk.content.index)) {
    // The leader does not know it; its message makes the core tell.
    if (chunk.message) ports_.deliver(*chunk.message);
    return answer(chunk, SnapshotVerdict::kDone);
  }
  Status kept;
  switch (receiver_.take(chunk)) {
    case SnapshotReceiver::Step::kBegin: kept = begin(yield, chunk); break;
    case SnapshotReceiver::Step::kAppend: kept = keep(yield, chunk.bytes); break;
    case SnapshotReceiver::Step::kAnswer: break;
    case SnapshotReceiver::Step::kRefuse:
      world_.trace.reached(kOtherRefused);
      return answer(chunk, SnapshotVerdict::kRefused);
  }
  if (kept && receiver_.is_whole() && !durable_) kept = finish(yield);
  if (!kept) return give_up(chunk, kept.error());
  answer(chunk, SnapshotVerdict::kGoOn);
  const bool same = receiver_.content() != nullptr && *receiver_.content() == chunk.content;
  if (durable_ && same && chunk.message) ports_.deliver(*chunk.message);
}

Status SnapshotInbox::begin(Yield& yield, const SnapshotChunk& chunk) {
  const raft::Message& message = *chunk.message;
  pending_.clear();
  file_ = nullptr;
  durable_ = false;
  const auto configuration =
      message.entries.empty() ? std::nullopt
                              : raft::decode_configuration(message.entries.front().payload.view());
  if (!configuration) return Error{Errc::kInvalid, "a snapshot without a configuration"};
  const StoredMeta meta{.configuration = *configuration,
                        .configuration_index = message.hint,
                        .digest = chunk.content.digest};
  auto file = store_.resume(yield, {.id = {chunk.content.index, chunk.content.term},
                                    .meta = encode(meta),
                                    .bytes = chunk.content.bytes});
  if (!file) return file.error();
  file_ = std::move(*file);
  world_.trace.emit(kComing, chunk.content.index.value, chunk.content.bytes, file_->bytes());
  if (file_->bytes() == 0) return keep(yield, chunk.bytes);
  world_.trace.reached(kPartialFound);
  receiver_.resume_at(file_->bytes());
  return {};
}

// The file takes whole chunks of its own size, and a shorter one at its end.
Status SnapshotInbox::keep(Yield& yield, BytesView bytes) {
  pending_ += bytes;
  std::size_t done = 0;
  Status kept;
  while (kept && done < pending_.size()) {
    const std::size_t part =
        std::min<std::size_t>(pending_.size() - done, log::kSnapshotChunkBytes);
    if (part < log::kSnapshotChunkBytes && !receiver_.is_whole()) break;
    kept = file_->append(yield, BytesView(pending_).substr(done, part));
    done += part;
  }
  pending_.erase(0, done);
  return kept;
}

Status SnapshotInbox::finish(Yield& yield) {
  const log::SnapshotId id = file_->header().id;
  Status done = file_->finish(yield);
  file_ = nullptr;
  // The log will begin behind it, so it is read back first.
  if (done) done = ports_.load(yield, id);
  if (!done) return done;
  durable_ = true;
  world_.trace.emit(kCame, receiver_.content()->index.value, receiver_.content()->bytes);
  return {};
}

// A full disk is the sender's concern, and one that spoilt what it was given: it tries again. What
// is not found was removed because this replica has a later one of its own by now. Anything else is
// the end of this node.
void SnapshotInbox::give_up(const SnapshotChunk& chunk, const Error& error) {
  world_.trace.emit(kRefused, chunk.content.index.value, static_cast<std::uint64_t>(error.code));
  receiver_.forget();
  pending_.clear();
  file_ = nullptr;
  durable_ = false;
  answer(chunk, SnapshotVerdict::kRefused);
  if (error.code == Errc::kNoSpace) ports_.no_space();
  const bool passes = error.code == Errc::kNoSpace || error.code == Errc::kInvalid ||
                      error.code == Errc::kNotFound || error.code == Errc::kCorrupt;
  if (!passes) ports_.failed(error);
}

}  // namespace plumbline::replica
