#include "nodes/fiber/fiber.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace plumbline::fiber {
namespace {

struct Guard {
  std::string* log;
  std::string word;
  ~Guard() { log->append(word); }
};

class SchedulerTest : public ::testing::Test {
 protected:
  // A fiber that waits until woken by wakers_[i], i its order of waiting.
  void wait(Yield& yield) {
    wakers_.push_back(yield.waker());
    yield.suspend();
  }

  std::string log_;
  std::vector<Waker> wakers_;
  StackPool stacks_;
  int told_ = 0;
  Scheduler scheduler_{stacks_, [this] { ++told_; }};
};

TEST_F(SchedulerTest, FibersRunInTheOrderInWhichTheyBecameReady) {
  for (const char* name : {"a", "b", "c"}) {
    scheduler_.spawn(name, [this, name](Yield& yield) {
      log_ += name;
      wait(yield);
      log_ += name;
    });
  }
  EXPECT_EQ(log_, "") << "spawn runs nothing";
  scheduler_.run_ready();
  EXPECT_EQ(log_, "abc");
  for (const int i : {2, 0, 1}) EXPECT_TRUE(wakers_[static_cast<std::size_t>(i)].wake());
  scheduler_.run_ready();
  EXPECT_EQ(log_, "abccab");
  EXPECT_EQ(scheduler_.fiber_count(), 0U);
}

TEST_F(SchedulerTest, WhoeverPumpsIsToldOnceWhenSomethingBecomesReady) {
  scheduler_.spawn("a", [this](Yield& yield) { wait(yield); });
  scheduler_.spawn("b", [](Yield&) {});
  EXPECT_EQ(told_, 1);
  scheduler_.run_ready();
  wakers_[0].wake();
  EXPECT_EQ(told_, 2);
}

TEST_F(SchedulerTest, AFiberSpawnedByAFiberRunsInTheSamePump) {
  scheduler_.spawn("outer", [this](Yield&) {
    log_ += "outer;";
    scheduler_.spawn("inner", [this](Yield&) { log_ += scheduler_.running_name(); });
    log_ += "spawned;";
  });
  scheduler_.run_ready();
  EXPECT_EQ(log_, "outer;spawned;inner");
  EXPECT_STREQ(scheduler_.running_name(), "");
}

TEST_F(SchedulerTest, ALateWakerIsIgnored) {
  scheduler_.spawn("a", [this](Yield& yield) {
    wait(yield);
    wait(yield);
    log_ += "end";
  });
  scheduler_.run_ready();
  EXPECT_TRUE(wakers_[0].wake());
  scheduler_.run_ready();
  EXPECT_FALSE(wakers_[0].wake()) << "it names the first suspension";
  scheduler_.run_ready();
  EXPECT_EQ(log_, "");
  EXPECT_TRUE(wakers_[1].wake());
  EXPECT_TRUE(wakers_[1].wake()) << "waking twice before it ran is one wake-up";
  scheduler_.run_ready();
  EXPECT_EQ(log_, "end");
  EXPECT_FALSE(wakers_[1].wake());
  EXPECT_FALSE(Waker{}.wake());
}

TEST_F(SchedulerTest, EndingUnwindsWaitingFibersOldestFirstAndDropsOthersUnrun) {
  for (const char* name : {"1", "2"}) {
    scheduler_.spawn(name, [this, name](Yield& yield) {
      const Guard guard{&log_, name};
      wait(yield);
      log_ += "never";
    });
  }
  scheduler_.run_ready();
  const auto token = std::make_shared<int>(0);
  scheduler_.spawn("unrun", [this, token](Yield&) { log_ += "never"; });
  scheduler_.end_all();
  EXPECT_EQ(log_, "12");
  EXPECT_EQ(token.use_count(), 1) << "a dropped body is destroyed";
  EXPECT_FALSE(scheduler_.spawn("late", [](Yield&) {}));
  EXPECT_FALSE(wakers_[0].wake());
  scheduler_.run_ready();
  EXPECT_EQ(log_, "12");
}

TEST_F(SchedulerTest, CancelUnwindsOneFiberAlsoFromInsideAnother) {
  const TaskId waiting = scheduler_.spawn("waiting", [this](Yield& yield) {
    const Guard guard{&log_, "unwound;"};
    wait(yield);
  });
  scheduler_.spawn("killer", [this, waiting](Yield& yield) {
    scheduler_.cancel(waiting);
    log_ += "cancelled;";
    wait(yield);
    log_ += "goes on;";
  });
  scheduler_.run_ready();
  EXPECT_EQ(log_, "unwound;cancelled;");
  wakers_[1].wake();
  scheduler_.run_ready();
  EXPECT_EQ(log_, "unwound;cancelled;goes on;");
  scheduler_.cancel(waiting);
  scheduler_.cancel(TaskId(12'345));
}

TEST_F(SchedulerTest, AReadyFiberCanBeCancelledBeforeItRuns) {
  const TaskId ready = scheduler_.spawn("ready", [this](Yield&) { log_ += "never"; });
  scheduler_.cancel(ready);
  scheduler_.run_ready();
  EXPECT_EQ(log_, "");
}

TEST_F(SchedulerTest, AFrozenSchedulerRunsNothingMore) {
  scheduler_.spawn("a", [this](Yield& yield) {
    const Guard guard{&log_, "unwound"};
    scheduler_.freeze();
    log_ += "to its next wait;";
    wakers_.push_back(yield.waker());
    wakers_[0].wake();
    yield.suspend();
    log_ += "never";
  });
  scheduler_.spawn("b", [this](Yield&) { log_ += "never"; });
  scheduler_.run_ready();
  scheduler_.run_ready();
  EXPECT_EQ(log_, "to its next wait;");
  scheduler_.end_all();
  EXPECT_EQ(log_, "to its next wait;unwound");
}

TEST_F(SchedulerTest, ExceptionsStayWithinTheirFiber) {
  for (int i = 0; i < 3; ++i) {
    scheduler_.spawn("thrower", [this](Yield& yield) {
      std::string caught;
      try {
        throw std::runtime_error("mine");
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
      wait(yield);
      log_ += caught + ";";
    });
  }
  scheduler_.run_ready();
  for (const Waker& waker : wakers_) waker.wake();
  scheduler_.run_ready();
  EXPECT_EQ(log_, "mine;mine;mine;");
}

TEST_F(SchedulerTest, DeepStacksAndManyFibersReuseTheirStacks) {
  std::function<int(int)> deep = [&](int n) {
    volatile char page[1'024];
    page[0] = static_cast<char>(n);
    return n == 0 ? page[0] : deep(n - 1) + 1;
  };
  int sum = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 20; ++i) scheduler_.spawn("deep", [&](Yield&) { sum += deep(50); });
    scheduler_.run_ready();
  }
  EXPECT_EQ(sum, 50 * 20 * 50);
}

TEST_F(SchedulerTest, NeverIsNoRightToSuspend) {
  EXPECT_FALSE(Yield::never().can_suspend());
  scheduler_.spawn("a", [this](Yield& yield) {
    log_ += yield.can_suspend() && scheduler_.in_fiber() ? "yes" : "no";
  });
  scheduler_.run_ready();
  EXPECT_EQ(log_, "yes");
  EXPECT_FALSE(scheduler_.in_fiber());
}

// The traps of exceptions that the run-time keeps per thread: each is an assertion, not a corrupted
// fiber.
using SchedulerDeathTest = SchedulerTest;

TEST_F(SchedulerDeathTest, NoSuspensionInACatchBlock) {
  EXPECT_DEATH(
      {
        scheduler_.spawn("a", [this](Yield& yield) {
          try {
            throw std::runtime_error("x");
          } catch (const std::runtime_error&) {
            wait(yield);
          }
        });
        scheduler_.run_ready();
      },
      "suspended in a catch block");
}

TEST_F(SchedulerDeathTest, NoSuspensionWhileUnwinding) {
  struct Suspends {
    Yield& yield;
    ~Suspends() {
      static_cast<void>(yield.waker());
      yield.suspend();
    }
  };
  EXPECT_DEATH(
      {
        scheduler_.spawn("a", [](Yield& yield) {
          try {
            const Suspends guard{yield};
            throw std::runtime_error("x");
          } catch (const std::runtime_error&) {
          }
        });
        scheduler_.run_ready();
      },
      "suspended while unwinding");
}

TEST_F(SchedulerDeathTest, NeverCannotSuspendAndAFiberCannotCancelItself) {
  EXPECT_DEATH(Yield::never().suspend(), "Yield::never");
  EXPECT_DEATH(
      {
        TaskId self;
        self = scheduler_.spawn("a", [&](Yield&) { scheduler_.cancel(self); });
        scheduler_.run_ready();
      },
      "cannot cancel itself");
}

TEST_F(SchedulerDeathTest, AStackThatOverflowsHitsItsGuard) {
  StackPool small(16 * 1024);
  EXPECT_DEATH(
      {
        Scheduler scheduler(small, [] {});
        std::function<int(int)> deep = [&](int n) {
          volatile char page[1'024];
          page[0] = static_cast<char>(n);
          return n == 0 ? page[0] : deep(n - 1) + page[0];
        };
        scheduler.spawn("deep", [&](Yield&) { log_ += std::to_string(deep(1'000)); });
        scheduler.run_ready();
      },
      "");
}

// Against a dumb twin: a list of names that are ready, in order.
RC_GTEST_PROP(SchedulerModel, RunsLikeAList, (const std::vector<std::uint8_t>& steps)) {
  StackPool stacks;
  std::string log;
  std::string twin;
  std::vector<std::pair<int, Waker>> waiting;
  std::vector<int> ready;
  std::vector<TaskId> tasks;
  Scheduler scheduler(stacks, [] {});
  for (const std::uint8_t step : steps) {
    if (step % 3 == 0) {
      const int number = static_cast<int>(tasks.size());
      tasks.push_back(scheduler.spawn("f", [&, number](Yield& yield) {
        for (;;) {
          log += std::to_string(number) + ",";
          waiting.emplace_back(number, yield.waker());
          yield.suspend();
        }
      }));
      ready.push_back(number);
    } else if (step % 3 == 1 && !waiting.empty()) {
      const std::size_t which = step % waiting.size();
      if (waiting[which].second.wake()) ready.push_back(waiting[which].first);
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(which));
    } else {
      for (const int number : ready) twin += std::to_string(number) + ",";
      ready.clear();
      scheduler.run_ready();
    }
    RC_ASSERT(log == twin);
  }
}

}  // namespace
}  // namespace plumbline::fiber
