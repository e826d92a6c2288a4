#pragma once

#include <gtest/gtest.h>

#include <set>

#include "tests/conformance/conformance_world.h"

namespace plumbline::conformance {

template <class W>
class RandomConformance : public ::testing::Test {
 protected:
  W world_;
};
TYPED_TEST_SUITE_P(RandomConformance);

TYPED_TEST_P(RandomConformance, DifferentKeysNodesAndIncarnationsGiveDifferentBits) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 100; ++i) {
    seen.insert(this->world_.world(0).random.bits(Key("conformance").with(i)));
    seen.insert(this->world_.world(1).random.bits(Key("conformance").with(i)));
  }
  this->world_.restart(0);
  for (std::uint64_t i = 0; i < 100; ++i) {
    seen.insert(this->world_.world(0).random.bits(Key("conformance").with(i)));
  }
  EXPECT_EQ(seen.size(), 300U);
}

TYPED_TEST_P(RandomConformance, BelowStaysBelowAndReachesEveryNumber) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 400; ++i) {
    seen.insert(this->world_.world(0).random.below(Key("conformance.below").with(i), 7));
  }
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
}

REGISTER_TYPED_TEST_SUITE_P(RandomConformance, DifferentKeysNodesAndIncarnationsGiveDifferentBits,
                            BelowStaysBelowAndReachesEveryNumber);

}  // namespace plumbline::conformance
