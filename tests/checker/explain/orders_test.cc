#include "checker/explain/orders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "checker/explain/sub_history.h"
#include "tests/checker/support/builder.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

using ::testing::ElementsAre;

// A register of numbers: its state is its value, 0 at first.
class Register : public Stepper {
 public:
  Register(const History& history, const std::vector<std::uint64_t>& witness) {
    for (const std::uint64_t index : witness) operations_.push_back(&history.operations[index]);
  }
  State initial() override { return 0; }
  Step step(State state, std::size_t operation) override {
    const Operation& op = *operations_[operation];
    if (const Value* written = written_value(op)) {
      return {static_cast<State>(written->number()), ""};
    }
    const auto shown = static_cast<State>(op.results[0].number());
    if (shown == state) return {state, ""};
    return {state, "expected " + std::to_string(state) + ", got " + std::to_string(shown)};
  }

 private:
  std::vector<const Operation*> operations_;
};

class Refusing : public Stepper {
 public:
  State initial() override { return 0; }
  Step step(State, std::size_t) override { return {0, "no"}; }
};

std::optional<Orders> orders_of(const History& history, const std::vector<std::uint64_t>& witness) {
  Register store(history, witness);
  return all_orders(history, witness, store);
}

TEST(Orders, AStaleReadBreaksInItsOnlyOrder) {
  HistoryBuilder h;
  h.write(1, 5, 0).ok(10);
  h.write(1, 7, 20).ok(30);
  h.read(2, 40).ok(50, {5});
  const auto orders = orders_of(h, {0, 1, 2});
  ASSERT_TRUE(orders);
  EXPECT_EQ(orders->all, 1U);
  EXPECT_FALSE(orders->legal);
  EXPECT_THAT(orders->broken, ElementsAre(OrderTried{{0, 1, 2}, 2, "expected 7, got 5", 1}));
}

TEST(Orders, OrdersThatShareABrokenBeginningAreOneEntry) {
  HistoryBuilder h;
  h.read(1, 0).ok(10, {9});
  h.write(2, 1, 20).ok(100);
  h.write(3, 2, 21).ok(100);
  h.write(4, 3, 22).ok(100);
  const auto orders = orders_of(h, {0, 1, 2, 3});
  ASSERT_TRUE(orders);
  EXPECT_EQ(orders->all, 6U);
  EXPECT_THAT(orders->broken, ElementsAre(OrderTried{{0}, 0, "expected 0, got 9", 6}));
}

TEST(Orders, AnUnknownOperationMayComeAnywhereAfterItsCallOrNotAtAll) {
  HistoryBuilder h;
  h.write(1, 5, 0).unknown(1);
  h.write(2, 7, 10).ok(20);
  h.read(3, 30).ok(40, {6});
  const auto orders = orders_of(h, {0, 1, 2});
  ASSERT_TRUE(orders);
  EXPECT_EQ(orders->all, 3U);
  EXPECT_THAT(orders->broken, ElementsAre(OrderTried{{0, 1, 2}, 2, "expected 7, got 6", 1},
                                          OrderTried{{1, 0, 2}, 2, "expected 5, got 6", 1},
                                          OrderTried{{1, 2}, 1, "expected 7, got 6", 1}));
}

TEST(Orders, ALegalOrderMeansThatTheWitnessProvesNothing) {
  HistoryBuilder h;
  h.write(1, 5, 0).unknown(1);
  h.write(2, 7, 10).ok(20);
  h.read(3, 30).ok(40, {5});
  const auto orders = orders_of(h, {0, 1, 2});
  ASSERT_TRUE(orders);
  ASSERT_TRUE(orders->legal);
  EXPECT_THAT(*orders->legal, ElementsAre(1, 0, 2));
  Report report{.witness = {0, 1, 2}};
  Register store(h, report.witness);
  EXPECT_FALSE(add_orders(report, h, store));
  EXPECT_TRUE(report.orders.empty());
}

TEST(Orders, WhatDoesNotFitHasNoOrders) {
  HistoryBuilder h;
  for (int i = 0; i < 7; ++i) h.write(i, i, i).ok(100);
  h.write(9, 9, 50).fail(60);
  Refusing never;
  EXPECT_FALSE(all_orders(h, {}, never));
  EXPECT_FALSE(all_orders(h, {0, 1, 2, 3, 4, 5, 6}, never)) << "seven";
  EXPECT_FALSE(all_orders(h, {0, 99}, never)) << "not in the history";
  EXPECT_FALSE(all_orders(h, {0, 7}, never)) << "failed for certain";
  EXPECT_TRUE(all_orders(h, {0, 1, 2, 3, 4, 5}, never));
}

// Reads and writes in any overlap, some of unknown outcome, with few values so that much is legal.
History small_history(Dice& dice, std::size_t operations) {
  std::vector<Operation> made(operations);
  for (std::size_t i = 0; i < operations; ++i) {
    Operation& op = made[i];
    op.process = static_cast<std::int64_t>(i);
    op.key = "x";
    op.invoked_at = dice.below(10);
    op.returned_at = op.invoked_at + dice.below(8);
    op.function = dice.percent(50) ? Function::kRead : Function::kWrite;
    op.outcome = dice.percent(70) ? Outcome::kOk : Outcome::kUnknown;
    if (op.function == Function::kRead) op.outcome = Outcome::kOk;
    if (op.function == Function::kWrite) op.arguments = {Value(dice.below(3))};
    if (op.function == Function::kRead) op.results = {Value(dice.below(3))};
  }
  std::stable_sort(made.begin(), made.end(), [](const Operation& a, const Operation& b) {
    return a.invoked_at < b.invoked_at;
  });
  return History{{}, made};
}

