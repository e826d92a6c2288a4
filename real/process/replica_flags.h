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
  std::vector<std::string> peers;  // "N=host:port", of all members
  std::string listen_peers;
  std::string listen;
  std::int64_t election_timeout_ms = 150;
  std::int64_t heartbeat_ms = 40;
  std::uint64_t segment_kib = 1024;
  std::uint32_t entries_per_append = 64;
  std::uint32_t inflight_appends = 32;
  std::uint32_t apply_batch = 64;
  std::int64_t apply_pause_us = 0;
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
