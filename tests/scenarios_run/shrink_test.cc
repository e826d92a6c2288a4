#include "scenarios/explore/shrink.h"

#include <gtest/gtest.h>

#include "scenarios/run/run_directory.h"
#include "scenarios/run/sim_run.h"
#include "tests/scenarios_run/small_run.h"

namespace plumbline::scenarios {
namespace {

constexpr trace::Kind kSomethingElse{"test.something_else", "does something else, {a}"};

// What an unrelated change of the code is to a run: more fibers, timers, draws and trace records.
class BusyNode : public Node {
 public:
  explicit BusyNode(World& world) {
    world.tasks.spawn("busy", [&world](Yield& yield) {
      for (std::uint64_t n = 0;; ++n) {
        world.tasks.sleep_until(yield, world.clock.now() + milliseconds(7));
        world.trace.emit(kSomethingElse, world.random.bits(Key("test.unrelated").with(n)));
      }
    });
  }
};

// Disks that lie, a loss of power, and much that has nothing to do with it.
RunFile failing_run() {
  RunRequest request = small_request(3);
  request.scenario.faults.push_back(
      fault(6, FaultKind::kDiskLies, milliseconds(1), seconds(8), {1, 2, 3}));
  return run_file(request, "");
}

RunRequest request_of(const RunFile& file) {
  return {.scenario = file.scenario, .seed = file.seed, .overrides = file.overrides, .trace = {}};
}

TEST(Shrinker, KeepsTheFailureAndLittleElse) {
  const RunFile file = failing_run();
  const RunResult whole = run(request_of(file));
  ASSERT_EQ(whole.verdict, RunVerdict::kViolation) << whole.sentence;
  const ShrinkEnd end = Shrinker(file, {.jobs = 2}).shrink([](auto...) {});
  ASSERT_TRUE(end.failed_at_all);
  EXPECT_EQ(end.smallest.property, whole.property);
  EXPECT_EQ(end.before.faults, 6U);
  EXPECT_EQ(end.before.operations, 5U * 25U);
  EXPECT_LE(end.after.faults, 2U) << "the lie, and perhaps the loss of power";
  EXPECT_LE(end.after.operations, 3U);

  const RunResult shrunk = run(request_of(end.smallest));
  EXPECT_EQ(shrunk.property, whole.property);
  EXPECT_EQ(hash_text(shrunk.trace_hash), end.smallest.trace_hash);

  SimRun changed(request_of(end.smallest));
  changed.simulation().add_node(NodeId(500), "busy",
                                [](World& world) { return std::make_unique<BusyNode>(world); });
  changed.simulation().start(NodeId(500));
  changed.run();
  const RunResult later = changed.judge();
  EXPECT_EQ(later.property, whole.property) << later.sentence;
  EXPECT_NE(later.trace_hash, shrunk.trace_hash) << "the change was one";
}

TEST(Shrinker, SaysThatAGoodRunDoesNotFail) {
  const ShrinkEnd end = Shrinker(run_file(small_request(), ""), {}).shrink([](auto...) {});
  EXPECT_FALSE(end.failed_at_all);
  EXPECT_EQ(end.trials, 2U);
}

}  // namespace
}  // namespace plumbline::scenarios
