#include <algorithm>
#include <set>

#include "scenarios/spec/fault_kinds.h"
#include "scenarios/spec/scenario_file.h"

namespace plumbline::scenarios {
namespace {

// The first thing found wrong, as "/path: what"; empty when nothing is.
using Problem = std::string;

std::string number(std::int64_t value) { return std::to_string(value); }

Problem check_name(const std::string& name) {
  constexpr const char* kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (!name.empty() && name.find_first_not_of(kAllowed) == std::string::npos) return {};
  return "/name: \"" + name + "\" is not made of lower case letters, digits and dashes";
}

Problem check_cluster(const ClusterSpec& cluster) {
  if (cluster.heartbeat_ms.high < cluster.election_timeout_ms.low) return {};
  return "/cluster/heartbeat_ms: " + number(cluster.heartbeat_ms.high) +
         " is not below the election timeout of " + number(cluster.election_timeout_ms.low);
}

Problem check_quiet(const Scenario& scenario) {
  if (scenario.mode == Mode::kSafety || scenario.quiet_ms < scenario.duration_ms) return {};
  return "/quiet_ms: " + number(scenario.quiet_ms) + " leaves nothing of a run of duration_ms " +
         number(scenario.duration_ms);
}

// What is asked so late must be answered before the run is over.
Problem check_patience(const Scenario& scenario) {
  const std::int64_t timeout_ms = scenario.cluster.election_timeout_ms.high;
  const auto late = [&](const char* key, std::int64_t timeouts, std::int64_t needed) -> Problem {
    if (timeouts == 0) return {};
    const std::string given = "/" + std::string(key) + ": " + number(timeouts);
    if (scenario.mode == Mode::kSafety) return given + " is asked in liveness mode only";
    if (needed * timeout_ms <= scenario.quiet_ms) return {};
    return given + " election timeouts of " + number(timeout_ms) + " ms need a quiet_ms of " +
           number(needed * timeout_ms) + " or more; it is " + number(scenario.quiet_ms);
  };
  Problem problem =
      late("recovery_timeouts", scenario.recovery_timeouts, scenario.recovery_timeouts);
  if (!problem.empty()) return problem;
  return late("steady_timeouts", scenario.steady_timeouts, 2 * scenario.steady_timeouts);
}

Problem check_workloads(const std::vector<WorkloadSpec>& workloads) {
  if (workloads.empty()) return "/workloads: at least one is needed";
  for (std::size_t i = 0; i < workloads.size(); ++i) {
    const WorkloadSpec& workload = workloads[i];
    const std::string path = "/workloads/" + number(static_cast<std::int64_t>(i));
    if (workload.kind.empty()) return path + "/kind: is empty";
    const std::int64_t sum = workload.read_ppm + workload.cas_ppm;
    if (sum > 1'000'000) {
      return path + "/cas_ppm: " + number(workload.cas_ppm) + " and read_ppm " +
             number(workload.read_ppm) + " are more than a million together";
    }
  }
  return {};
}

Problem check_swarm(const Swarm& swarm, Mode mode) {
  if (swarm.stay.high > 0 && mode == Mode::kSafety) {
    return "/swarm/stay: in safety mode no fault ends before the run";
  }
  std::set<FaultKind> seen;
  for (const FaultKind kind : swarm.kinds) {
    if (!seen.insert(kind).second) {
      return std::string("/swarm/kinds: \"") + name_of(kind) + "\" is there twice";
    }
  }
  return {};
}

class FaultCheck {
 public:
  FaultCheck(const Scenario& scenario, const Fault& fault, std::string path)
      : scenario_(scenario), fault_(fault), shape_(shape_of(fault.kind)), path_(std::move(path)) {}

  Problem run() const {
    for (const Problem& problem : {cluster(), spares(), targets(), aim(), stay(), where(), count(),
                                   duration(), amount(), end()}) {
      if (!problem.empty()) return path_ + problem;
    }
    return {};
  }

 private:
  std::int64_t available() const {
    if (shape_.targets == Targets::kClients) return clients_of(scenario_);
    const std::int64_t spares = shape_.targets == Targets::kSeat ? scenario_.cluster.spares.low : 0;
    return scenario_.cluster.nodes.low + spares;
  }
  std::int64_t given() const { return static_cast<std::int64_t>(fault_.nodes.size()); }
  std::string kind() const { return std::string("\"") + shape_.name + "\""; }

