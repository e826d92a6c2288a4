#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/keyed_random.h"
#include "scenarios/invariants/raft_invariants.h"
#include "scenarios/nemesis/nemesis.h"
#include "scenarios/run/run_result.h"
#include "scenarios/run/sim_cluster.h"
#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

struct RunRequest {
  Scenario scenario;  // drawn: complete, without a swarm
  std::uint64_t seed = 0;
  std::vector<Override> overrides;
  sim::TraceMemory trace;
  // Off: only what clients saw is judged, as with real processes.
  bool check_invariants = true;
};

// One run of a drawn scenario in the simulator, from the first event to the verdict.
//
// The cluster and its clients start at time zero and the scenario's faults strike at their times.
// In liveness mode everything is healed `quiet_ms` before the end: from then on every operation
// must end and every replica catch up. In safety mode the faults go on to the end.
class SimRun {
 public:
  // REQUIRES: check_scenario() and Simulation::check_overrides() found nothing wrong.
  explicit SimRun(const RunRequest& request);

  // To the end: everything is done, time is up, or an invariant was violated.
  void run();
  // Stops before the end, for looking around; run() goes on from there.
  void run_to_event(std::uint64_t event);
  void run_to_time(TrueTime time);

  // REQUIRES: run() has come back.
  RunResult judge();
  // A few lines per node: role, term, log, what it waits for.
  std::string describe_nodes() const;
  sim::Simulation& simulation() { return cluster_.simulation(); }
  SimCluster& cluster() { return cluster_; }

 private:
  bool finished() const;
  bool all_is_well() const;
  bool caught_up() const;
  bool may_stay_down(NodeId node) const;
  bool has_refused_its_log(NodeId node) const;
  bool is_in_doubt(NodeId node) const;
  // A fault that stays strikes it: nothing is asked of it.
  bool is_outside(NodeId node) const;
  void node_halted(NodeId node, const std::string& reason);
  void end_of_faults();
  // liveness.cc
  void ask_for_recovery();
  void ask_for_steady_terms();
  void look_at_terms();
  std::optional<TrueTime> healed_at() const;
  std::optional<std::string> stuck() const;
  bool stopped_and_said_so() const;
  std::string whats_stuck() const;
  std::string stuck_clients() const;
  std::string stuck_replicas() const;
  void tally(RunResult& result) const;
  void decide(RunResult& result) const;
  std::optional<std::string> vacuous(const RunResult& result) const;

  Scenario scenario_;
  SimCluster cluster_;
  Nemesis nemesis_;
  RaftInvariants invariants_;
  bool in_peace_ = false;
  TrueTime peace_at_;
  std::optional<Violation> unjustified_halt_;
  std::optional<Violation> late_recovery_;
  // Who was the first of the core to lead while terms were to stand still, and how long they are.
  std::optional<NodeId> steady_leader_;
  Term steady_term_;
  TrueTime steady_until_;
  std::optional<Violation> unsteady_term_;
};

// Whether a node that halted for this reason says what the log's format lists under "Refused".
bool is_refusal(std::string_view reason);

// The simulator's settings that a scenario stands for.
sim::Options sim_options(const RunRequest& request);

}  // namespace plumbline::scenarios
