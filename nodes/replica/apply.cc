// Applying, apart from appending: in a fiber of its own, in batches.

#include <algorithm>
#include <utility>

#include "nodes/replica/codec.h"
#include "nodes/replica/recovery.h"
#include "nodes/replica/replica.h"

namespace plumbline::replica {
namespace {

constexpr trace::Kind kApplied{"replica.applied",
                               "applied entry {a} of term {b}, revision {c}, digest {d:x}"};
constexpr trace::Kind kTakenUp{"replica.snapshot_taken_up",
                               "goes on from snapshot {a}, revision {c}, digest {d:x}; was at {b}"};
const trace::Probe kOvertaken{"replica.snapshot_overtaken_while_loading",
                              trace::Probe::Need::kOptional};
// Beside its payload, what an entry costs in the log.
constexpr std::uint64_t kEntryOverhead = 72;

}  // namespace

void Replica::apply_loop(Yield& yield) {
  for (;;) {
    to_apply_.wait(yield);
    to_apply_.clear();
    while (applied_ < core_->commit()) {
      // Between two batches, so a batch never meets another state than it began with.
      if (applied_ < core_->base().index && !take_up_snapshot(yield)) return;
      apply_batch();
      answer_reads_up_to(applied_);
      if (snapshot_is_due()) to_snapshot_.set();
      const bool backlog = applied_ < core_->commit();
      if (backlog || options_.apply_pause > Duration{}) {
        world_.tasks.sleep_until(yield, world_.clock.now() + options_.apply_pause);
      }
    }
  }
}

void Replica::apply_batch() {
  if (applied_ < core_->base().index) return;
  for (std::uint32_t i = 0; i < options_.apply_batch && applied_ < core_->commit(); ++i) {
    const LogIndex index = applied_.next();
    apply(index, core_->entry(index));
  }
}

void Replica::apply(LogIndex index, const raft::Entry& entry) {
  Answer answer{
      .outcome = Outcome::kInvalid, .revision = machine_.revision(), .value = {}, .session = {}};
  if (entry.kind == raft::EntryKind::kCommand) {
    const std::optional<Command> command = decode_command(entry.payload.view());
    // Refused at the boundary before it could be proposed (R-raft-23), so whoever wrote this entry
    // was not one of us.
    if (command) answer = machine_.apply(index, *command);
  }
  applied_ = index;
  applied_bytes_ += entry.payload.size() + kEntryOverhead;
  world_.trace.emit(kApplied, index.value, entry.term.value, machine_.revision().value,
                    machine_.digest());
  answer_proposal(index, entry.term, answer);
  if (entry.kind == raft::EntryKind::kConfiguration) answer_changes(index);
}

// What was read and checked when it came, for the disk may have spoilt the file since.
Result<StateMachine> Replica::state_of(Yield& yield, log::SnapshotId id) {
  auto incoming = std::exchange(incoming_, std::nullopt);
  if (incoming && incoming->first == id) return std::move(incoming->second);
  return load_state(yield, snapshots_, id);
}

// The log begins behind what was applied: a leader has sent the state between. False when this node
// is to stop.
bool Replica::take_up_snapshot(Yield& yield) {
  const raft::SnapshotMeta wanted = core_->snapshot();
  Result<StateMachine> machine = state_of(yield, {wanted.index, wanted.term});
  if (core_->snapshot() != wanted) {
    world_.trace.reached(kOvertaken);
    return true;
  }
  if (!machine) {
    world_.tasks.halt("cannot read a snapshot: " + machine.error().message());
    return false;
  }
  const LogIndex before = applied_;
  machine_ = std::move(*machine);
  ++replacements_;
  applied_ = wanted.index;
  applied_bytes_ = 0;
  segments_at_snapshot_ = log_->counters().segments_created;
  world_.trace.emit(kTakenUp, applied_.value, before.value, machine_.revision().value,
                    machine_.digest());
  // Whoever waits for an entry before it learns nothing of it here any more.
  abandon_proposals();
  const log::SnapshotId kept{wanted.index, wanted.term};
  const auto removed = snapshots_.remove_older(yield, kept, wanted.index);
  if (removed) return true;
  if (removed.error().code != Errc::kCorrupt) {
    world_.tasks.halt("cannot remove a snapshot: " + removed.error().message());
    return false;
  }
  // It was good a moment ago. The older ones stay, and one is written that can be read.
  renew_snapshot_ = true;
  to_snapshot_.set();
  return true;
}

}  // namespace plumbline::replica