  Problem cluster() const {
    if (scenario_.cluster.nodes.low >= shape_.nodes_min()) return {};
    return "/kind: " + kind() + " needs a cluster of " + number(shape_.nodes_min()) +
           " nodes or more";
  }
  Problem spares() const {
    if (scenario_.cluster.spares.low >= shape_.spares_min()) return {};
    return "/kind: " + kind() + " needs a spare node";
  }
  Problem targets() const {
    std::set<std::uint32_t> seen;
    const bool clients = shape_.targets == Targets::kClients;
    for (const std::uint32_t target : fault_.nodes) {
      if (target > available()) {
        return "/nodes: " + std::string(clients ? "client " : "node ") + number(target) +
               " does not exist among " + number(available());
      }
      if (!seen.insert(target).second) return "/nodes: " + number(target) + " is there twice";
    }
    return {};
  }
  Problem aim() const {
    if (!fault_.at_leader || may_be_aimed(fault_.kind)) return {};
    return "/at_leader: " + kind() + " cannot be aimed at the leader";
  }
  Problem stay() const {
    if (!fault_.stays) return {};
    if (!may_stay(fault_.kind)) return "/stays: " + kind() + " cannot stay";
    if (scenario_.mode == Mode::kLiveness) return {};
    return "/stays: in safety mode no fault ends before the run";
  }
  Problem where() const {
    if (fault_.where == Structure::kAny || damages(fault_.kind)) return {};
    return "/where: " + kind() + " damages no structure on a disk";
  }
  bool count_fits() const {
    switch (shape_.targets) {
      case Targets::kNodes:
      case Targets::kClients: return given() >= 1;
      case Targets::kAll: return given() == 0 || given() == available();
      case Targets::kSide: return given() >= 1 && given() < available();
      case Targets::kBridge: return given() >= 2 && given() < available();
      case Targets::kPair: return given() == 2;
      case Targets::kSeat: return given() == 1;
    }
    return false;
  }
  Problem count() const {
    if (count_fits()) return {};
    return "/nodes: " + kind() + " strikes " + name_of(shape_.targets) + "; " + number(given()) +
           " of " + number(available()) + " are given";
  }
  Problem duration() const {
    const bool zero = fault_.duration.ns == 0;
    if (shape_.lasts == Lasts::kInstant && !zero) {
      return "/duration_us: " + kind() + " happens at an instant and has none";
    }
    if (shape_.lasts == Lasts::kSpan && zero) {
      return "/duration_us: " + kind() + " lasts; more than 0 is needed";
    }
    return {};
  }
  Problem amount() const {
    if (fault_.amount < shape_.amount_low || fault_.amount > shape_.amount_high) {
      return "/amount: " + number(fault_.amount) + " is out of range for " + kind() + "; " +
             number(shape_.amount_low) + " to " + number(shape_.amount_high) + " is allowed";
    }
    if (shape_.targets != Targets::kAll) return {};
    const std::int64_t restarts = scenario_.cluster.nodes.high - 1;
    if (milliseconds(fault_.amount) * restarts <= fault_.duration) return {};
    return "/amount: " + number(restarts) + " restarts " + number(fault_.amount) +
           " ms apart do not fit into the duration";
  }
  Problem end() const {
    const Duration end = fault_.at + fault_.duration;
    const Duration limit =
        fault_.stays ? milliseconds(scenario_.duration_ms) : faults_end(scenario_);
    if (end <= limit) return {};
    const bool quiet = scenario_.mode == Mode::kLiveness && !fault_.stays;
    return ": ends at " + number(end.ns / 1'000) + " us, but faults end by " +
           number(limit.ns / 1'000) +
           (quiet ? " us (duration_ms - quiet_ms)" : " us (duration_ms)");
  }

  const Scenario& scenario_;
  const Fault& fault_;
  const FaultShape& shape_;
  std::string path_;
};

// Who must recover must be a majority. One that is aimed may strike anybody, so nothing else stays
// beside it.
Problem check_staying(const Scenario& scenario) {
  std::set<std::uint32_t> outside;
  int staying = 0;
  bool aimed = false;
  for (const Fault& fault : scenario.faults) {
    if (!fault.stays) continue;
    for (const std::uint32_t node : outside_of(fault)) outside.insert(node);
    aimed |= fault.at_leader;
    ++staying;
  }
  if (aimed && staying > 1) return "/faults: beside a fault that stays at the leader none can stay";
  if (2 * static_cast<std::int64_t>(outside.size()) < scenario.cluster.nodes.low) return {};
  return staying == 0 ? Problem()
                      : "/faults: those that stay leave no majority of " +
                            number(scenario.cluster.nodes.low) + " nodes";
}

Problem check_faults(const Scenario& scenario) {
  std::set<std::uint32_t> ids;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const Fault& fault = scenario.faults[i];
    const std::string path = "/faults/" + number(static_cast<std::int64_t>(i));
    if (!ids.insert(fault.id).second) {
      return path + "/id: another fault has the id " + number(fault.id);
    }
    if (Problem problem = FaultCheck(scenario, fault, path).run(); !problem.empty()) return problem;
  }
  return check_staying(scenario);
}

}  // namespace

std::string problem_of(const Scenario& scenario) {
  Problem problem = check_name(scenario.name);
  if (problem.empty()) problem = check_cluster(scenario.cluster);
  if (problem.empty()) problem = check_quiet(scenario);
  if (problem.empty()) problem = check_patience(scenario);
  if (problem.empty()) problem = check_workloads(scenario.workloads);
  if (problem.empty() && scenario.swarm) problem = check_swarm(*scenario.swarm, scenario.mode);
  if (problem.empty()) problem = check_faults(scenario);
  return problem;
}

Status check_scenario(const Scenario& scenario, std::string_view origin) {
  const Problem problem = problem_of(scenario);
  if (problem.empty()) return {};
  return Error{Errc::kInvalid, std::string(origin) + ": " + problem};
}

}  // namespace plumbline::scenarios
