// From what is on a disk to what a core goes on from.
//
// A snapshot is of use when the log continues it: when the log's base is not behind it, and the log
// holds its last entry. The newest of those is loaded. When there is none:
// - a snapshot that reaches beyond the log is one that was received whole just before the end: the
//   log begins anew behind it, as the core would have had it;
// - without that, entries between the beginning and the log's base are nowhere on this disk. To go
// on
//   with an older snapshot would leave a gap (SN-12). The replica has lost what it acknowledged: it
//   begins with nothing, in doubt, and a leader sends it a snapshot.

#include "nodes/replica/recovery.h"

#include <algorithm>
#include <utility>

#include "nodes/replica/snapshot_meta.h"
#include "nodes/replica/state_loader.h"

namespace plumbline::replica {
namespace {

bool continues(const GroupLog& log, const log::SnapshotHeader& snapshot) {
  return log.term_at(snapshot.id.index) == snapshot.id.term;
}

void doubt(RecoveredGroup& group, LogIndex until, const std::string& why) {
  raft::HardState& state = group.core.hard_state;
  state.doubt.until = std::max({state.doubt.until, until, LogIndex(1)});
  state.doubt.term = std::max(state.doubt.term, state.term);
  group.write_hard_state = true;
  group.doubt = why;
}

void begin_behind(RecoveredGroup& group, const raft::SnapshotMeta& meta) {
  raft::HardState& state = group.core.hard_state;
  if (meta.term > state.term) state = {.term = meta.term, .voted_for = {}, .doubt = state.doubt};
  if (state.doubt) state.doubt.term = std::max(state.doubt.term, meta.term);
  state.commit = meta.index;
  group.core.base = meta;
  group.core.entries.clear();
  group.write_hard_state = true;
  group.restart_log = true;
}

// What passes its checksums and cannot be understood was not damaged, but written like that.
Error meaningless(const Error& error) { return {Errc::kInvalid, error.detail}; }

}  // namespace

void GroupLog::take(const log::Record& record) {
  if (record.group != group_) return;
  found_ = true;
  switch (record.kind) {
    case log::RecordKind::kHardState:
      hard_state_ = {.term = record.term,
                     .voted_for = record.voted_for,
                     .commit = record.commit,
                     .doubt = {record.doubt_until, record.doubt_term}};
      return;
    case log::RecordKind::kBase: {
      const auto meta = decode_stored_meta(record.payload.view());
      if (!meta) {
        foreign_ = true;
        return;
      }
      base_ = {record.index, record.term, meta->configuration, meta->configuration_index};
      return;
    }
    case log::RecordKind::kEntry:
      entries_.push_back(
          {record.term, static_cast<raft::EntryKind>(record.entry_kind), record.payload});
      return;
  }
}

std::optional<Term> GroupLog::term_at(LogIndex index) const {
  if (index == base_.index) return base_.term;
  if (index < base_.index || index > last_index()) return std::nullopt;
  return entries_[index.value - base_.index.value - 1].term;
}

std::optional<raft::SnapshotMeta> meta_of(const log::SnapshotHeader& header) {
  const auto stored = decode_stored_meta(header.meta.view());
  if (!stored) return std::nullopt;
  return raft::SnapshotMeta{header.id.index, header.id.term, stored->configuration,
                            stored->configuration_index};
}

RecoveredGroup recover_group(const GroupLog& log, const std::vector<log::Damage>& damages,
                             const std::vector<log::SnapshotHeader>& snapshots) {
  RecoveredGroup group;
  group.core = {.hard_state = log.hard_state(), .base = log.base(), .entries = log.entries()};
  for (const log::Damage& damage : damages) doubt(group, damage.until, damage.where);
  for (const log::SnapshotHeader& snapshot : snapshots) {
    const auto meta = meta_of(snapshot);
    const bool beyond = snapshot.id.index > log.last_index();
    if (!meta || (!beyond && !continues(log, snapshot))) continue;
    if (beyond) begin_behind(group, *meta);
    group.core.snapshot = *meta;
    group.load = snapshot.id;
    return group;
  }
  if (!log.base().index) return group;
  doubt(group, log.last_index(),
        "no good snapshot of what lies before entry " + std::to_string(log.base().index.value + 1));
  group.core.hard_state.commit = LogIndex();
  group.core.base = {};
  group.core.entries.clear();
  group.restart_log = true;
  return group;
}

log::Record record_of(GroupId group, const raft::HardState& state) {
  return {.group = group,
          .kind = log::RecordKind::kHardState,
          .term = state.term,
          .voted_for = state.voted_for,
          .commit = state.commit,
          .doubt_until = state.doubt.until,
          .doubt_term = state.doubt.term};
}

log::Record record_of(GroupId group, const raft::SnapshotMeta& base, bool keep_tail) {
  return {.group = group,
          .kind = log::RecordKind::kBase,
          .term = base.term,
          .index = base.index,
          .keep_tail = keep_tail,
          .payload = encode(StoredMeta{.configuration = base.configuration,
                                       .configuration_index = base.configuration_index})};
}

log::Record record_of(GroupId group, LogIndex index, const raft::Entry& entry) {
  return {.group = group,
          .kind = log::RecordKind::kEntry,
          .term = entry.term,
          .index = index,
          .entry_kind = static_cast<std::uint8_t>(entry.kind),
          .payload = entry.payload};
}

Result<StateMachine> load_state(Yield& yield, log::SnapshotStore& store, log::SnapshotId id) {
  auto file = store.read(yield, id);
  if (!file) return file.error();
  const auto meta = decode_stored_meta((*file)->header().meta.view());
  if (!meta) return Error{Errc::kInvalid, "a snapshot's configuration"};
  StateLoader loader;
  for (std::uint64_t k = 0; k < (*file)->header().chunks(); ++k) {
    const Result<Bytes> bytes = (*file)->chunk(yield, k);
    if (!bytes) return bytes.error();
    if (const Status fed = loader.feed(*bytes); !fed) return meaningless(fed.error());
  }
  if (const Status end = (*file)->check_end(yield); !end) return end.error();
  Result<StateMachine> machine = loader.finish();
  if (!machine) return meaningless(machine.error());
  if (machine->digest() != meta->digest) {
    return Error{Errc::kInvalid, "a snapshot holds another state than it says"};
  }
  return machine;
}

Result<LoadedGroup> load_group(Yield& yield, log::SnapshotStore& store, const GroupLog& log,
                               const std::vector<log::Damage>& damages) {
  auto list = store.list(yield);
  if (!list) return list.error();
  std::vector<log::SnapshotHeader>& snapshots = list->readable;
  for (;;) {
    RecoveredGroup group = recover_group(log, damages, snapshots);
    if (!group.load) return LoadedGroup{std::move(group), {}};
    Result<StateMachine> machine = load_state(yield, store, *group.load);
    if (machine) return LoadedGroup{std::move(group), std::move(*machine)};
    if (machine.error().code != Errc::kCorrupt) return machine.error();
    std::erase_if(snapshots, [&](const log::SnapshotHeader& one) { return one.id == *group.load; });
  }
}

}  // namespace plumbline::replica
