#include "scenarios/run/sim_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/spec/scenario_file.h"
#include "tests/scenarios_run/small_run.h"

namespace plumbline::scenarios {
namespace {

TEST(SimRun, TheScenarioOfTheseTestsIsAGoodOne) { EXPECT_EQ(problem_of(small_scenario()), ""); }

TEST(SimRun, ASmallRunPassesAndHasDoneSomething) {
  const RunResult result = run(small_request());
  EXPECT_EQ(result.verdict, RunVerdict::kPass) << result.property << ": " << result.sentence;
  EXPECT_GT(result.durable_images_checked, 0U);
  EXPECT_EQ(result.fault_periods.size(), 5U);
  for (const auto& [kind, tally] : result.faults) EXPECT_EQ(tally.struck, 1U) << name_of(kind);
  for (const char* function : {"read", "write", "cas", "append", "get"}) {
    EXPECT_GT(result.functions.at(function).ok, 0U) << function;
  }
  EXPECT_LT(result.ended, TrueTime{} + seconds(30)) << "it ends when nothing new can happen";
}

TEST(SimRun, IsTheSameEachTimeAndAnotherForAnotherSeed) {
  const RunResult first = run(small_request());
  const RunResult second = run(small_request());
  EXPECT_EQ(first.trace_hash, second.trace_hash);
  EXPECT_EQ(first.events, second.events);
  EXPECT_EQ(first.ended, second.ended);
  EXPECT_NE(first.trace_hash, run(small_request(8)).trace_hash);
}

// Checking is looking: it changes nothing of what happens.
TEST(SimRun, InvariantsDoNotChangeTheRun) {
  RunRequest request = small_request();
  const RunResult checked = run(request);
  request.check_invariants = false;
  const RunResult unchecked = run(request);
  EXPECT_EQ(unchecked.trace_hash, checked.trace_hash);
  EXPECT_EQ(unchecked.events, checked.events);
  EXPECT_EQ(unchecked.durable_images_checked, 0U);
}

TEST(SimRun, WhatIsKeptOfTheTraceDoesNotChangeTheRun) {
  RunRequest request = small_request();
  const std::uint64_t hash = run(request).trace_hash;
  request.trace = {.keep = sim::TraceMemory::Keep::kAll};
  EXPECT_EQ(run(request).trace_hash, hash);
  request.trace = {.keep = sim::TraceMemory::Keep::kNothing};
  EXPECT_EQ(run(request).trace_hash, hash);
}

TEST(SimRun, StoppingToLookAroundChangesNothing) {
  const RunResult straight = run(small_request());
  SimRun stopped(small_request());
  for (const std::uint64_t event : {1U, 2U, 100U, 300U}) {
    stopped.run_to_event(event);
    EXPECT_EQ(stopped.simulation().events(), event);
    EXPECT_NE(stopped.describe_nodes().find("n3"), std::string::npos);
  }
  const TrueTime later = TrueTime{} + milliseconds(2'600);
  stopped.run_to_time(later);
  EXPECT_EQ(stopped.simulation().now(), later);
  EXPECT_NE(stopped.describe_nodes().find("down"), std::string::npos) << stopped.describe_nodes();
  stopped.run();
  const RunResult result = stopped.judge();
  EXPECT_EQ(result.trace_hash, straight.trace_hash);
  EXPECT_EQ(result.events, straight.events);
  EXPECT_EQ(result.verdict, straight.verdict);
}

// Who asks for a time or an event behind the end gets the end.
TEST(SimRun, StoppingBehindTheEndIsTheEnd) {
  const RunResult straight = run(small_request());
  SimRun by_time(small_request());
  by_time.run_to_time(TrueTime{} + seconds(29));
  by_time.run();
  EXPECT_EQ(by_time.judge().events, straight.events);
  SimRun by_event(small_request());
  by_event.run_to_event(straight.events + 1'000);
  by_event.run();
  const RunResult result = by_event.judge();
  EXPECT_EQ(result.events, straight.events);
  EXPECT_EQ(result.trace_hash, straight.trace_hash);
}

// The control: disks that say that they synced and did not lose acknowledged writes when all power
// goes. It must be seen, by the invariants and by the histories of the clients alone.
TEST(SimRun, ALyingDiskIsFound) {
  RunRequest request = small_request();
  request.scenario.faults = {
      fault(1, FaultKind::kDiskLies, milliseconds(1), seconds(8), {1, 2, 3}),
      fault(2, FaultKind::kPowerLossAll, milliseconds(3'000), milliseconds(200), {}),
  };
  for (WorkloadSpec& spec : request.scenario.workloads) spec.operations = 60;
  ASSERT_EQ(problem_of(request.scenario), "");
  // How much a loss of power spares is drawn too, so that not every seed loses something; and a log
  // that can tell that it was robbed halts its node, which nothing excuses here.
  constexpr std::uint64_t kSeeds = 48;
  std::uint64_t seen_by_clients = 0;
  std::uint64_t halted = 0;
  for (request.seed = 1; request.seed <= kSeeds; ++request.seed) {
    request.check_invariants = true;
    EXPECT_EQ(run(request).verdict, RunVerdict::kViolation) << "seed " << request.seed;
    request.check_invariants = false;
    const RunVerdict verdict = run(request).verdict;
    seen_by_clients += verdict == RunVerdict::kViolation ? 1 : 0;
    halted += verdict == RunVerdict::kLiveness ? 1 : 0;
  }
  EXPECT_GE(seen_by_clients, 1U) << "an acknowledged write was lost, and a history shows it";
  EXPECT_GE(halted, kSeeds / 3);
}

// The control: a leader whose clock runs slower, and followers whose clocks run faster, than its
// lease allows for. It must be seen to read what is past, and by nothing but the clients'
// histories, for no rule of Raft is broken. Without leases the same clocks do no harm.
TEST(SimRun, AStaleReadByALeaseThatClocksDoNotKeepIsFound) {
  const auto loaded = load_scenario("../../scenarios/suites/control/drifting-lease.json");
  ASSERT_TRUE(loaded.ok()) << loaded.error().detail;
  RunRequest request;
  constexpr std::uint64_t kSeeds = 8;
  std::uint64_t seen = 0;
  for (request.seed = 1; request.seed <= kSeeds; ++request.seed) {
    request.scenario = *loaded;
    const RunResult leased = run(request);
    seen += leased.verdict == RunVerdict::kViolation ? 1 : 0;
    EXPECT_EQ(leased.property, leased.verdict == RunVerdict::kPass ? "" : "linearizability");
    request.scenario.cluster.lease_reads = 0;
    const RunResult asked = run(request);
    EXPECT_EQ(asked.verdict, RunVerdict::kPass) << "seed " << request.seed << asked.sentence;
  }
  EXPECT_GE(seen, kSeeds / 2);
}

// ---- What shrinking stands on: taking one thing away leaves every decision about the others as it
// was. ----

// What each client was told to do: function, key and the values that it wrote. What a comparison
// expects depends on what the client saw before, so it is left out; the last reads are left out as
// well, for they are not drawn; and so is client 4, which is restarted at a moment: which of its
// operations that costs depends on how far it has come.
std::map<std::int64_t, std::vector<std::string>> tasks(const RunResult& result) {
  std::map<std::int64_t, std::vector<std::string>> all;
  for (const checker::Operation& operation : result.history.operations) {
    if (operation.process == 4 || TrueTime{operation.invoked_at} > TrueTime{} + seconds(24))
      continue;
    std::string task = std::string(checker::name_of(operation.function)) + " " + operation.key;
    if (!operation.arguments.empty()) task += " " + checker::to_text(operation.arguments.back());
    all[operation.process].push_back(task);
  }
  return all;
}

std::vector<std::pair<std::uint32_t, std::int64_t>> strikes(const RunResult& result) {
  std::vector<std::pair<std::uint32_t, std::int64_t>> all;
  for (const FaultPeriod& period : result.fault_periods)
    all.emplace_back(period.fault.id, period.started.ns);
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Shrinking, WithoutOneOperationAllOthersAreTheSame) {
  const RunResult whole = run(small_request());
  for (const auto& [client, n] : {std::pair<std::int64_t, std::size_t>{1, 0}, {2, 11}, {5, 3}}) {
    RunRequest request = small_request();
    request.overrides = {{"op.enabled/" + std::to_string(client) + "/" + std::to_string(n), 0}};
    const RunResult without = run(request);
    EXPECT_TRUE(without.unused_overrides.empty());
    EXPECT_EQ(without.verdict, RunVerdict::kPass) << without.sentence;
    auto expected = tasks(whole);
    ASSERT_EQ(expected[client].size(), 25U);
    expected[client].erase(expected[client].begin() + static_cast<std::ptrdiff_t>(n));
    EXPECT_EQ(tasks(without), expected);
    EXPECT_EQ(strikes(without), strikes(whole));
    EXPECT_NE(without.trace_hash, whole.trace_hash);
  }
}

TEST(Shrinking, WithoutOneFaultAllOthersAreTheSame) {
  const RunResult whole = run(small_request());
  for (const std::uint32_t id : {1U, 2U, 3U, 5U}) {
    RunRequest request = small_request();
    request.overrides = {{"fault.enabled/" + std::to_string(id), 0}};
    const RunResult without = run(request);
    EXPECT_TRUE(without.unused_overrides.empty());
    EXPECT_EQ(tasks(without), tasks(whole)) << "fault " << id;
    auto expected = strikes(whole);
    std::erase_if(expected, [id](const auto& strike) { return strike.first == id; });
    EXPECT_EQ(strikes(without), expected);
  }
}

TEST(Shrinking, ADrawOfAnUnrelatedKeyChangesNothing) {
  const RunResult straight = run(small_request());
  SimRun drawing(small_request());
  for (std::uint64_t i = 0; i < 100; ++i)
    drawing.simulation().random().bits(Key("test.unrelated").with(i));
  drawing.run();
  EXPECT_EQ(drawing.judge().trace_hash, straight.trace_hash);
}

TEST(Shrinking, AnOverrideThatNothingMeetsIsReported) {
  RunRequest request = small_request();
  request.overrides = {{"op.enabled/1/9999", 0}, {"op.enabled/1/1", 0}, {"fault.enabled/77", 0}};
  EXPECT_EQ(run(request).unused_overrides,
            (std::vector<std::string>{"fault.enabled/77", "op.enabled/1/9999"}));
}

// Overrides that say what would happen anyway are no change, though they switch on draws that are
// otherwise spared.
TEST(Shrinking, AnOverrideThatSaysWhatHappensAnywayChangesNothing) {
  RunRequest request = small_request();
  request.overrides = {{"op.enabled/1/1", 1}, {"fault.enabled/2", 1}};
  const RunResult result = run(request);
  EXPECT_TRUE(result.unused_overrides.empty());
  EXPECT_EQ(result.trace_hash, run(small_request()).trace_hash);
}

}  // namespace
}  // namespace plumbline::scenarios
