#include "nodes/fiber/sync.h"

#include <gtest/gtest.h>

#include <string>

namespace plumbline::fiber {
namespace {

class SyncTest : public ::testing::Test {
 protected:
  std::string log_;
  Event event_;
  Channel<int> channel_;
  StackPool stacks_;
  Scheduler scheduler_{stacks_, [] {}};
};

TEST_F(SyncTest, AnEventReleasesEverybodyAndStaysSet) {
  for (const char* name : {"a", "b"}) {
    scheduler_.spawn(name, [this, name](Yield& yield) {
      event_.wait(yield);
      log_ += name;
    });
  }
  scheduler_.run_ready();
  EXPECT_EQ(log_, "");
  event_.set();
  scheduler_.run_ready();
  EXPECT_EQ(log_, "ab");
  scheduler_.spawn("c", [this](Yield& yield) {
    event_.wait(yield);
    log_ += "c";
  });
  scheduler_.run_ready();
  EXPECT_EQ(log_, "abc");
}

TEST_F(SyncTest, AnEventThatWasClearedBeforeTheWaiterRanIsWaitedForAgain) {
  scheduler_.spawn("a", [this](Yield& yield) {
    event_.wait(yield);
    log_ += "a";
  });
  scheduler_.run_ready();
  event_.set();
  event_.clear();
  scheduler_.run_ready();
  EXPECT_EQ(log_, "");
  event_.set();
  scheduler_.run_ready();
  EXPECT_EQ(log_, "a");
}

TEST_F(SyncTest, AChannelHandsItemsOverInOrder) {
  scheduler_.spawn("reader", [this](Yield& yield) {
    while (const auto item = channel_.pop(yield)) log_ += std::to_string(*item);
    log_ += ";closed";
  });
  channel_.push(1);
  channel_.push(2);
  scheduler_.run_ready();
  EXPECT_EQ(log_, "12");
  channel_.push(3);
  channel_.close();
  channel_.push(4);
  scheduler_.run_ready();
  EXPECT_EQ(log_, "123;closed");
}

TEST_F(SyncTest, EachItemGoesToOneReader) {
  for (const char* name : {"a", "b", "c"}) {
    scheduler_.spawn(name, [this, name](Yield& yield) {
      if (const auto item = channel_.pop(yield)) log_ += name + std::to_string(*item);
    });
  }
  scheduler_.run_ready();
  channel_.push(1);
  channel_.push(2);
  scheduler_.run_ready();
  EXPECT_EQ(log_, "a1b2");
  channel_.close();
  scheduler_.run_ready();
  EXPECT_EQ(scheduler_.fiber_count(), 0U);
}

TEST_F(SyncTest, AWaitingReaderThatIsCancelledTakesNoItem) {
  const TaskId first = scheduler_.spawn("first", [this](Yield& yield) { channel_.pop(yield); });
  scheduler_.spawn("second",
                   [this](Yield& yield) { log_ += std::to_string(*channel_.pop(yield)); });
  scheduler_.run_ready();
  scheduler_.cancel(first);
  channel_.push(7);
  scheduler_.run_ready();
  EXPECT_EQ(log_, "7");
  EXPECT_TRUE(channel_.empty());
}

}  // namespace
}  // namespace plumbline::fiber
