#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "nodes/base/result.h"
#include "nodes/replica/replica.h"
#include "nodes/world/streams.h"

namespace plumbline::process {

// What `plumbd replica` is told, as text. A flag stands over its environment variable, which stands
// over the default.
struct ReplicaFlags {
  std::uint32_t node = 0;
  std::string data;
  std::uint64_t cluster = 1;
  std::vector<std::string> peers;      // "N=host:port", of all nodes that may ever be spoken to
  std::vector<std::uint32_t> members;  // nodes of the first configuration; empty: all peers
  std::uint32_t replica = 0;           // zero: the node's number
  bool join = false;
  std::string listen_peers;
  std::string listen;
  std::int64_t election_timeout_ms = 150;
  std::int64_t heartbeat_ms = 40;
  std::uint64_t segment_kib = 1024;
  std::uint32_t entries_per_append = 64;
  std::uint32_t inflight_appends = 32;
  std::uint32_t apply_batch = 64;
  std::int64_t apply_pause_us = 0;
  std::uint64_t snapshot_log_kib = 16 * 1024;
  std::uint64_t snapshot_log_entries = 1 << 20;
  std::uint64_t trailing_entries = 1024;
  std::uint64_t trailing_kib = 8 * 1024;
  std::uint64_t log_mib_max = 64;
  std::uint64_t snapshot_kib_per_second = 0;
  std::uint64_t session_idle_entries = 1 << 20;
  bool lease_reads = false;
  std::uint32_t clock_drift_ppm = 10'000;
  bool insecure = false;
  bool trace = false;
  std::string plant;
};

void add_flags(CLI::App& command, ReplicaFlags& flags);

// The same, understood and checked.
struct ReplicaSettings {
  std::string data;
  std::uint64_t cluster = 1;
  Address listen_peers;
  std::map<NodeId, Address> book;  // without this node
  bool trace = false;
  replica::ReplicaOptions options;
};

// Errors: kInvalid, with one line for the operator.
Result<ReplicaSettings> understand(const ReplicaFlags& flags);

}  // namespace plumbline::process