// The twin: every sequence of every subset, kept if it agrees with real time, has every definite
// operation, and ends with one.
std::vector<std::vector<std::uint64_t>> whole_orders(const History& history) {
  const std::vector<Operation>& ops = history.operations;
  std::vector<std::vector<std::uint64_t>> found;
  for (std::uint32_t subset = 0; subset < (1U << ops.size()); ++subset) {
    std::vector<std::uint64_t> order;
    bool good = true;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if ((subset >> i & 1U) != 0) order.push_back(i);
      good &= (subset >> i & 1U) != 0 || ops[i].outcome == Outcome::kUnknown;
    }
    if (!good) continue;
    const bool any_definite = std::any_of(
        ops.begin(), ops.end(), [](const Operation& op) { return op.outcome == Outcome::kOk; });
    do {
      bool agrees = order.empty() ? !any_definite : ops[order.back()].outcome == Outcome::kOk;
      for (std::size_t a = 0; a < order.size(); ++a) {
        for (std::size_t b = a + 1; b < order.size(); ++b) {
          const Operation& late = ops[order[b]];
          agrees &=
              late.outcome == Outcome::kUnknown || late.returned_at >= ops[order[a]].invoked_at;
        }
      }
      if (agrees) found.push_back(order);
    } while (std::next_permutation(order.begin(), order.end()));
  }
  return found;
}

bool begins_with(const std::vector<std::uint64_t>& order, const std::vector<std::uint64_t>& begin) {
  return begin.size() <= order.size() && std::equal(begin.begin(), begin.end(), order.begin());
}

// Each whole order breaks in exactly one entry, at the first operation that is not legal; entries
// say how many orders they stand for; the legal order is one of the whole orders and is legal.
TEST(Orders, AgreeWithATwinThatTriesEverySequence) {
  for (std::uint64_t seed = 0; seed < 1'500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const History history = small_history(dice, 1 + static_cast<std::size_t>(dice.below(6)));
    std::vector<std::uint64_t> witness(history.operations.size());
    std::iota(witness.begin(), witness.end(), 0);
    const auto orders = orders_of(history, witness);
    ASSERT_TRUE(orders);
    const auto whole = whole_orders(history);
    ASSERT_EQ(orders->all, whole.size());
    std::vector<std::uint64_t> covered(orders->broken.size());
    std::uint64_t legal = 0;
    for (const auto& order : whole) {
      Register store(history, order);
      Stepper::State state = store.initial();
      std::size_t at = 0;
      std::string why;
      for (; at < order.size() && why.empty(); ++at) {
        const Stepper::Step step = store.step(state, at);
        state = step.next;
        why = step.why;
      }
      std::size_t entries = 0;
      for (std::size_t i = 0; i < orders->broken.size(); ++i) {
        const OrderTried& tried = orders->broken[i];
        if (!begins_with(order, tried.order)) continue;
        ++entries;
        ++covered[i];
        ASSERT_EQ(tried.fails_at + 1, at);
        ASSERT_EQ(tried.why, why);
      }
      ASSERT_EQ(entries, why.empty() ? 0U : 1U);
      if (why.empty()) ++legal;
    }
    for (std::size_t i = 0; i < covered.size(); ++i) {
      ASSERT_EQ(covered[i], orders->broken[i].stands_for);
    }
    ASSERT_EQ(orders->legal.has_value(), legal > 0);
    if (orders->legal) {
      ASSERT_TRUE(std::find(whole.begin(), whole.end(), *orders->legal) != whole.end());
    }
  }
}

// Everything overlaps, and only the last operation of an order can be refused.
class RefusingLast : public Stepper {
 public:
  explicit RefusingLast(std::uint32_t all) : all_(all) {}
  State initial() override { return 0; }
  Step step(State state, std::size_t operation) override {
    const State next = state | (1 << operation);
    return {next, (static_cast<std::uint32_t>(next) & all_) == all_ ? "last" : ""};
  }

 private:
  std::uint32_t all_;
};

TEST(Orders, AreNeverMoreThanSevenHundredAndTwenty) {
  for (std::uint32_t unknown = 0; unknown < 6; ++unknown) {
    HistoryBuilder h;
    for (std::uint32_t i = 0; i < 6; ++i) {
      auto call = h.write(i, static_cast<int>(i), 0);
      i < unknown ? call.unknown(100) : call.ok(100);
    }
    RefusingLast store(0x3F & ~((1U << unknown) - 1));
    const auto orders = all_orders(h, {0, 1, 2, 3, 4, 5}, store);
    ASSERT_TRUE(orders);
    EXPECT_LE(orders->broken.size(), 720U) << unknown;
    EXPECT_EQ(orders->broken.size(), orders->all) << unknown;
    EXPECT_LE(orders->all, 720U) << unknown;
    EXPECT_EQ(orders->all == 720U, unknown < 2) << unknown;
  }
}

TEST(SubHistory, KeepsTheWitnessInOrderAndTheInvariants) {
  HistoryBuilder h;
  h.write(1, 5, 0).ok(10);
  h.write(2, 6, 1).unknown(5);
  h.write(2, 7, 20).ok(30).session(4, 1);
  h.read(3, 40).ok(50, {5});
  History history = h;
  history.meta.semantics = "cas-register";
  const SubHistory sub = sub_history(history, {3, 0, 2, 3, 99});
  EXPECT_THAT(sub.index_of, ElementsAre(0, 2, 3));
  ASSERT_EQ(sub.history.operations.size(), 3U);
  EXPECT_EQ(sub.history.operations[1], history.operations[2]);
  EXPECT_EQ(sub.history.meta, history.meta);
  EXPECT_EQ(fault_of(sub.history), std::nullopt);
  EXPECT_TRUE(sub_history(history, {}).history.operations.empty());
}

}  // namespace
}  // namespace plumbline::checker
