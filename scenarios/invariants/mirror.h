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
  raft::HardState promised;      // term and vote as they were last known to be synced
  LogIndex commit;
  LogIndex applied;
  Term led;  // the last term that it was seen to lead
  std::optional<raft::Snapshot> before;
  std::uint64_t cursor = 0;  // of the log positions that are compared again, a few after each event

  bool holds(LogIndex index, const LoggedEntry& entry) const {
    return index.value <= log.size() && log[index.value - 1] == entry;
  }
  bool holds_durably(LogIndex index, const LoggedEntry& entry) const {
    return index <= durable && holds(index, entry);
  }
};

}  // namespace plumbline::scenarios
