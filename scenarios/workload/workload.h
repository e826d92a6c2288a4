#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nodes/client/kv_client.h"
#include "nodes/world/world.h"
#include "scenarios/client/recorder.h"
#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

// What a client of a workload knows beyond its own death: who it is and how far it has come. A
// client that restarts under its identity goes on from here, with an empty memory but for this and
// its disk.
struct ClientSlot {
  std::uint32_t id = 0;  // from 1, over all workloads; also the process in the history
  WorkloadSpec spec;     // drawn: every range is one number
  std::string key_prefix;
  std::uint64_t next_operation = 0;
  std::map<std::string, std::int64_t> last_seen;  // by key: what a compare-and-swap expects
  bool done = false;
};

// What a workload's client is made from. All references outlive it.
struct ClientContext {
  World& world;
  ClientSlot& slot;
  Recorder& recorder;
  KeyedRandom& random;
  client::Options store;
  // True once no fault will strike any more: the last reads, which find what was lost, wait for it.
  const bool& faults_over;
};

// One client of a workload, as a node that runs until it has done its operations.
struct WorkloadKind {
  const char* name;
  const char* description;
  std::unique_ptr<Node> (*make_client)(ClientContext context);
};

// All of them. Adding one takes a file and a line in registry.cc.
const std::vector<WorkloadKind>& workload_registry();
const WorkloadKind* find_workload(std::string_view name);

}  // namespace plumbline::scenarios
