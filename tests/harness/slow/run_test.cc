// A whole run on processes, from the scenario to the verdict.

#include "real/harness/real_run.h"

#include <fstream>

#include "scenarios/spec/scenario_file.h"
#include "tests/harness/slow/support.h"

namespace plumbline::harness {
namespace {

using scenarios::FaultKind;

scenarios::Scenario tormented() {
  scenarios::Scenario scenario = three_nodes();
  scenario.duration_ms = 20'000;
  scenario.quiet_ms = 10'000;
  scenario.workloads = {
      {.kind = "register", .clients = 3, .operations = 400, .think_ms = {0, 20}},
      {.kind = "append-session", .clients = 3, .operations = 400, .think_ms = {0, 20}},
  };
  const auto at = [](std::uint32_t id, FaultKind kind, std::int64_t start, std::int64_t length,
                     std::vector<std::uint32_t> nodes) {
    return scenarios::Fault{.id = id,
                            .kind = kind,
                            .at = milliseconds(start),
                            .duration = milliseconds(length),
                            .nodes = std::move(nodes)};
  };
  scenario.faults = {
      at(1, FaultKind::kKill, 1'500, 1'000, {1}),
      at(2, FaultKind::kPause, 3'000, 1'200, {2}),
      at(3, FaultKind::kPartition, 4'500, 1'500, {3}),
      at(4, FaultKind::kOneWayPartition, 6'200, 1'000, {1}),
      at(5, FaultKind::kKillAll, 7'500, 500, {}),
      at(6, FaultKind::kResetConnections, 8'500, 0, {2}),
      at(7, FaultKind::kClientRestart, 2'000, 0, {4}),
      at(8, FaultKind::kDiskFull, 2'500, 500, {1}),
  };
  scenario.faults.back().amount = 0;
  return scenario;
}

// R-raft-19, R-raft-20, R-raft-24, and linearizability, on real machines.
TEST(RealRun, ACrashingPausedAndPartitionedClusterIsLinearizable) {
  const scenarios::Scenario scenario = tormented();
  ASSERT_EQ(scenarios::problem_of(scenario), "");
  const real::TempDirectory directory;
  ProcessClusterOptions options;
  options.plumbd = PLUMBD;
  options.directory = directory.path() + "/nodes";
  options.seed = 1;
  RealRun run(scenario, options);
  std::uint64_t ticks = 0;
  const Status ran = run.run([] { return false; }, [&](const RealProgress&) { ++ticks; });
  ASSERT_TRUE(ran.ok()) << ran.error().message();
  const scenarios::RunResult result = run.judge();
  EXPECT_EQ(result.verdict, scenarios::RunVerdict::kPass) << result.sentence;
  EXPECT_EQ(result.checked.verdict, checker::Verdict::kValid);
  EXPECT_GT(result.history.operations.size(), 200u);
  EXPECT_GT(ticks, 5u);
  for (const FaultKind kind :
       {FaultKind::kKill, FaultKind::kPause, FaultKind::kPartition, FaultKind::kOneWayPartition,
        FaultKind::kKillAll, FaultKind::kResetConnections, FaultKind::kClientRestart}) {
    EXPECT_EQ(result.faults.at(kind).struck, 1u) << scenarios::name_of(kind);
  }
  EXPECT_EQ(result.faults_impossible, std::vector{FaultKind::kDiskFull});
  EXPECT_EQ(result.faults.at(FaultKind::kDiskFull).struck, 0u);
}

TEST(RealRun, AProgramThatDoesNotStartIsNoVerdict) {
  const real::TempDirectory directory;
  ProcessClusterOptions options;
  options.plumbd = "/bin/false";
  options.directory = directory.path() + "/nodes";
  RealRun run(tormented(), options);
  const Status ran = run.run([] { return false; }, [](const RealProgress&) {});
  ASSERT_FALSE(ran.ok());
  EXPECT_EQ(ran.error().code, Errc::kInvalid);
  EXPECT_NE(ran.error().detail.find("ended by itself with exit code 1"), std::string::npos);
}

// A node that we left in peace and that ends all the same fails the run, whatever the clients saw.
TEST(RealRun, AProcessThatEndsByItselfFailsTheRun) {
  const real::TempDirectory directory;
  scenarios::Scenario scenario = tormented();
  scenario.faults.clear();
  ProcessClusterOptions options;
  options.plumbd = directory.path() + "/shaky";
  options.directory = directory.path() + "/nodes";
  std::ofstream(options.plumbd) << "#!/bin/sh\n[ \"$3\" = 2 ] && { (sleep 1; kill -ABRT $$) & }\n"
                                << "exec " PLUMBD " \"$@\"\n";
  std::filesystem::permissions(options.plumbd, std::filesystem::perms::owner_all);
  RealRun run(scenario, options);
  const Status ran = run.run([] { return false; }, [](const RealProgress&) {});
  ASSERT_TRUE(ran.ok()) << ran.error().message();
  const scenarios::RunResult result = run.judge();
  EXPECT_EQ(result.verdict, scenarios::RunVerdict::kCrash);
  EXPECT_NE(result.sentence.find("n2 ended by itself with signal 6"), std::string::npos)
      << result.sentence;
}

}  // namespace
}  // namespace plumbline::harness
