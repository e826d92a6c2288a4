// Snapshots: when one is taken, how it is written while commands go on being applied, and how it is
// carried to others.

#include <algorithm>
#include <utility>

#include "nodes/replica/recovery.h"
#include "nodes/replica/replica.h"
#include "nodes/replica/snapshot_meta.h"

namespace plumbline::replica {
namespace {

constexpr trace::Kind kTaken{"replica.snapshot_written", "has written snapshot {a}, {b} bytes"};
constexpr trace::Kind kGivenUp{"replica.snapshot_given_up",
                               "gives up writing snapshot {a} (reason {b})"};
const trace::Probe kTakes{"replica.snapshot_written", trace::Probe::Need::kOptional};
const trace::Probe kOvertaken{"replica.snapshot_overtaken_by_leaders",
                              trace::Probe::Need::kOptional};
const trace::Probe kChangedMeanwhile{"replica.applied_while_snapshot_written",
                                     trace::Probe::Need::kOptional};
const trace::Probe kSpoilt{"replica.snapshot_written_unreadable", trace::Probe::Need::kOptional};
// After one that could not be written, for want of space or because the disk damaged it.
constexpr Duration kTryAgainAfter = seconds(1);
constexpr Duration kTryForRoomEvery = milliseconds(100);
// What an entry that is synced alone takes of the log, without its payload.
constexpr std::uint64_t kEntryBytesAlone = 1024;

}  // namespace

// An eighth may stay behind a snapshot, and another wait to be committed; a quarter is written
// until the next snapshot is begun, and the rest is for what comes while that is written.
ReplicaOptions with_bounded_log(ReplicaOptions options) {
  const std::uint64_t share = options.log_bytes_max / 8;
  if (share == 0) return options;
  raft::Options& raft = options.raft;
  raft.trailing_bytes_max = std::min(raft.trailing_bytes_max, share);
  raft.trailing_entries = std::min(raft.trailing_entries, share / kEntryBytesAlone);
  raft.uncommitted_bytes_max = std::min(raft.uncommitted_bytes_max, share);
  return options;
}

// So long that what is not yet committed must do with the room that is left.
bool Replica::log_is_long() const {
  const std::uint64_t most = options_.log_bytes_max;
  return most != 0 && log_bytes() >= most - most / 8;
}

// Payloads alone do not tell how long the log is: on the disk each sync begins a sector.
bool Replica::snapshot_is_due() const {
  const std::uint64_t entries = applied_.value - std::min(core_->snapshot().index, applied_).value;
  const bool bytes_due =
      options_.snapshot_log_bytes != 0 && applied_bytes_ >= options_.snapshot_log_bytes;
  const bool entries_due =
      options_.snapshot_log_entries != 0 && entries >= options_.snapshot_log_entries;
  const std::uint64_t segments = log_->counters().segments_created - segments_at_snapshot_;
  const bool log_due = options_.log_bytes_max != 0 &&
                       segments * options_.log.segment_bytes >= options_.log_bytes_max / 4;
  return entries > 0 && (bytes_due || entries_due || log_due || log_is_long() || making_room_);
}

void Replica::snapshot_loop(Yield& yield) {
  for (;;) {
    to_snapshot_.wait(yield);
    to_snapshot_.clear();
    const bool due = snapshot_is_due() || std::exchange(renew_snapshot_, false);
    const Status taken = due ? take_snapshot(yield) : Status();
    if (taken) {
      making_room_ = false;
      continue;
    }
    const Errc code = taken.error().code;
    if (code != Errc::kNoSpace && code != Errc::kCorrupt) {
      return world_.tasks.halt("cannot write a snapshot: " + taken.error().message());
    }
    // What is there of others, coming or left behind, must not keep this one from being written.
    if (code == Errc::kNoSpace) {
      const auto removed = snapshots_.remove_partial(yield);
      if (!removed) return world_.tasks.halt("cannot remove: " + removed.error().message());
      want_room();
    }
    // The core was not told of one that cannot be read again: nothing rests on it yet.
    if (code == Errc::kCorrupt) {
      world_.trace.reached(kSpoilt);
      renew_snapshot_ = true;
    }
    const Duration pause = making_room_ ? kTryForRoomEvery : kTryAgainAfter;
    world_.tasks.sleep_until(yield, world_.clock.now() + pause);
    to_snapshot_.set();
  }
}

// REQUIRES: applied_ is in the log, which it is but for the time in which a snapshot is taken up.
Status Replica::take_snapshot(Yield& yield) {
  if (applied_ < core_->base().index) return {};
  const raft::SnapshotMeta meta = core_->meta_at(applied_);
  const std::uint64_t replacements = replacements_;
  const std::uint64_t bytes_then = applied_bytes_;
  const std::uint64_t segments_then = log_->counters().segments_created;
  const StoredMeta stored{.configuration = meta.configuration,
                          .configuration_index = meta.configuration_index,
                          .digest = machine_.digest()};
  const log::SnapshotHeader header{
      .id = {meta.index, meta.term}, .meta = encode(stored), .bytes = machine_.capture()};
  auto file = snapshots_.create(yield, header);
  Status written = file ? write_captured(yield, **file) : Status(file.error());
  const bool replaced = replacements != replacements_;
  if (!replaced && machine_.capturing()) machine_.drop_capture();
  if (replaced || !written) {
    const std::uint64_t reason = written ? 0 : static_cast<std::uint64_t>(written.error().code);
    world_.trace.emit(kGivenUp, meta.index.value, reason);
    return written;
  }
  Status done = (*file)->finish(yield);
  // Reads it back. Only then the core is told, and cuts its log behind it.
  if (done) {
    const auto removed = snapshots_.remove_older(yield, header.id, core_->base().index);
    if (!removed) done = removed.error();
  }
  if (!done && done.error().code == Errc::kNotFound) {
    // Meanwhile one came from a leader, for the same entry or a later one, and took its name or
    // removed what had become old.
    world_.trace.reached(kOvertaken);
    return {};
  }
  if (!done || replacements != replacements_) return done;
  if (applied_ > meta.index) world_.trace.reached(kChangedMeanwhile);
  world_.trace.reached(kTakes);
  world_.trace.emit(kTaken, meta.index.value, header.bytes);
  applied_bytes_ -= bytes_then;
  segments_at_snapshot_ = segments_then;
  drive(raft::SnapshotTaken{.meta = meta, .keep_trailing = !full_});
  return {};
}

// Gives way after each piece. Stops early when the state machine is replaced.
Status Replica::write_captured(Yield& yield, log::SnapshotWriter& file) {
  const std::uint64_t replacements = replacements_;
  while (replacements == replacements_ && machine_.capturing()) {
    const Bytes piece = machine_.next_captured(log::kSnapshotChunkBytes);
    if (const Status written = file.append(yield, piece); !written) return written;
    const std::uint64_t rate = options_.snapshot_send.bytes_per_second;
    const std::uint64_t ns = rate == 0 ? 0 : piece.size() * 1'000'000'000 / rate;
    world_.tasks.sleep_until(yield,
                             world_.clock.now() + nanoseconds(static_cast<std::int64_t>(ns)));
  }
  return {};
}

// From the fiber that syncs: it alone touches the log.
void Replica::want_room() {
  room_wanted_ = true;
  to_sync_.set();
}

void Replica::start_carriers() {
  SnapshotOutbox::Ports out;
  out.send = [this](const SnapshotChunk& chunk) { send(chunk); };
  out.leads = [this](Term term) {
    return core_->role() == raft::Role::kLeader && core_->term() == term;
  };
  out.ended = [this](ReplicaId to) { drive(raft::SnapshotFailed{to}); };
  out.unreadable = [this] {
    renew_snapshot_ = true;
    to_snapshot_.set();
  };
  outbox_ =
      std::make_unique<SnapshotOutbox>(world_, snapshots_, options_.snapshot_send, std::move(out));
  SnapshotInbox::Ports in;
  in.send = [this](const SnapshotAck& ack) { send(ack); };
  in.has = [this](LogIndex index) { return core_->commit() >= index; };
  in.term = [this] { return core_->term(); };
  in.load = [this](Yield& yield, log::SnapshotId id) {
    Result<StateMachine> machine = load_state(yield, snapshots_, id);
    if (!machine) return Status(machine.error());
    incoming_.emplace(id, std::move(*machine));
    return Status();
  };
  in.deliver = [this](raft::Message message) {
    drive(raft::Receive{std::move(message)});
    const raft::SnapshotMeta& now = core_->snapshot();
    if (incoming_ && incoming_->first != log::SnapshotId{now.index, now.term}) incoming_.reset();
  };
  in.no_space = [this] { want_room(); };
  in.failed = [this](const Error& error) {
    world_.tasks.halt("cannot write a snapshot: " + error.message());
  };
  inbox_ = std::make_unique<SnapshotInbox>(world_, snapshots_, options_.self, std::move(in));
}

}  // namespace plumbline::replica
