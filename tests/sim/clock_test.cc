#include "sim/clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "nodes/fiber/fiber.h"
#include "tests/sim/script_node.h"

namespace plumbline::sim {
namespace {

TEST(MachineClock, RunsFastAndSlowByItsRate) {
  MachineClock fast;
  fast.set_up(1'000, {});
  fast.boot({0}, {});
  EXPECT_EQ(fast.instant({seconds(1'000).ns}).ns, seconds(1'001).ns);
  MachineClock slow;
  slow.set_up(-1'000, {});
  slow.boot({0}, {});
  EXPECT_EQ(slow.instant({seconds(1'000).ns}).ns, seconds(999).ns);
}

TEST(MachineClock, StandsStillWhileFrozenAndGoesOnFromThere) {
  MachineClock clock;
  clock.set_up(0, {});
  clock.boot({0}, seconds(7));
  clock.freeze({100});
  EXPECT_EQ(clock.instant({900}), clock.instant({100}));
  EXPECT_EQ(clock.true_time({900}, clock.instant({900}) + nanoseconds(1)), TrueTime::never());
  clock.unfreeze({1'000});
  EXPECT_EQ(clock.instant({1'010}).ns, clock.instant({1'000}).ns + 10);
}

TEST(MachineClock, TheWallClockStepsAndFreezesAloneOnTheMonotonicOnesBack) {
  MachineClock clock;
  clock.set_up(0, {});
  clock.boot({0}, {});
  const Instant before = clock.instant({50});
  const WallTime wall = clock.wall({50});
  clock.step_wall(seconds(-3'600));
  EXPECT_EQ(clock.wall({50}), wall - seconds(3'600));
  EXPECT_EQ(clock.instant({50}), before);
  clock.freeze_wall({50});
  EXPECT_EQ(clock.wall({90}), wall - seconds(3'600));
  EXPECT_EQ(clock.instant({90}), before + nanoseconds(40));
  clock.unfreeze_wall({90});
  EXPECT_EQ(clock.wall({91}), wall - seconds(3'600) + nanoseconds(1));
}

RC_GTEST_PROP(MachineClock, TrueTimeIsTheEarliestAtWhichTheInstantIsReached, ()) {
  MachineClock clock;
  clock.set_up(*rc::gen::inRange(-500'000, 500'000), {});
  clock.boot({*rc::gen::inRange(0, 1'000'000)}, seconds(3));
  const TrueTime now{1'000'000 + *rc::gen::inRange(0, 1'000'000'000)};
  clock.set_rate({1'000'000}, *rc::gen::inRange(-900'000, 900'000));
  const Instant wanted = clock.instant(now) + nanoseconds(*rc::gen::inRange(1, 1'000'000'000));
  const TrueTime then = clock.true_time(now, wanted);
  RC_ASSERT(clock.instant(then) >= wanted);
  RC_ASSERT(clock.instant(then - nanoseconds(1)) < wanted);
}

TEST(SimulatedClock, InstantsStartAnewWithEachIncarnationAndDifferBetweenNodes) {
  Simulation simulation(Options{.seed = 3});
  std::vector<Instant> seen;
  for (const std::uint32_t id : {1U, 2U}) {
    add_started(simulation, id, [&](World& world) { seen.push_back(world.clock.now()); });
  }
  simulation.kill(NodeId(1));
  simulation.start(NodeId(1));
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_NE(seen[0], seen[1]);
  EXPECT_NE(seen[0], seen[2]);
}

TEST(SimulatedClock, DriftIsDrawnWithinItsBoundForEachNode) {
  Options options;
  options.clock.drift_ppm_max = 200;
  Simulation simulation(options);
  bool differs = false;
  for (std::uint32_t id = 1; id <= 20; ++id) {
    add(simulation, id);
    EXPECT_LE(std::abs(simulation.clock_rate(NodeId(id))), 200);
    differs = differs || simulation.clock_rate(NodeId(id)) != simulation.clock_rate(NodeId(1));
  }
  EXPECT_TRUE(differs);
}

TEST(SimulatedClock, ASleeperFollowsItsNodesClock) {
  Simulation simulation(Options{});
  TrueTime woken;
  const auto sleep_ten_seconds = task([&](Yield& yield, World& world) {
    world.tasks.sleep_until(yield, world.clock.now() + seconds(10));
    woken = simulation.now();
  });
  add_started(simulation, 1, sleep_ten_seconds);
  simulation.set_clock_rate(NodeId(1), 1'000'000);  // twice as fast, while it sleeps
  simulation.run_for(seconds(20));
  EXPECT_EQ(woken.ns, seconds(5).ns);
}

TEST(SimulatedClock, TimersOfAFrozenClockWaitUntilItGoesOn) {
  Simulation simulation(Options{});
  TrueTime woken;
  add_started(simulation, 1, task([&](Yield& yield, World& world) {
                world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
                woken = simulation.now();
              }));
  simulation.freeze_clock(NodeId(1));
  simulation.run_for(seconds(100));
  EXPECT_EQ(woken, TrueTime{});
  simulation.unfreeze_clock(NodeId(1));
  simulation.run_for(seconds(100));
  EXPECT_EQ(woken.ns, seconds(101).ns);
}

}  // namespace
}  // namespace plumbline::sim
