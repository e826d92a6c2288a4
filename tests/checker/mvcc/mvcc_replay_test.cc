// A store that publishes revisions, replayed in their order (checker/mvcc/replay.h).

#include "checker/mvcc/replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "checker/history/text.h"
#include "checker/mvcc/order.h"
#include "tests/checker/mvcc/mvcc_twin.h"
#include "tests/checker/support/mvcc_history.h"

namespace plumbline::checker::mvcc {
namespace {

std::string all_of(const History& history) {
  std::string out;
  for (const Operation& op : history.operations) {
    out += "\n" + std::to_string(op.invoked_at / 1000000) + ".." +
           std::to_string(op.returned_at / 1000000) + " " + client_text(op) + " " + answer_text(op);
  }
  return out;
}

Replayed replayed(const History& history, MvccOptions options = {}) {
  const Journal journal(history);
  return replay(journal, options);
}

TEST(MvccReplay, CorrectStoresRaiseNoAlarm) {
  int undecided = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    Dice dice(seed);
    MvccShape shape;
    shape.watches = static_cast<int>(dice.below(3));
    shape.leases = static_cast<int>(dice.below(4));
    shape.unknown_percent = static_cast<int>(dice.below(40));
    const History history = mvcc_history(shape, dice);
    ASSERT_EQ(fault_of(history), std::nullopt) << seed;
    const Journal journal(history);
    const Report order = check_order(journal);
    ASSERT_EQ(order.verdict, Verdict::kValid) << seed << order.sentence << all_of(history);
    const Replayed result = replay(journal, {});
    ASSERT_NE(result.report.verdict, Verdict::kInvalid)
        << seed << ": " << result.report.sentence << all_of(history);
    if (result.report.verdict == Verdict::kUnknown) ++undecided;
  }
  EXPECT_LT(undecided, 40);
}

// PLUMBLINE_TWINS sets how many histories are compared.
TEST(MvccReplayTwin, AgreesOnSmallHistories) {
  const char* asked = std::getenv("PLUMBLINE_TWINS");
  const int histories = asked == nullptr ? 12'000 : std::max(std::atoi(asked), 1);
  int valid = 0;
  int invalid = 0;
  for (std::uint64_t seed = 0; seed < static_cast<std::uint64_t>(histories); ++seed) {
    Dice dice(seed);
    MvccShape shape{.operations = 7, .clients = 4, .keys = 2, .watches = 0, .leases = 0};
    shape.unknown_percent = static_cast<int>(dice.below(50));
    shape.txn_percent = 40;
    History history = mvcc_history(shape, dice);
    if (dice.percent(70)) history = with_a_lie(std::move(history), dice);
    const Journal journal(history);
    const Report order = check_order(journal);
    const Report report = replay(journal, {}).report;
    ASSERT_NE(report.verdict, Verdict::kUnknown) << seed << report.sentence << all_of(history);
    const Verdict verdict = merge(order.verdict, report.verdict);
    const bool explained = brute_force_explains(history);
    ASSERT_EQ(verdict == Verdict::kValid, explained)
        << seed << ": " << order.sentence << report.sentence << all_of(history);
    ++(explained ? valid : invalid);
  }
  EXPECT_GT(valid, histories / 3);
  EXPECT_GT(invalid, histories / 6);
  std::printf("mvcc: %d histories agree with the twin: %d invalid\n", histories, invalid);
}

TEST(MvccReplay, AHundredThousandOperations) {
  Dice dice(11);
  MvccShape shape{.operations = 100'000, .clients = 50, .keys = 24, .watches = 1, .leases = 3};
  shape.unknown_percent = 5;
  const History history = mvcc_history(shape, dice);
  const Replayed result = replayed(history);
  EXPECT_EQ(result.report.verdict, Verdict::kValid) << result.report.sentence;
  EXPECT_LT(result.report.steps, 400'000U);
}

}  // namespace
}  // namespace plumbline::checker::mvcc
