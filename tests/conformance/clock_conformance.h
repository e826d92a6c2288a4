#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "tests/conformance/conformance_world.h"

namespace plumbline::conformance {

template <class W>
class ClockConformance : public ::testing::Test {
 protected:
  W world_;
};
TYPED_TEST_SUITE_P(ClockConformance);

TYPED_TEST_P(ClockConformance, NeverGoesBackWhileTheNodeRuns) {
  std::vector<Instant> seen;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    for (int i = 0; i < 50; ++i) {
      seen.push_back(world.clock.now());
      world.tasks.sleep_until(yield, world.clock.now() + microseconds(100));
    }
  });
  ASSERT_TRUE(this->world_.run());
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_LE(seen[i - 1], seen[i]);
}

TYPED_TEST_P(ClockConformance, SleepEndsNoEarlierThanAskedByTheNodesOwnClock) {
  Instant wanted;
  Instant woken;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    wanted = world.clock.now() + milliseconds(5);
    world.tasks.sleep_until(yield, wanted);
    woken = world.clock.now();
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_GE(woken, wanted);
}

TYPED_TEST_P(ClockConformance, WallTimeIsAfterTheYear2020) {
  WallTime wall;
  this->world_.spawn(0, [&](Yield&, World& world) { wall = world.clock.wall(); });
  ASSERT_TRUE(this->world_.run());
  EXPECT_GT(wall.ns, seconds(1'577'836'800).ns);
}

REGISTER_TYPED_TEST_SUITE_P(ClockConformance, NeverGoesBackWhileTheNodeRuns,
                            SleepEndsNoEarlierThanAskedByTheNodesOwnClock,
                            WallTimeIsAfterTheYear2020);

}  // namespace plumbline::conformance
