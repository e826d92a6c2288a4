#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nodes/log/log.h"
#include "nodes/log/snapshot_store.h"
#include "nodes/raft/raft.h"
#include "nodes/replica/state_machine.h"

namespace plumbline::replica {

// What the records of one group come to. Made of a log's replay, by a replica that starts and by
// whoever asks what one would find after a loss of power.
class GroupLog {
 public:
  explicit GroupLog(GroupId group) : group_(group) {}

  void take(const log::Record& record);

  bool empty() const { return !found_; }
  const raft::HardState& hard_state() const { return hard_state_; }
  const raft::SnapshotMeta& base() const { return base_; }
  // From behind the base.
  const std::vector<raft::Entry>& entries() const { return entries_; }
  LogIndex last_index() const { return base_.index.plus(entries_.size()); }
  // Nothing when the log does not hold that entry, nor begins right behind it.
  std::optional<Term> term_at(LogIndex index) const;
  // What was recorded cannot be understood: another version wrote it.
  bool is_foreign() const { return foreign_; }

 private:
  GroupId group_;
  bool found_ = false;
  bool foreign_ = false;
  raft::HardState hard_state_;
  raft::SnapshotMeta base_;
  std::vector<raft::Entry> entries_;
};

// A snapshot's header, as the core has it.
std::optional<raft::SnapshotMeta> meta_of(const log::SnapshotHeader& header);

// From what a group goes on, and what must be on its disk before it does.
struct RecoveredGroup {
  raft::Raft::Recovered core;
  // The snapshot to load; none: the state machine is empty.
  std::optional<log::SnapshotId> load;
  // To be written: the hard state, and that the log begins anew behind core.base.
  bool write_hard_state = false;
  bool restart_log = false;
  // Why it is in doubt; empty when it is not for anything that was found now.
  std::string doubt;
};

// Thought through in recovery.cc. `snapshots` are sorted by index, newest first.
RecoveredGroup recover_group(const GroupLog& log, const std::vector<log::Damage>& damages,
                             const std::vector<log::SnapshotHeader>& snapshots);

// The records that carry out what a core wants on its disk.
log::Record record_of(GroupId group, const raft::HardState& state);
log::Record record_of(GroupId group, const raft::SnapshotMeta& base, bool keep_tail);
log::Record record_of(GroupId group, LogIndex index, const raft::Entry& entry);

// Reads a snapshot's state, and all of the file once. Errors: what the disk says; kCorrupt when the
// file is damaged; kInvalid when it is whole and means nothing to this program.
Result<StateMachine> load_state(Yield& yield, log::SnapshotStore& store, log::SnapshotId id);

struct LoadedGroup {
  RecoveredGroup group;
  StateMachine machine;  // empty without group.load
};

// recover_group() with what is in the store. Snapshots that turn out to be damaged when they are
// loaded are as good as none. Errors: those of load_state() but kCorrupt.
Result<LoadedGroup> load_group(Yield& yield, log::SnapshotStore& store, const GroupLog& log,
                               const std::vector<log::Damage>& damages);

}  // namespace plumbline::replica
