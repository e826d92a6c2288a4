#include "real/harness/real_run.h"

#include <algorithm>

#include "checker/check.h"
#include "scenarios/run/first_writes.h"

namespace plumbline::harness {

using scenarios::Mode;
using scenarios::RunResult;
using scenarios::RunVerdict;
using scenarios::Scenario;

namespace {

constexpr Duration kStartLimit = seconds(20);
constexpr Duration kWatchEvery = milliseconds(50);
constexpr std::int64_t kWatchesPerTick = 20;
// In safety mode clients are told so long before the end that their last reads should begin.
constexpr Duration kLastReads = seconds(3);

std::string seconds_text(TrueTime time) {
  const std::string fraction = std::to_string(1'000 + time.ns / 1'000'000 % 1'000).substr(1);
  return std::to_string(time.ns / 1'000'000'000) + "." + fraction + " s";
}

void take(RunResult& result, RunVerdict verdict, const std::string& property,
          const std::string& sentence) {
  result.verdict = verdict;
  result.property = property;
  result.sentence = sentence;
}

// An operation type that never succeeded, or a kind of fault that was drawn, can be made here, and
// never struck.
std::optional<std::string> vacuous(const RunResult& result) {
  if (result.functions.empty()) return "no operation was called";
  for (const auto& [function, outcomes] : result.functions) {
    if (outcomes.ok == 0) return "no " + function + " succeeded";
  }
  const std::vector<FaultKind>& impossible = result.faults_impossible;
  for (const auto& [kind, tally] : result.faults) {
    const bool possible = std::find(impossible.begin(), impossible.end(), kind) == impossible.end();
    if (possible && tally.drawn > 0 && tally.struck == 0) {
      return std::string("the fault ") + scenarios::name_of(kind) + " was drawn and never struck";
    }
  }
  return std::nullopt;
}

}  // namespace

RealRun::RealRun(const Scenario& scenario, ProcessClusterOptions options)
    : scenario_(scenario), options_(std::move(options)) {}

Status RealRun::run(UniqueFunction<bool()> interrupted,
                    UniqueFunction<void(const RealProgress&)> tick) {
  auto cluster = ProcessCluster::open(loop_, scenario_, options_);
  if (!cluster) return cluster.error();
  cluster_ = std::move(*cluster);
  if (const Status started = cluster_->start_nodes(kStartLimit); !started) return started;
  tick_ = std::move(tick);
  nemesis_ = std::make_unique<scenarios::Nemesis>(*cluster_, scenario_.faults);
  nemesis_->arm();
  cluster_->start_clients();
  const TrueTime start = cluster_->now();
  const Duration whole = milliseconds(scenario_.duration_ms);
  const Duration quiet =
      scenario_.mode == Mode::kLiveness ? milliseconds(scenario_.quiet_ms) : kLastReads;
  cluster_->at(start + std::max(Duration{}, whole - quiet), [this] { end_of_faults(); });
  watch();
  loop_.run_until(
      [&] {
        interrupted_ = interrupted();
        return interrupted_ || death_ || finished();
      },
      whole);
  finished_in_time_ = finished();
  ended_ = cluster_->now();
  nodes_at_end_ = cluster_->observer().describe();
  cluster_->recorder().run_ended();
  return {};
}

void RealRun::watch() {
  death_ = cluster_->unexpected_death();
  const std::int64_t number = cluster_->now().ns / kWatchEvery.ns;
  if (tick_ && number % kWatchesPerTick == 0) {
    tick_({.now = cluster_->now(),
           .operations = cluster_->recorder().history().operations.size(),
           .faults = cluster_->fault_periods().size()});
  }
  cluster_->at(TrueTime{(number + 1) * kWatchEvery.ns}, [this] { watch(); });
}

void RealRun::end_of_faults() {
  if (scenario_.mode == Mode::kLiveness) nemesis_->heal_all();
  cluster_->let_clients_finish();
  in_peace_ = true;
}

bool RealRun::finished() const {
  if (!in_peace_ || !cluster_->all_clients_done()) return false;
  return scenario_.mode == Mode::kSafety || cluster_->observer().all_caught_up();
}

// ---- judging ----

RunResult RealRun::judge() const {
  RunResult result;
  tally(result);
  result.history = cluster_->recorder().history();
  result.first_writes = scenarios::first_writes(result.fault_periods, result.history, std::nullopt);
  result.checked = checker::check_history(result.history, {});
  decide(result);
  return result;
}

void RealRun::tally(RunResult& result) const {
  result.ended = ended_;
  result.fault_periods = cluster_->fault_periods();
  result.unused_overrides = cluster_->random().unused_overrides();
  for (const auto& [kind, tally] : nemesis_->tallies()) {
    result.faults[kind] = {.drawn = tally.drawn, .struck = tally.struck};
    if (tally.impossible > 0) result.faults_impossible.push_back(kind);
  }
  for (const checker::Operation& operation : cluster_->recorder().history().operations) {
    scenarios::Outcomes& outcomes =
        result.functions[std::string(checker::name_of(operation.function))];
    switch (operation.outcome) {
      case checker::Outcome::kOk: ++outcomes.ok; break;
      case checker::Outcome::kFail: ++outcomes.fail; break;
      case checker::Outcome::kUnknown: ++outcomes.unknown; break;
    }
  }
}

void RealRun::decide(RunResult& result) const {
  if (const checker::Report* found = result.checked.finding();
      found != nullptr && found->verdict == checker::Verdict::kInvalid) {
    take(result, RunVerdict::kViolation, found->property, found->sentence);
    result.at = TrueTime{found->to};
    return;
  }
  if (death_) {
    result.at = ended_;
    return take(result, death_->by_signal ? RunVerdict::kCrash : RunVerdict::kLiveness,
                death_->by_signal ? "crash" : "liveness", death_->sentence);
  }
  if (interrupted_) return take(result, RunVerdict::kIndeterminate, "interrupted", "cut short");
  if (const auto what = stuck()) {
    result.at = ended_;
    return take(result, RunVerdict::kLiveness, "liveness", *what);
  }
  if (const checker::Report* found = result.checked.finding(); found != nullptr) {
    return take(result, RunVerdict::kIndeterminate, found->property, found->sentence);
  }
  if (const auto why = vacuous(result)) {
    take(result, RunVerdict::kIndeterminate, "vacuous", *why);
  }
}

// R-raft-19, R-raft-20, R-raft-24, on processes.
std::optional<std::string> RealRun::stuck() const {
  if (scenario_.mode != Mode::kLiveness || finished_in_time_) return std::nullopt;
  std::string what = std::to_string(scenario_.quiet_ms / 1000) + " s after the last fault";
  for (const scenarios::ClientSlot& slot : cluster_->clients()) {
    if (!slot.done) what += "; c" + std::to_string(slot.id) + " has not finished";
  }
  return what + " at " + seconds_text(ended_) + "; " + nodes_at_end_;
}

}  // namespace plumbline::harness
