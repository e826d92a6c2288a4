#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/run/first_writes.h"
#include "scenarios/spec/scenario_file.h"
#include "tests/scenarios_run/small_run.h"

namespace plumbline::scenarios {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

checker::Operation write(std::int64_t called_ms, std::int64_t returned_ms,
                         checker::Outcome outcome = checker::Outcome::kOk) {
  checker::Operation operation;
  operation.function = checker::Function::kWrite;
  operation.key = checker::Text("k");
  operation.arguments = {checker::Value(called_ms)};
  operation.outcome = outcome;
  operation.invoked_at = milliseconds(called_ms).ns;
  operation.returned_at = milliseconds(returned_ms).ns;
  return operation;
}

FaultPeriod period(FaultKind kind, std::int64_t from_ms, std::int64_t to_ms) {
  return {.fault = {.kind = kind, .duration = milliseconds(to_ms - from_ms)},
          .started = TrueTime{} + milliseconds(from_ms),
          .ended = TrueTime{} + milliseconds(to_ms)};
}

TEST(FirstWrites, CountFromTheFaultToTheFirstSuccessOfWhatWasCalledSince) {
  checker::History history;
  history.operations = {
      write(10, 200),                            // called before the fault
      write(105, 130, checker::Outcome::kFail),  // not a success
      write(110, 180),
      write(120, 150),  // the later call came back first
      write(310, 320),
  };
  const auto all = first_writes({period(FaultKind::kKill, 100, 300)}, history, std::nullopt);
  ASSERT_EQ(all.size(), 1U);
  const FirstWrites& kill = all.at("kill");
  EXPECT_THAT(kill.after_start, ElementsAre(milliseconds(50)));
  EXPECT_THAT(kill.after_end, ElementsAre(milliseconds(20)));
  EXPECT_EQ(kill.never, 0U);
}

// Who is asked for a write within some stretches of time must be tried in each of them.
TEST(FirstWrites, WereTriedWhereOneWasUnderWayInEachStretch) {
  checker::History history;
  history.operations = {write(90, 120), write(150, 260, checker::Outcome::kFail)};
  const TrueTime since = TrueTime{} + milliseconds(100);
  EXPECT_TRUE(writes_were_tried(history, since, milliseconds(50), 4)) << "to 300";
  EXPECT_FALSE(writes_were_tried(history, since, milliseconds(50), 5)) << "nobody, from 300 on";
  EXPECT_FALSE(writes_were_tried(history, since, milliseconds(25), 4)) << "from 125 to 150";
  history.operations[1].returned_at = checker::kNever;
  EXPECT_TRUE(writes_were_tried(history, since, milliseconds(50), 50));
}

// A leader that was asked to end may have acknowledged the first write itself.
TEST(LongestSilences, LieBetweenTwoSuccessesWhileTheFaultIsInForce) {
  checker::History history;
  history.operations = {
      write(10, 90),
      write(101, 104),  // the silence follows
      write(110, 140, checker::Outcome::kFail),
      write(103, 170),  //
      write(175, 190),
      write(305, 400),  // silent from 190 to the end
  };
  const std::vector<FaultPeriod> periods = {period(FaultKind::kTerminate, 100, 200),
                                            period(FaultKind::kTerminate, 180, 300),
                                            period(FaultKind::kKill, 410, 450)};
  const auto all = longest_silences(periods, history);
  EXPECT_THAT(all.at("terminate"), ElementsAre(milliseconds(66), milliseconds(110)));
  EXPECT_THAT(all.at("kill"), ElementsAre(milliseconds(40))) << "no write succeeded at all";
}

TEST(FirstWrites, TellNeverFromNotAsked) {
  checker::History history;
  history.operations = {write(10, 20), write(110, 200, checker::Outcome::kUnknown)};
  const auto all = first_writes(
      {period(FaultKind::kKill, 100, 105), period(FaultKind::kPause, 150, 160)}, history, {});
  EXPECT_EQ(all.at("kill").never, 2U) << "a write was called after its start, and after its end";
  EXPECT_EQ(all.at("pause").never, 0U) << "nobody called one";
  EXPECT_THAT(all.at("pause").after_start, IsEmpty());
}

TEST(FirstWrites, FaultsThatDidNotStrikeAreNotMeasured) {
  checker::History history;
  history.operations = {write(110, 120)};
  FaultPeriod vain = period(FaultKind::kKill, 100, 105);
  vain.struck = false;
  EXPECT_THAT(first_writes({vain}, history, std::nullopt), IsEmpty());
}

// R-raft-24, R-raft-20: left in peace, the store answers again within ten election timeouts.
TEST(Liveness, AfterTheHealAWriteSucceedsSoon) {
  RunRequest request = small_request();
  request.scenario.recovery_timeouts = 10;
  for (WorkloadSpec& spec : request.scenario.workloads) spec.operations = 1'000;
  request.scenario.faults.push_back(
      fault(6, FaultKind::kKillAll, milliseconds(23'000), milliseconds(900), {}));
  const RunResult result = run(request);
  EXPECT_EQ(result.verdict, RunVerdict::kPass) << result.sentence;
  ASSERT_EQ(result.first_writes.at(kHealed).after_end.size(), 1U);
  EXPECT_LE(result.first_writes.at(kHealed).after_end[0], milliseconds(1'500));
  EXPECT_EQ(result.first_writes.at("kill-all").after_end.size(), 1U);
}

// Clients need not wait for an election when a leader is asked to end: another leads at once.
TEST(Liveness, ALeaderThatIsAskedToEndHandsOver) {
  RunRequest request = small_request();
  for (WorkloadSpec& spec : request.scenario.workloads) {
    spec.operations = 1'000;
    spec.think_ms = {0, 10};
  }
  request.scenario.faults.clear();
  for (std::uint32_t i = 1; i <= 5; ++i) {
    Fault asked =
        fault(i, FaultKind::kTerminate, milliseconds(1'500 * i), milliseconds(1'000), {1});
    asked.at_leader = true;
    request.scenario.faults.push_back(asked);
  }
  ASSERT_EQ(problem_of(request.scenario), "");
  const RunResult result = run(request);
  EXPECT_EQ(result.verdict, RunVerdict::kPass) << result.sentence;
  EXPECT_EQ(result.faults.at(FaultKind::kTerminate).struck, 5U);
  const auto silences = longest_silences(result.fault_periods, result.history);
  ASSERT_EQ(silences.at("terminate").size(), 5U);
  for (const Duration silence : silences.at("terminate"))
    EXPECT_LT(silence.ns, milliseconds(150).ns);
}

// It is started again before it has come to its end: a cut keeps it from handing over.
TEST(Liveness, OneThatIsStillAboutToEndIsNotWaitedFor) {
  RunRequest request = small_request();
  request.scenario.faults = {
      fault(1, FaultKind::kPartition, milliseconds(1'990), milliseconds(500), {1}),
      fault(2, FaultKind::kTerminate, milliseconds(2'000), milliseconds(100), {1})};
  for (Fault& one : request.scenario.faults) one.at_leader = true;
  const RunResult result = run(request);
  EXPECT_EQ(result.verdict, RunVerdict::kPass) << result.sentence;
  EXPECT_EQ(result.faults.at(FaultKind::kTerminate).struck, 1U);
}

TEST(Liveness, ALateRecoveryIsAFailureThatSaysWhatIsStuck) {
  RunRequest request = small_request();
  request.scenario.recovery_timeouts = 1;
  for (WorkloadSpec& spec : request.scenario.workloads) {
    spec.operations = 1'000;
    spec.timeout_ms = 100;
  }
  // Nobody stands for election before one election timeout has passed.
  request.scenario.faults = {
      fault(1, FaultKind::kKillAll, milliseconds(23'000), milliseconds(1'000), {})};
  const RunResult result = run(request);
  EXPECT_EQ(result.verdict, RunVerdict::kLiveness);
  EXPECT_THAT(result.sentence, HasSubstr("succeeded within 1 election timeouts (150 ms)"));
  EXPECT_THAT(result.sentence, HasSubstr("nobody leads"));
  EXPECT_THAT(result.sentence, HasSubstr("c1 has not finished"));
}

// The core goes on without those whom a fault strikes for good, and nothing is asked of them.
TEST(Liveness, TheCoreRecoversWhileFaultsStayOutsideOfIt) {
  for (const FaultKind kind :
       {FaultKind::kKill, FaultKind::kPartition, FaultKind::kOneWayPartition,
        FaultKind::kFlappingPartition, FaultKind::kPause, FaultKind::kFlappingLink}) {
    RunRequest request = small_request();
    request.scenario.recovery_timeouts = 10;
    for (WorkloadSpec& spec : request.scenario.workloads) spec.operations = 1'000;
    Fault stays = fault(6, kind, milliseconds(3'500), milliseconds(26'500), {1});
    stays.stays = true;
    const bool link = kind == FaultKind::kFlappingLink;
    if (link) stays.nodes = {1, 2};
    stays.at_leader = kind != FaultKind::kKill && !link;
    stays.amount = link || kind == FaultKind::kFlappingPartition ? 700 : 0;
    request.scenario.faults.push_back(stays);
    ASSERT_EQ(problem_of(request.scenario), "");
    const RunResult result = run(request);
    EXPECT_EQ(result.verdict, RunVerdict::kPass) << name_of(kind) << ": " << result.sentence;
    EXPECT_LT(result.ended, TrueTime{} + seconds(30)) << "it does not wait for who lies outside";
  }
}

// Who is cut off now and then comes back with a higher term, for ever, when it counts that up
// without asking anybody before (thesis 9.6).
TEST(Liveness, TermsThatDoNotStandStillInPeaceAreAFailure) {
  for (const bool pre_vote : {false, true}) {
    RunRequest request = small_request();
    request.scenario.cluster.pre_vote = pre_vote ? 1 : 0;
    request.scenario.steady_timeouts = 10;
    // Behind all who write it never leads.
    for (WorkloadSpec& spec : request.scenario.workloads) spec.operations = 1'000;
    Fault stays =
        fault(6, FaultKind::kFlappingPartition, milliseconds(3'500), milliseconds(26'500), {1});
    stays.stays = true;
    stays.amount = 700;
    request.scenario.faults.push_back(stays);
    ASSERT_EQ(problem_of(request.scenario), "");
    const RunResult result = run(request);
    EXPECT_GE(result.ended, TrueTime{} + milliseconds(27'000)) << "as long as terms are watched";
    if (pre_vote) {
      EXPECT_EQ(result.verdict, RunVerdict::kPass) << result.sentence;
    } else {
      EXPECT_EQ(result.verdict, RunVerdict::kLiveness);
      EXPECT_THAT(result.sentence, HasSubstr("after 10 election timeouts without a fault"));
      EXPECT_THAT(result.sentence, HasSubstr("elections go on in peace"));
    }
  }
}

TEST(Liveness, NobodyIsStuckUnnamed) {
  RunRequest request = small_request();
  Fault cut = fault(6, FaultKind::kPartition, milliseconds(3'500), milliseconds(26'500), {1});
  cut.stays = true;
  request.scenario.faults.push_back(cut);
  request.scenario.quiet_ms = 1;
  request.scenario.faults[0].duration = milliseconds(400);
  for (WorkloadSpec& spec : request.scenario.workloads) spec.operations = 1'000;
  const RunResult result = run(request);
  EXPECT_EQ(result.verdict, RunVerdict::kLiveness);
  EXPECT_THAT(result.sentence, HasSubstr("n1 lies outside the core"));
  EXPECT_THAT(result.sentence, HasSubstr("c1 has not finished (operation"));
}

}  // namespace
}  // namespace plumbline::scenarios
