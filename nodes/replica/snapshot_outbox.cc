#include "nodes/replica/snapshot_outbox.h"

#include <algorithm>
#include <utility>

#include "nodes/replica/snapshot_meta.h"

namespace plumbline::replica {
namespace {

constexpr trace::Kind kStarted{"replica.snapshot_transfer", "sends r{a} snapshot {b}, {c} bytes"};
constexpr trace::Kind kEnded{"replica.snapshot_transfer_ended",
                             "has sent r{a} {c} bytes of snapshot {b}: outcome {d}"};
constexpr trace::Kind kUnreadable{"replica.snapshot_unreadable",
                                  "cannot read its snapshot {a} (reason {b})"};
const trace::Probe kGaveUp{"replica.snapshot_transfer_given_up", trace::Probe::Need::kOptional};
const trace::Probe kResumed{"replica.snapshot_transfer_resumed", trace::Probe::Need::kOptional};

}  // namespace

SnapshotOutbox::SnapshotOutbox(World& world, log::SnapshotStore& store,
                               const SnapshotSendOptions& options, Ports ports)
    : world_(world), store_(store), options_(options), ports_(std::move(ports)) {}

void SnapshotOutbox::start(const raft::Message& message) {
  const auto transfer = std::make_shared<Transfer>();
  transfer->message = message;
  transfer->number = next_number_++;
  auto& slot = transfers_[message.to];
  if (slot != nullptr) slot->changed.set();  // it finds itself replaced
  slot = transfer;
  world_.tasks.spawn("send snapshot", [this, transfer](Yield& yield) { run(yield, transfer); });
}

void SnapshotOutbox::acknowledged(const SnapshotAck& ack) {
  const auto found = transfers_.find(ack.from);
  if (found == transfers_.end() || found->second->sender == nullptr) return;
  SnapshotSender& sender = *found->second->sender;
  const bool first_answer = sender.acknowledged_bytes() == 0;
  sender.acknowledged(ack, world_.clock.now());
  if (first_answer && sender.acknowledged_bytes() > options_.chunk_bytes) {
    world_.trace.reached(kResumed);
  }
  found->second->changed.set();
}

SnapshotOutbox::State SnapshotOutbox::state_of(ReplicaId to) const {
  const auto found = transfers_.find(to);
  if (found == transfers_.end() || found->second->sender == nullptr) return {};
  return {found->second->sender->acknowledged_bytes(), found->second->sender->total_bytes()};
}

bool SnapshotOutbox::goes_on(const Transfer& transfer) {
  const auto found = transfers_.find(transfer.message.to);
  const bool replaced = found == transfers_.end() || found->second.get() != &transfer;
  return !replaced && ports_.leads(transfer.message.term) &&
         transfer.sender->state() == SnapshotSender::State::kSending;
}

void SnapshotOutbox::run(Yield& yield, const std::shared_ptr<Transfer>& transfer) {
  const ReplicaId to = transfer->message.to;
  if (open(yield, *transfer)) {
    while (goes_on(*transfer)) pump(yield, *transfer);
    const SnapshotSender& sender = *transfer->sender;
    if (sender.state() == SnapshotSender::State::kGaveUp) world_.trace.reached(kGaveUp);
    world_.trace.emit(kEnded, to.value, transfer->content.index.value, sender.acknowledged_bytes(),
                      static_cast<std::uint64_t>(sender.state()));
  }
  const auto found = transfers_.find(to);
  if (found == transfers_.end() || found->second != transfer) return;
  transfers_.erase(found);
  if (ports_.leads(transfer->message.term)) ports_.ended(to);
}

bool SnapshotOutbox::open(Yield& yield, Transfer& transfer) {
  const log::SnapshotId id{transfer.message.index, transfer.message.log_term};
  auto file = store_.read(yield, id);
  const auto meta = file ? decode_stored_meta((*file)->header().meta.view()) : std::nullopt;
  if (!meta) {
    const Errc reason = file ? Errc::kCorrupt : file.error().code;
    tell_unreadable(id.index, reason);
    return false;
  }
  transfer.file = std::move(*file);
  transfer.content = {.index = id.index,
                      .term = id.term,
                      .digest = meta->digest,
                      .bytes = transfer.file->header().bytes};
  transfer.sender = std::make_unique<SnapshotSender>(options_, transfer.number,
                                                     transfer.content.bytes, world_.clock.now());
  world_.trace.emit(kStarted, transfer.message.to.value, id.index.value, transfer.content.bytes);
  return true;
}

// Sends what may be sent, and waits for an answer or for the time to do something without one.
void SnapshotOutbox::pump(Yield& yield, Transfer& transfer) {
  transfer.changed.clear();
  while (const auto piece = transfer.sender->next(world_.clock.now())) {
    if (!send(yield, transfer, *piece)) return transfer.sender->fail();
    if (!goes_on(transfer)) return;
  }
  const Instant deadline = transfer.sender->next_deadline();
  transfer.changed.wait_until(yield, world_.tasks, deadline);
  transfer.sender->look_at_clock(world_.clock.now());
}

bool SnapshotOutbox::send(Yield& yield, Transfer& transfer, SnapshotSender::Piece piece) {
  SnapshotChunk chunk{.from = transfer.message.from,
                      .to = transfer.message.to,
                      .term = transfer.message.term,
                      .transfer = transfer.number,
                      .content = transfer.content,
                      .offset = piece.offset,
                      .bytes = {},
                      .message = {}};
  if (!read(yield, transfer, piece, chunk.bytes)) return false;
  if (chunk.is_first() || chunk.is_last()) chunk.message = transfer.message;
  if (goes_on(transfer)) ports_.send(chunk);
  return true;
}

// One that was removed has given way to a newer one, which the core will ask for.
void SnapshotOutbox::tell_unreadable(LogIndex index, Errc reason) {
  world_.trace.emit(kUnreadable, index.value, static_cast<std::uint64_t>(reason));
  if (reason != Errc::kNotFound) ports_.unreadable();
}

bool SnapshotOutbox::read(Yield& yield, Transfer& transfer, SnapshotSender::Piece piece,
                          Bytes& into) {
  while (into.size() < piece.bytes) {
    const std::uint64_t at = piece.offset + into.size();
    const std::uint64_t number = at / log::kSnapshotChunkBytes;
    if (transfer.bytes.empty() || transfer.at_hand != number) {
      Result<Bytes> bytes = transfer.file->chunk(yield, number);
      if (!bytes) {
        tell_unreadable(transfer.content.index, bytes.error().code);
        return false;
      }
      transfer.bytes = std::move(*bytes);
      transfer.at_hand = number;
    }
    into +=
        BytesView(transfer.bytes).substr(at % log::kSnapshotChunkBytes, piece.bytes - into.size());
  }
  return true;
}

}  // namespace plumbline::replica
