#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nodes/base/ids.h"
#include "nodes/log/log.h"
#include "nodes/raft/invariants.h"

namespace plumbline::scenarios {

// What identifies an entry wherever it is found.
struct LoggedEntry {
  Term term;
  std::uint64_t payload = 0;  // hash of kind and payload

  friend bool operator==(const LoggedEntry&, const LoggedEntry&) = default;
};

LoggedEntry logged(const raft::Entry& entry);

// What was done to a disk behind its node's back.
enum class Harm {
  kNone,
  // The format says what comes of it: everything is there, or the node says what may be missing, or
  // it refuses to start. Only of the last batch, when power goes too, may it lose something unseen
  // (nodes/log/FORMAT.md, "What cannot be told").
  kOnce,
  // Both places of one thing may be gone, and nothing is promised.
  kOften,
};

// What the checks know of one replica: as it was after its last event, also while it is down.
struct Mirror {
  NodeId node;
  // A node that comes back as another member is another replica, which owes nothing for this one.
  ReplicaId replica;
  Incarnation incarnation;
  // How its disk is read when it cannot be asked.
  GroupId group;
  log::Options log_options;
  std::vector<LoggedEntry> log;  // index 1 first, also of what the replica has compacted
  LogIndex base;                 // entries up to here are known from what was committed
  LogIndex durable;              // entries up to here were synced
  LogIndex durable_before;       // the same without the last batch
  raft::HardState promised;      // term and vote as they were last known to be synced
  LogIndex commit;
  LogIndex applied;
  Term led;  // the last term that it was seen to lead
  std::optional<raft::Snapshot> before;
  // Damages before the life that is told of here began, and before the one that is running did.
  std::uint64_t damages_before = 0;
  std::uint64_t damages_at_start = 0;
  Incarnation life;  // the one that is running; without a core until it has recovered
  // Entries up to here were synced, and after a restart on a damaged disk some of them were gone.
  // Zero again when the log has come back to there.
  LogIndex lost_up_to;
  std::uint64_t cursor = 0;  // of the log positions that are compared again, a few after each event

  bool holds(LogIndex index, const LoggedEntry& entry) const {
    return index.value <= log.size() && log[index.value - 1] == entry;
  }
  bool holds_durably(LogIndex index, const LoggedEntry& entry) const {
    return index <= durable && holds(index, entry);
  }
};

}  // namespace plumbline::scenarios
