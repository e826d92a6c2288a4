#pragma once

#include <memory>
#include <string>

#include "real/harness/process_cluster.h"
#include "scenarios/nemesis/nemesis.h"
#include "scenarios/run/run_result.h"

namespace plumbline::harness {

struct RealProgress {
  TrueTime now;
  std::uint64_t operations = 0;
  std::uint64_t faults = 0;  // begun so far
};

// One run of a drawn scenario on real processes, from the first process to the verdict: what SimRun
// is in the simulator.
//
// In liveness mode everything is healed `quiet_ms` before the end; until the end the clients must
// finish and all nodes come to the same state. A node that ends by itself is a failure in either
// mode: nothing that we do to it from outside is a reason to.
class RealRun {
 public:
  // REQUIRES: check_scenario() found nothing wrong; the scenario is drawn.
  RealRun(const scenarios::Scenario& scenario, ProcessClusterOptions options);

  // Errors: kInvalid, kNotFound, kIo; the cluster could not be started, and nothing was judged.
  // `interrupted` is asked often: when it says yes, the run is cut short and judged as it is.
  // `tick` comes every second.
  Status run(UniqueFunction<bool()> interrupted, UniqueFunction<void(const RealProgress&)> tick);
  // REQUIRES: run() succeeded.
  scenarios::RunResult judge() const;

 private:
  void watch();
  void end_of_faults();
  bool finished() const;
  std::optional<std::string> stuck() const;
  void tally(scenarios::RunResult& result) const;
  void decide(scenarios::RunResult& result) const;

  scenarios::Scenario scenario_;
  ProcessClusterOptions options_;
  real::EventLoop loop_;
  std::unique_ptr<ProcessCluster> cluster_;
  std::unique_ptr<scenarios::Nemesis> nemesis_;
  UniqueFunction<void(const RealProgress&)> tick_;
  bool in_peace_ = false;
  bool finished_in_time_ = false;
  bool interrupted_ = false;
  std::optional<ProcessCluster::Death> death_;
  std::string nodes_at_end_;
  TrueTime ended_;
};

}  // namespace plumbline::harness
