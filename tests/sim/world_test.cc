#include "sim/world.h"

#include <gtest/gtest.h>

#include <string>

#include "nodes/fiber/sync.h"
#include "tests/sim/script_node.h"

namespace plumbline::sim {
namespace {

constexpr NodeId kOne(1);
constexpr NodeId kTwo(2);

struct Guard {
  std::string* log;
  std::string word;
  ~Guard() { log->append(word); }
};

TEST(NodeLife, EachStartRunsTheFactoryUnderANewIncarnation) {
  Simulation simulation(Options{});
  std::vector<std::uint32_t> incarnations;
  add(simulation, 1, [&](World& world) { incarnations.push_back(world.incarnation.value); });
  EXPECT_FALSE(simulation.is_up(kOne));
  EXPECT_EQ(simulation.node(kOne), nullptr);
  simulation.start(kOne);
  simulation.start(kOne);
  simulation.kill(kOne);
  simulation.kill(kOne);
  simulation.start(kOne);
  EXPECT_TRUE(simulation.is_up(kOne));
  EXPECT_NE(simulation.node(kOne), nullptr);
  EXPECT_EQ(incarnations, (std::vector<std::uint32_t>{1, 2}));
}

TEST(NodeLife, AKillEndsFibersAtAnInstantWhereTheyWait) {
  std::string log;
  Simulation simulation(Options{});
  add_started(simulation, 1, [&](World& world) {
    for (const char* name : {"a", "b"}) {
      world.tasks.spawn("sleeper", [&world, &log, name](Yield& yield) {
        const Guard guard{&log, std::string(name) + " unwound;"};
        world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
        log += "woke;";
      });
    }
  });
  simulation.run_for(milliseconds(500));
  simulation.kill(kOne);
  EXPECT_EQ(log, "a unwound;b unwound;");
  simulation.start(kOne);
  simulation.run_for(milliseconds(700));
  EXPECT_EQ(log, "a unwound;b unwound;") << "a timer of the dead incarnation woke somebody";
}

TEST(NodeLife, PortsReachedFromDestructorsOfADyingNodeDoNothing) {
  struct Farewell {
    World* world;
    ~Farewell() {
      world->transport.send(kTwo, {"farewell", 0, 0}, "bye");
      world->tasks.spawn("late", [](Yield&) { FAIL() << "ran after death"; });
      world->tasks.call_at(world->clock.now(), [] { FAIL() << "rang after death"; });
      EXPECT_EQ(world->disk.make_directory(Yield::never(), "late").error().code, Errc::kCrashed);
      EXPECT_EQ(world->streams.listen({"n1", 5}).error().code, Errc::kCrashed);
    }
  };
  Simulation simulation(Options{});
  bool received = false;
  add_started(simulation, 1, task([](Yield& yield, World& world) {
                const Farewell farewell{&world};
                world.tasks.sleep_until(yield, world.clock.now() + seconds(10));
              }));
  add_started(simulation, 2, [&](World& world) {
    world.transport.set_receiver([&](NodeId, BytesView) { received = true; });
  });
  simulation.run_for(seconds(1));
  simulation.kill(kOne);
  simulation.run_for(seconds(20));
  EXPECT_FALSE(received);
  EXPECT_TRUE(simulation.current_image(kOne)->list(Yield::never(), "")->empty());
}

TEST(NodeLife, AHaltedNodeStopsAtOnceAndStaysDownUntilStarted) {
  std::string log;
  Simulation simulation(Options{});
  std::string told;
  add_started(simulation, 1, task([&](Yield& yield, World& world) {
                const Guard guard{&log, "unwound;"};
                world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
                world.tasks.halt("the log is corrupt");
                world.transport.send(kTwo, {"late", 0, 0}, "no effect");
                log += "returned;";
                world.tasks.sleep_until(yield, world.clock.now());
                log += "went on;";
              }));
  bool received = false;
  add_started(simulation, 2, [&](World& world) {
    world.transport.set_receiver([&](NodeId, BytesView) { received = true; });
  });
  simulation.set_on_halt([&](NodeId node, const std::string& reason) {
    told = simulation.name(node) + ": " + reason;
    EXPECT_FALSE(simulation.is_up(node));
  });
  simulation.run_for(seconds(10));
  EXPECT_EQ(log, "returned;unwound;");
  EXPECT_EQ(simulation.halted(kOne), "the log is corrupt");
  EXPECT_EQ(told, "n1: the log is corrupt");
  EXPECT_FALSE(received);
  simulation.start(kOne);
  EXPECT_EQ(simulation.halted(kOne), "");
}

TEST(NodeLife, APausedNodeMissesNothingAndItsClockGoesOn) {
  std::string log;
  Simulation simulation(Options{});
  Instant asleep;
  Instant awake;
  add_started(simulation, 1, [&](World& world) {
    world.transport.set_receiver([&](NodeId, BytesView bytes) { log += bytes; });
    world.tasks.spawn("sleeper", [&](Yield& yield) {
      asleep = world.clock.now();
      world.tasks.sleep_until(yield, asleep + seconds(1));
      awake = world.clock.now();
      log += "w";
    });
  });
  add_started(simulation, 2, task([](Yield& yield, World& world) {
                for (std::uint64_t i = 0; i < 3; ++i) {
                  world.transport.send(kOne, {"m", i, 0}, std::to_string(i));
                  world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
                }
              }));
  simulation.run_for(milliseconds(500));
  simulation.pause(kOne);
  simulation.run_for(seconds(9));
  EXPECT_EQ(log, "0");
  simulation.resume(kOne);
  simulation.run_for(milliseconds(1));
  EXPECT_EQ(log, "0w12") << "held events come in the order of their times";
  EXPECT_EQ(awake - asleep, milliseconds(9'500));
}

TEST(NodeLife, AKilledNodeIsNoLongerPaused) {
  Simulation simulation(Options{});
  int starts = 0;
  add_started(simulation, 1, task([&](Yield& yield, World& world) {
                world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
                ++starts;
              }));
  simulation.pause(kOne);
  simulation.kill(kOne);
  simulation.start(kOne);
  simulation.run_for(seconds(2));
  EXPECT_EQ(starts, 1);
}

TEST(NodeLife, ASlowProcessorTakesTimeForEachEventAndKeepsTheirOrder) {
  Options options;
  options.event_cost = milliseconds(1);
  options.network.delay_min = options.network.delay_max = microseconds(10);
  Simulation simulation(options);
  std::string log;
  TrueTime last;
  add_started(simulation, 1, [&](World& world) {
    world.transport.set_receiver([&](NodeId, BytesView bytes) {
      log += bytes;
      last = simulation.now();
    });
  });
  simulation.set_processor(kOne, 10);
  add_started(simulation, 2, [](World& world) {
    for (std::uint64_t i = 0; i < 5; ++i) {
      world.transport.send(kOne, {"m", i, 0}, std::to_string(i));
    }
  });
  simulation.run_for(seconds(1));
  EXPECT_EQ(log, "01234");
  EXPECT_EQ(last.ns, (microseconds(10) + milliseconds(40)).ns);
}

TEST(NodeLife, ANodeMayKillAnotherAndItself) {
  std::string log;
  Simulation simulation(Options{});
  add_started(simulation, 1, task([&](Yield& yield, World& world) {
                const Guard guard{&log, "one;"};
                world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
                simulation.kill(kTwo);
                log += "killed two;";
                simulation.kill(kOne);
                world.tasks.sleep_until(yield, world.clock.now());
                log += "wrong;";
              }));
  add_started(simulation, 2, task([&](Yield& yield, World& world) {
                const Guard guard{&log, "two;"};
                world.tasks.sleep_until(yield, world.clock.now() + seconds(100));
              }));
  simulation.run_for(seconds(5));
  EXPECT_EQ(log, "two;killed two;one;");
}

TEST(Running, AfterEventNamesTheNodeThatRan) {
  std::string log;
  Simulation simulation(Options{});
  simulation.set_after_event([&](NodeId node) { log += std::to_string(node.value); });
  add_started(simulation, 1, task([](Yield& yield, World& world) {
                world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
              }));
  add_started(simulation, 2);
  simulation.schedule(TrueTime{} + milliseconds(1), [] {});
  simulation.run_for(seconds(2));
  EXPECT_EQ(log, "121");
  simulation.kill(kTwo);
  EXPECT_EQ(log, "1212");
}

TEST(Running, StopsForTheReasonItSays) {
  Options options;
  options.events_max = 50;
  Simulation simulation(options);
  EXPECT_EQ(simulation.run_until([] { return false; }), Stop::kIdle);
  EXPECT_EQ(simulation.run_for(seconds(1)), Stop::kTime);
  EXPECT_EQ(simulation.now().ns, seconds(1).ns);
  int count = 0;
  add_started(simulation, 1, task([&](Yield& yield, World& world) {
                for (;; ++count) world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
              }));
  EXPECT_EQ(simulation.run_until([&] { return count == 3; }), Stop::kPredicate);
  EXPECT_EQ(simulation.now().ns, seconds(4).ns);
  EXPECT_EQ(simulation.run_until([&] { return count == 9; }, simulation.now() + seconds(2)),
            Stop::kTime);
  EXPECT_EQ(simulation.run_for(seconds(1'000)), Stop::kEventLimit);
  EXPECT_EQ(simulation.events(), 50U);
  Simulation other(Options{});
  other.schedule(TrueTime{5}, [&] { other.abort_run("enough"); });
  other.schedule(TrueTime{6}, [] { FAIL() << "ran after the abort"; });
  EXPECT_EQ(other.run_for(seconds(1)), Stop::kAborted);
  EXPECT_EQ(other.aborted(), "enough");
  EXPECT_EQ(other.run_for(seconds(1)), Stop::kAborted);
}

TEST(Running, ScheduledCallsRunInOrderAndCanBeCancelled) {
  std::string log;
  Simulation simulation(Options{});
  simulation.schedule(TrueTime{20}, [&] { log += "b"; });
  simulation.schedule(TrueTime{10}, [&] { log += "a"; });
  simulation.cancel(simulation.schedule(TrueTime{15}, [&] { log += "x"; }));
  simulation.run_for(seconds(1));
  EXPECT_EQ(log, "ab");
}

TEST(Running, WhoeverWakesAFiberFromOutsideIsHeard) {
  Simulation simulation(Options{});
  fiber::Channel<int> channel;
  int got = 0;
  add_started(simulation, 1, task([&](Yield& yield, World&) { got = *channel.pop(yield); }));
  simulation.run_for(seconds(1));
  channel.push(42);
  simulation.run_for(seconds(1));
  EXPECT_EQ(got, 42);
}

using RunningDeathTest = ::testing::Test;

TEST(RunningDeathTest, AnAssertionSaysNodeTimeAndSeed) {
  EXPECT_DEATH(
      {
        Simulation simulation(Options{.seed = 99});
        add(simulation, 4, [](World&) { PLUMB_ASSERT(1 + 1 == 3, "arithmetic"); });
        simulation.run_for(milliseconds(250));
        simulation.start(NodeId(4));
      },
      "arithmetic.*n4, incarnation 1, at 0.250000000 s, seed 99");
}

}  // namespace
}  // namespace plumbline::sim
