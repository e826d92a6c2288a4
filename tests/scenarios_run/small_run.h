#pragma once

#include <utility>
#include <vector>

#include "scenarios/run/sim_run.h"

// A run that takes milliseconds and has something of everything.
namespace plumbline::scenarios {

inline Fault fault(std::uint32_t id, FaultKind kind, Duration at, Duration duration,
                   std::vector<std::uint32_t> nodes) {
  return {.id = id, .kind = kind, .at = at, .duration = duration, .nodes = std::move(nodes)};
}

inline WorkloadSpec workload(const char* kind, std::int64_t clients) {
  WorkloadSpec spec;
  spec.kind = kind;
  spec.clients = clients;
  spec.operations = 25;
  spec.think_ms = {0, 100};
  return spec;
}

// Small, but with a fault of every sort that shifts what comes after it. The clients are done long
// before the faults are over.
inline Scenario small_scenario() {
  Scenario scenario;
  scenario.name = "small";
  scenario.duration_ms = 30'000;
  scenario.quiet_ms = 6'000;
  scenario.network.slow_latency_us = 20'000;
  scenario.clock = {.drift_ppm_max = 200, .offset_ms_max = 1'000};
  scenario.workloads = {workload("register", 3), workload("append-session", 2)};
  scenario.faults = {
      fault(1, FaultKind::kKill, milliseconds(800), milliseconds(400), {2}),
      fault(2, FaultKind::kPartition, milliseconds(1'500), milliseconds(700), {1}),
      fault(3, FaultKind::kPowerLossAll, milliseconds(2'500), milliseconds(200), {}),
      fault(4, FaultKind::kClientRestart, milliseconds(1'100), {}, {4}),
      fault(5, FaultKind::kPause, milliseconds(3'000), milliseconds(300), {3}),
  };
  return scenario;
}

inline RunRequest small_request(std::uint64_t seed = 7) {
  RunRequest request;
  request.scenario = small_scenario();
  request.seed = seed;
  return request;
}

inline RunResult run(const RunRequest& request) {
  SimRun run(request);
  run.run();
  return run.judge();
}

}  // namespace plumbline::scenarios
