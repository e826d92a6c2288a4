#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "nodes/fiber/sync.h"
#include "tests/conformance/conformance_world.h"

namespace plumbline::conformance {

template <class W>
class TasksConformance : public ::testing::Test {
 protected:
  W world_;
};
TYPED_TEST_SUITE_P(TasksConformance);

// Appends to a log when it is destroyed: shows that a task was unwound.
struct Unwound {
  std::string* log;
  ~Unwound() { log->append("unwound;"); }
};

TYPED_TEST_P(TasksConformance, SpawnedTasksStartLaterInTheOrderOfSpawning) {
  std::string log;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    fiber::Event done;
    world.tasks.spawn("one", [&](Yield&) { log += "1"; });
    world.tasks.spawn("two", [&](Yield&) {
      log += "2";
      done.set();
    });
    log += "0";
    done.wait(yield);
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(log, "012");
}

TYPED_TEST_P(TasksConformance, SleepersWakeInTheOrderOfTheirDeadlines) {
  std::string log;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const Instant start = world.clock.now();
    for (const int ms : {9, 3, 6}) {
      world.tasks.spawn("sleeper", [&log, &world, start, ms](Yield& own) {
        world.tasks.sleep_until(own, start + milliseconds(ms));
        log += std::to_string(ms);
      });
    }
    world.tasks.sleep_until(yield, start + milliseconds(40));
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(log, "369");
}

TYPED_TEST_P(TasksConformance, CancelUnwindsAWaitingTaskAndLeavesAFinishedOneAlone) {
  std::string log;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const TaskId finished = world.tasks.spawn("finished", [](Yield&) {});
    const TaskId waiting = world.tasks.spawn("waiting", [&](Yield& own) {
      const Unwound guard{&log};
      log += "waits;";
      world.tasks.sleep_until(own, world.clock.now() + seconds(3600));
      log += "woke;";
    });
    world.tasks.sleep_until(yield, world.clock.now() + milliseconds(2));
    world.tasks.cancel(waiting);
    log += "cancelled;";
    world.tasks.cancel(finished);
    world.tasks.cancel(waiting);
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(log, "waits;unwound;cancelled;");
}

TYPED_TEST_P(TasksConformance, ATimerRunsOnceAndACancelledOneNever) {
  std::string log;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const Instant start = world.clock.now();
    world.tasks.call_at(start + milliseconds(2), [&] { log += "ran;"; });
    const TimerId never = world.tasks.call_at(start + milliseconds(3), [&] { log += "wrong;"; });
    world.tasks.cancel_timer(never);
    world.tasks.sleep_until(yield, start + milliseconds(15));
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(log, "ran;");
}

TYPED_TEST_P(TasksConformance, ATimerInThePastRunsSoonAndNotInsideTheCall) {
  std::string log;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    fiber::Event done;
    world.tasks.call_at(world.clock.now() - seconds(1), [&] {
      log += "ran;";
      done.set();
    });
    log += "called;";
    done.wait(yield);
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(log, "called;ran;");
}

TYPED_TEST_P(TasksConformance, WaitingWithADeadlineTellsWhetherTheEventCame) {
  bool in_time = true;
  bool came = false;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    fiber::Event never;
    in_time = never.wait_until(yield, world.tasks, world.clock.now() + milliseconds(2));
    fiber::Event soon;
    world.tasks.call_at(world.clock.now() + milliseconds(1), [&] { soon.set(); });
    came = soon.wait_until(yield, world.tasks, world.clock.now() + seconds(5));
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_FALSE(in_time);
  EXPECT_TRUE(came);
}

TYPED_TEST_P(TasksConformance, TheEndOfANodeUnwindsItsTasks) {
  std::string log;
  this->world_.spawn(0, [&](Yield&, World& world) {
    world.tasks.spawn("forever", [&](Yield& own) {
      const Unwound guard{&log};
      world.tasks.sleep_until(own, world.clock.now() + seconds(3600));
      log += "woke;";
    });
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    world.tasks.sleep_until(yield, world.clock.now() + milliseconds(2));
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(log, "");
  this->world_.stop(0);
  EXPECT_EQ(log, "unwound;");
}

TYPED_TEST_P(TasksConformance, RestartGivesTheNextIncarnation) {
  const Incarnation before = this->world_.world(0).incarnation;
  this->world_.restart(0);
  EXPECT_GT(this->world_.world(0).incarnation, before);
}

REGISTER_TYPED_TEST_SUITE_P(TasksConformance, SpawnedTasksStartLaterInTheOrderOfSpawning,
                            SleepersWakeInTheOrderOfTheirDeadlines,
                            CancelUnwindsAWaitingTaskAndLeavesAFinishedOneAlone,
                            ATimerRunsOnceAndACancelledOneNever,
                            ATimerInThePastRunsSoonAndNotInsideTheCall,
                            WaitingWithADeadlineTellsWhetherTheEventCame,
                            TheEndOfANodeUnwindsItsTasks, RestartGivesTheNextIncarnation);

}  // namespace plumbline::conformance
