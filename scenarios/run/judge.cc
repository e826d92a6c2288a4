// From what happened to a verdict. A violation is never masked by anything else; a run in which too
// little happened is not passed.

#include <algorithm>

#include "checker/check.h"
#include "nodes/replica/replica.h"
#include "scenarios/run/first_writes.h"
#include "scenarios/run/sim_run.h"

namespace plumbline::scenarios {
namespace {

void take(RunResult& result, RunVerdict verdict, const Violation& violation) {
  result.verdict = verdict;
  result.property = violation.property;
  result.sentence = violation.sentence;
  result.at = violation.at;
  result.at_event = violation.event;
}

}  // namespace

const char* name_of(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::kPass: return "pass";
    case RunVerdict::kViolation: return "violation";
    case RunVerdict::kCrash: return "crash";
    case RunVerdict::kLiveness: return "liveness";
    case RunVerdict::kIndeterminate: return "indeterminate";
    case RunVerdict::kNondeterminism: return "nondeterminism";
    case RunVerdict::kInfrastructure: return "infrastructure";
  }
  return "unknown";
}

RunResult SimRun::judge() {
  RunResult result;
  tally(result);
  result.history = cluster_.recorder().history();
  result.first_writes = first_writes(result.fault_periods, result.history, healed_at());
  result.checked = checker::check_history(result.history, {});
  decide(result);
  return result;
}

void SimRun::tally(RunResult& result) const {
  SimCluster& cluster = const_cast<SimCluster&>(cluster_);
  sim::Simulation& simulation = cluster.simulation();
  result.trace_hash = simulation.trace().hash();
  result.events = simulation.events();
  result.ended = simulation.now();
  result.durable_images_checked = invariants_.durable_images_checked();
  result.disk_damages = simulation.damages().size();
  result.unused_overrides = simulation.random().unused_overrides();
  result.fault_periods = cluster.fault_periods();
  for (const auto& [kind, tally] : nemesis_.tallies()) {
    result.faults[kind] = {.drawn = tally.drawn, .struck = tally.struck};
    if (tally.impossible > 0) result.faults_impossible.push_back(kind);
  }
  const auto& probes = trace::Probe::all();
  const auto& counts = simulation.trace().probe_counts();
  for (std::size_t i = 0; i < probes.size() && i < counts.size(); ++i) {
    if (counts[i] > 0) result.probes[probes[i]->name()] = counts[i];
  }
  for (const checker::Operation& operation : cluster.recorder().history().operations) {
    Outcomes& outcomes = result.functions[std::string(checker::name_of(operation.function))];
    switch (operation.outcome) {
      case checker::Outcome::kOk: ++outcomes.ok; break;
      case checker::Outcome::kFail: ++outcomes.fail; break;
      case checker::Outcome::kUnknown: ++outcomes.unknown; break;
    }
  }
}

void SimRun::decide(RunResult& result) const {
  if (invariants_.violation())
    return take(result, RunVerdict::kViolation, *invariants_.violation());
  for (const checker::Report& report : result.checked.reports) {
    if (report.verdict != checker::Verdict::kInvalid) continue;
    result.verdict = RunVerdict::kViolation;
    result.property = report.property;
    result.sentence = report.sentence;
    result.at = TrueTime{report.to};
    return;
  }
  if (unjustified_halt_) return take(result, RunVerdict::kLiveness, *unjustified_halt_);
  if (const auto what = stuck()) {
    return take(
        result, RunVerdict::kLiveness,
        {.property = "liveness", .sentence = *what, .at = result.ended, .event = result.events});
  }
  if (late_recovery_) return take(result, RunVerdict::kLiveness, *late_recovery_);
  if (unsteady_term_) return take(result, RunVerdict::kLiveness, *unsteady_term_);
  for (const checker::Report& report : result.checked.reports) {
    if (report.verdict != checker::Verdict::kUnknown) continue;
    result.verdict = RunVerdict::kIndeterminate;
    result.property = report.property;
    result.sentence = report.sentence;
    return;
  }
  if (const auto why = vacuous(result)) {
    result.verdict = RunVerdict::kIndeterminate;
    result.property = "vacuous";
    result.sentence = *why;
  }
}

// An operation type that never succeeded, or a kind of fault that was drawn and never struck.
std::optional<std::string> SimRun::vacuous(const RunResult& result) const {
  for (const auto& [function, outcomes] : result.functions) {
    if (outcomes.ok == 0) return "no " + function + " succeeded";
  }
  if (result.functions.empty()) return "no operation was called";
  for (const auto& [kind, tally] : result.faults) {
    if (tally.drawn > 0 && tally.struck == 0) {
      return std::string("the fault ") + plumbline::scenarios::name_of(kind) +
             " was drawn and never struck";
    }
  }
  return std::nullopt;
}

}  // namespace plumbline::scenarios
