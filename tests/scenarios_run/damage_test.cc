// Damaged disks: what the judge asks of a minority, and of a majority. Each question is shown to
// have two answers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "nodes/replica/replica.h"
#include "scenarios/run/replica_of.h"
#include "tests/scenarios_run/small_run.h"

namespace plumbline::scenarios {
namespace {

using testing::HasSubstr;

constexpr TrueTime kPeace = TrueTime{} + milliseconds(24'000);

// The disks of these nodes rot in their logs while everybody is at work, and then the nodes start
// again.
RunRequest rotting(const std::vector<std::uint32_t>& nodes) {
  RunRequest request = small_request();
  request.scenario.faults.clear();
  for (WorkloadSpec& spec : request.scenario.workloads) spec.operations = 1'000;
  std::uint32_t id = 0;
  for (const std::uint32_t node : nodes) {
    Fault rot = fault(++id, FaultKind::kBitRot, milliseconds(3'000), {}, {node});
    rot.amount = 24;
    rot.where = Structure::kLog;
    request.scenario.faults.push_back(rot);
    request.scenario.faults.push_back(
        fault(++id, FaultKind::kKill, milliseconds(3'001), milliseconds(500), {node}));
  }
  return request;
}

const raft::Raft* core_of(SimRun& run, std::uint32_t node) {
  const replica::Replica* const replica = replica_of(run.simulation(), NodeId(node));
  return replica == nullptr ? nullptr : replica->core();
}

bool is_in_doubt(SimRun& run, std::uint32_t node) {
  const raft::Raft* const core = core_of(run, node);
  return core != nullptr && core->in_doubt();
}

// Whether the node was in doubt when it had recovered.
bool comes_back_in_doubt(SimRun& run, std::uint32_t node) {
  TrueTime time = TrueTime{} + milliseconds(3'502);
  for (; core_of(run, node) == nullptr && time < kPeace; time = time + milliseconds(1))
    run.run_to_time(time);
  return is_in_doubt(run, node);
}

// R-raft-19.
TEST(Damage, AMinorityIsRepaired) {
  SimRun run(rotting({2}));
  ASSERT_TRUE(comes_back_in_doubt(run, 2)) << run.describe_nodes();
  run.run();
  const RunResult result = run.judge();
  EXPECT_EQ(result.verdict, RunVerdict::kPass) << result.sentence;
  EXPECT_FALSE(is_in_doubt(run, 2));
}

TEST(Damage, IsNoExcuseForStayingDownWithoutAWord) {
  SimRun run(rotting({2}));
  run.run_to_time(kPeace + milliseconds(1));
  run.simulation().kill(NodeId(2));
  run.run();
  const RunResult result = run.judge();
  EXPECT_EQ(result.verdict, RunVerdict::kLiveness);
  EXPECT_THAT(result.sentence, HasSubstr("n2 is down"));
}

// It stops, and each whose log is damaged says so.
TEST(Damage, AMajorityStopsAndReports) {
  SimRun run(rotting({1, 2}));
  run.run();
  ASSERT_TRUE(is_in_doubt(run, 1) && is_in_doubt(run, 2)) << run.describe_nodes();
  const RunResult result = run.judge();
  EXPECT_EQ(result.verdict, RunVerdict::kPass) << result.sentence;
  EXPECT_FALSE(run.cluster().all_clients_done()) << "nothing is answered any more";
  for (const checker::Operation& operation : result.history.operations) {
    const bool late = operation.invoked_at > milliseconds(4'000).ns;
    EXPECT_FALSE(late && operation.outcome == checker::Outcome::kOk);
  }
}

// The same stop without the report is a failure.
TEST(Damage, AMajorityThatStopsWithoutAWordIsFound) {
  for (const std::uint32_t silent : {1U, 2U}) {
    SimRun run(rotting({1, 2}));
    run.run_to_time(kPeace + milliseconds(1));
    ASSERT_TRUE(is_in_doubt(run, 1) && is_in_doubt(run, 2)) << run.describe_nodes();
    run.simulation().kill(NodeId(silent));
    run.run();
    const RunResult result = run.judge();
    EXPECT_EQ(result.verdict, RunVerdict::kLiveness);
    EXPECT_THAT(result.sentence, HasSubstr("n" + std::to_string(silent) + " is down"));
    EXPECT_THAT(result.sentence, HasSubstr("nobody leads"));
  }
}

// I2: both places of a vote cannot be taken by one damage.
TEST(Damage, ExcusesNoForgottenTermOrVote) {
  RunRequest request = rotting({2});
  for (Fault& rot : request.scenario.faults) rot.amount = std::min<std::int64_t>(rot.amount, 1);
  SimRun run(request);
  run.run_to_time(TrueTime{} + milliseconds(3'100));
  ASSERT_EQ(run.cluster().damages(NodeId(2)), 1U);
  run.simulation().wipe_disk(NodeId(2));  // and nobody is told
  run.run();
  const RunResult result = run.judge();
  EXPECT_EQ(result.verdict, RunVerdict::kViolation);
  EXPECT_THAT(result.property, HasSubstr("I2"));
}

// I10: entries may be gone only where the replica says so. Here a disk lies about syncs, of which
// nobody is told, and what is gone is more than one damage explains.
TEST(Damage, ExcusesNoEntriesThatAreGoneWithoutDoubt) {
  RunRequest request = rotting({2});
  request.scenario.faults = {
      fault(1, FaultKind::kDiskLies, milliseconds(1'500), milliseconds(2'000), {2}),
      fault(2, FaultKind::kBitRot, milliseconds(1'400), {}, {2}),
      fault(3, FaultKind::kPowerLoss, milliseconds(3'000), milliseconds(500), {2})};
  // Harmless by itself, so that it brings nobody into doubt.
  request.scenario.faults[1].amount = 1;
  request.scenario.faults[1].where = Structure::kState;
  SimRun run(request);
  run.run_to_time(TrueTime{} + milliseconds(1'450));
  ASSERT_EQ(run.cluster().damages(NodeId(2)), 1U);
  run.run();
  const RunResult result = run.judge();
  EXPECT_EQ(result.verdict, RunVerdict::kViolation);
  EXPECT_THAT(result.property, HasSubstr("I10"));
}

TEST(Damage, OnlyARefusalThatSaysWhatToDoExcusesAHalt) {
  EXPECT_TRUE(
      is_refusal("cannot recover the log: log/01.wal: record 7 at offset 0: neither claim can be "
                 "read; replace this node as a new member: corrupt"));
  EXPECT_FALSE(is_refusal("cannot recover the log: log/01.wal: neither claim can be read"));
  EXPECT_FALSE(is_refusal(""));
}

}  // namespace
}  // namespace plumbline::scenarios
