// The checker is right before it is fast: its verdicts on random small histories are those of a
// twin that tries every serial order and every subset of the unknown transactions.
// PLUMBLINE_TWINS sets the number of histories.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "checker/txn/txn.h"
#include "tests/checker/txn/notation.h"
#include "tests/checker/support/random_txns.h"
#include "tests/checker/txn/twin.h"

namespace plumbline::checker {
namespace {

constexpr int kHistories = 5'000;

struct Rule {
  const char* level;
  OrderRule rule;
};
constexpr std::array kRules = {
    Rule{"serializable", OrderRule::kNothing},
    Rule{"strong-session-serializable", OrderRule::kSessions},
    Rule{"strict-serializable", OrderRule::kSessionsAndRealTime},
};

int histories() {
  const char* const asked = std::getenv("PLUMBLINE_TWINS");
  return asked == nullptr ? kHistories : std::atoi(asked);
}

TxnShape small_shape(Dice& dice) {
  TxnShape shape;
  shape.transactions = 2 + static_cast<int>(dice.below(5));
  shape.clients = 1 + static_cast<int>(dice.below(4));
  shape.keys = 1 + static_cast<int>(dice.below(3));
  shape.steps_max = 1 + static_cast<int>(dice.below(4));
  shape.unknown_percent = dice.percent(50) ? 0 : 25;
  shape.fail_percent = dice.percent(50) ? 0 : 15;
  shape.lie_percent = dice.percent(20) ? 0 : 35;
  shape.gap_max = 1 + static_cast<int>(dice.below(6));
  return shape;
}

struct Tally {
  int valid = 0;
  int invalid = 0;
  int undecided = 0;
};

// `exact`: the history says all that is needed for a verdict.
void compare(const History& history, bool exact, Tally& tally) {
  ASSERT_FALSE(fault_of(history)) << *fault_of(history);
  for (const Rule& rule : kRules) {
    const auto reports = check_transactions(history, {.level = rule.level});
    Verdict verdict = Verdict::kValid;
    for (const Report& report : reports) verdict = merge(verdict, report.verdict);
    if (verdict == Verdict::kUnknown) {
      ++tally.undecided;
      EXPECT_FALSE(exact) << rule.level << ": " << reports[0].sentence;
      continue;
    }
    const bool expected = some_serial_order(history, rule.rule);
    EXPECT_EQ(verdict, expected ? Verdict::kValid : Verdict::kInvalid)
        << rule.level << ": " << topics(reports) << "\n"
        << reports[0].sentence;
    ++(expected ? tally.valid : tally.invalid);
  }
}

template <typename Shape>
void compare_many(const char* what, std::uint64_t seed, bool exact, Shape adjust) {
  Tally tally;
  for (int i = 0; i < histories(); ++i) {
    Dice dice(seed + static_cast<std::uint64_t>(i));
    TxnShape shape = small_shape(dice);
    adjust(shape);
    History history = random_txns(shape, dice);
    if (dice.percent(25)) history = with_other_read(std::move(history), dice);
    compare(history, exact, tally);
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed + i << "\n" << shown(history);
  }
  std::printf("%s: %d histories at 3 levels: %d valid, %d invalid, %d undecided\n", what,
              histories(), tally.valid, tally.invalid, tally.undecided);
  EXPECT_GT(tally.valid, histories() / 3);
  EXPECT_GT(tally.invalid, histories() / 3);
  EXPECT_LT(tally.undecided, histories() / 2);
}

TEST(TxnTwin, ListsAgreeWithEveryOrder) {
  compare_many("list-append", 10'000'000, true, [](TxnShape&) {});
}

TEST(TxnTwin, RegistersThatAreReadBeforeTheyAreWrittenAgreeWithEveryOrder) {
  compare_many("read-write registers", 20'000'000, false, [](TxnShape& shape) {
    shape.registers = true;
    shape.unknown_percent = 0;
  });
}

TEST(TxnTwin, BlindRegistersNeverContradictTheTwin) {
  compare_many("blind registers", 30'000'000, false, [](TxnShape& shape) {
    shape.registers = true;
    shape.blind = true;
  });
}

}  // namespace
}  // namespace plumbline::checker
