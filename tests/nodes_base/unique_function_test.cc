#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "nodes/base/unique_function.h"

namespace plumbline {
namespace {

struct Tally {
  int alive = 0;
  int moves = 0;
};

// Counts its own lives; `kBytes` of ballast decide whether it lies inside the function or on the
// heap.
template <std::size_t kBytes>
class Counted {
 public:
  explicit Counted(Tally& tally) : tally_(&tally) { ++tally_->alive; }
  Counted(Counted&& other) noexcept : tally_(other.tally_), calls_(other.calls_) {
    ++tally_->alive;
    ++tally_->moves;
  }
  Counted(const Counted&) = delete;
  ~Counted() { --tally_->alive; }
  int operator()(int x) { return x + calls_++; }

 private:
  Tally* tally_;
  int calls_ = 0;
  std::array<char, kBytes> ballast_{};
};
using Small = Counted<8>;
using Large = Counted<200>;

template <class Callable>
class UniqueFunctionOf : public testing::Test {};
using Callables = testing::Types<Small, Large>;
TYPED_TEST_SUITE(UniqueFunctionOf, Callables);

TYPED_TEST(UniqueFunctionOf, DestroysItsCallableOnce) {
  Tally tally;
  {
    UniqueFunction<int(int)> function{TypeParam(tally)};
    EXPECT_EQ(tally.alive, 1);
    EXPECT_EQ(function(10), 10);
    EXPECT_EQ(function(10), 11) << "the callable keeps its state";
  }
  EXPECT_EQ(tally.alive, 0);
}

TYPED_TEST(UniqueFunctionOf, MovesWithItsStateAndLeavesNothingBehind) {
  Tally tally;
  UniqueFunction<int(int)> first{TypeParam(tally)};
  first(0);
  UniqueFunction<int(int)> second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_EQ(tally.alive, 1);
  EXPECT_EQ(second(0), 1);
  UniqueFunction<int(int)> third{TypeParam(tally)};
  EXPECT_EQ(tally.alive, 2);
  third = std::move(second);
  EXPECT_EQ(tally.alive, 1) << "the callable that was replaced is gone";
  EXPECT_EQ(third(0), 2);
}

TYPED_TEST(UniqueFunctionOf, MovingIntoItselfKeepsIt) {
  Tally tally;
  UniqueFunction<int(int)> function{TypeParam(tally)};
  UniqueFunction<int(int)>& alias = function;
  function = std::move(alias);
  ASSERT_TRUE(function);
  EXPECT_EQ(tally.alive, 1);
  EXPECT_EQ(function(4), 4);
}

TEST(UniqueFunction, MovesALargeCallableWithoutTouchingIt) {
  Tally tally;
  UniqueFunction<int(int)> first{Large(tally)};
  const int moves = tally.moves;
  UniqueFunction<int(int)> second = std::move(first);
  EXPECT_EQ(tally.moves, moves);
  EXPECT_EQ(second(1), 1);
}

TEST(UniqueFunction, TakesAndReturnsWhatCannotBeCopied) {
  UniqueFunction<std::unique_ptr<int>(std::unique_ptr<int>)> twice = [](std::unique_ptr<int> n) {
    *n *= 2;
    return n;
  };
  EXPECT_EQ(*twice(std::make_unique<int>(21)), 42);
  static_assert(!std::is_copy_constructible_v<UniqueFunction<void()>>);
  static_assert(std::is_nothrow_move_constructible_v<UniqueFunction<void()>>);
}

TEST(UniqueFunction, PassesReferencesThrough) {
  int count = 0;
  UniqueFunction<void(int&)> step = [](int& n) { ++n; };
  step(count);
  step(count);
  EXPECT_EQ(count, 2);
}

TEST(UniqueFunctionDeathTest, CallingNothingIsAnAssertion) {
  UniqueFunction<void()> nothing;
  EXPECT_FALSE(nothing);
  EXPECT_DEATH(nothing(), "assertion failed");
}

}  // namespace
}  // namespace plumbline
