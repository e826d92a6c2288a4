// Reads of a counter are within what the additions allow; ids are given out once.

#include "checker/guarantees/counter.h"

#include <map>

#include "checker/guarantees/unique_ids.h"
#include "tests/checker/guarantees/support.h"

namespace plumbline::checker {
namespace {

HistoryBuilder::Call add(HistoryBuilder& h, std::int64_t client, Value amount, std::int64_t ms) {
  return h.call(client, Function::kAdd, "x", {std::move(amount)}, ms);
}

TEST(Counter, ReadsAreBetweenWhatHasHappenedAndWhatMayHave) {
  for (int seen = 0; seen <= 14; ++seen) {
    HistoryBuilder h;
    add(h, 1, 5, 10).ok(20);       // Has happened.
    add(h, 2, 2, 10).unknown(20);  // May have.
    add(h, 3, 100, 10).fail(20);   // Has not.
    add(h, 1, 3, 30).ok(50);       // Beside the read.
    add(h, 2, -1, 30).ok(50);
    h.read(4, 40).ok(50, {seen});
    add(h, 1, 1000, 60).ok(70);  // Too late.
    const bool good = seen >= 4 && seen <= 10;
    EXPECT_EQ(verdict_of("counter", h), good ? Verdict::kValid : Verdict::kInvalid) << seen;
  }
}

TEST(Counter, SaysWhichBoundIsCrossed) {
  HistoryBuilder low;
  add(low, 1, 5, 10).ok(20);
  low.read(2, 30).ok(40, {4});
  expect_violation(
      reports_of("counter", low), "out-of-bounds",
      "key x is out of bounds because read(x) by c2, called at 0.030 s, saw 4, although "
      "the additions answered before its call leave at least 5; the last of them is "
      "add(x, 5) by c1, returned at 0.020 s",
      {0, 1});
  HistoryBuilder high;
  add(high, 1, 5, 10).unknown(20);
  high.read(2, 30).ok(40, {6});
  expect_violation(
      reports_of("counter", high), "out-of-bounds",
      "key x is out of bounds because read(x) by c2, called at 0.030 s, saw 6, although "
      "the additions called before its return allow at most 5; the last of them is "
      "add(x, 5) by c1, called at 0.010 s",
      {0, 1});
}

TEST(Counter, StartsWhereItIsToldAndCountsRemovalsDown) {
  GuaranteeOptions options;
  options.initial = 100;
  HistoryBuilder h;
  h.call(1, Function::kRemove, "x", {30}, 10).ok(20);
  h.read(2, 30).ok(40, {70});
  EXPECT_EQ(verdict_of("counter", h, options), Verdict::kValid);
  EXPECT_EQ(verdict_of("counter", h), Verdict::kInvalid);
}

TEST(Counter, IsUnknownWithoutNumbersThatFit) {
  HistoryBuilder word;
  word.read(2, 30).ok(40, {"many"});
  EXPECT_EQ(verdict_of("counter", word), Verdict::kUnknown);
  HistoryBuilder amount;
  add(amount, 1, "many", 10).ok(20);
  amount.read(2, 30).ok(40, {0});
  EXPECT_EQ(verdict_of("counter", amount), Verdict::kUnknown);
  HistoryBuilder large;
  add(large, 1, Value(INT64_MAX), 10).ok(20);
  add(large, 1, Value(-INT64_MAX), 30).ok(40);
  large.read(2, 50).ok(60, {0});
  EXPECT_EQ(verdict_of("counter", large), Verdict::kUnknown);
}

// The bounds of one read, over all operations.
bool twin_allows(const History& history, const Operation& read) {
  std::int64_t lower = 0;
  std::int64_t upper = 0;
  for (const Operation& op : history.operations) {
    if (op.function != Function::kAdd || op.outcome == Outcome::kFail) continue;
    if (op.invoked_at > read.returned_at) continue;
    const std::int64_t amount = op.arguments[0].number();
    const bool happened = op.outcome == Outcome::kOk && op.returned_at < read.invoked_at;
    if (happened || amount < 0) lower += amount;
    if (happened || amount > 0) upper += amount;
  }
  return lower <= read.results[0].number() && read.results[0].number() <= upper;
}

TEST(Counter, AgreesWithItsTwinOnRandomHistories) {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    Dice dice(seed);
    std::int64_t number = 0;
    const auto choose = [&](Operation& op) {
      op.key = "x";
      op.function = dice.percent(50) ? Function::kRead : Function::kAdd;
      if (op.function == Function::kAdd) op.arguments = {dice.below(9) - 4};
    };
    const auto act = [&](Operation& op) {
      if (op.function == Function::kAdd) {
        number += op.arguments[0].number();
      } else {
        op.results = {number};
      }
    };
    History history = simulated({}, dice, choose, act);
    const bool honest = dice.percent(30);
    Operation* lie = honest ? nullptr : some_answered(history, Function::kRead, dice);
    if (lie != nullptr) lie->results = {lie->results[0].number() + dice.below(13) - 6};
    bool good = true;
    for (const Operation& op : history.operations) {
      const bool read = op.function == Function::kRead && op.outcome == Outcome::kOk;
      good &= !read || twin_allows(history, op);
    }
    EXPECT_TRUE(good || !honest);
    EXPECT_EQ(verdict_of("counter", history), good ? Verdict::kValid : Verdict::kInvalid)
        << "seed " << seed << all_of(history);
    wrong += !good;
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(wrong, 400);
}

TEST(UniqueIds, AreGivenOutOnce) {
  HistoryBuilder h;
  h.call(1, Function::kGenerate, "", {}, 10).ok(20, {7});
  h.call(2, Function::kGenerate, "", {}, 10).fail(20);
  h.call(3, Function::kGenerate, "", {}, 10).unknown(20);
  h.call(1, Function::kGenerate, "", {}, 30).ok(40, {"7"});
  EXPECT_EQ(verdict_of("unique-ids", h), Verdict::kValid);
  EXPECT_EQ(reports_of("unique-ids", h)[0].argument[0], "ids: 2 different ones given out");
  h.call(2, Function::kGenerate, "", {}, 50).ok(60, {7});
  expect_violation(
      reports_of("unique-ids", h), "duplicate-id",
      "an id is not unique because generate() by c1, called at 0.010 s, and generate() "
      "by c2, called at 0.050 s, both got 7",
      {0, 4});
}

TEST(UniqueIds, ARetryMayBeAnsweredAlike) {
  HistoryBuilder h;
  h.call(1, Function::kGenerate, "", {}, 10).ok(20, {7}).session(1, 1);
  h.call(1, Function::kGenerate, "", {}, 30).ok(40, {7}).session(1, 1);
  EXPECT_EQ(verdict_of("unique-ids", h), Verdict::kValid);
}

TEST(UniqueIds, AgreesWithItsTwinOnRandomHistories) {
  std::map<bool, int> seen;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Dice dice(seed);
    const auto choose = [&](Operation& op) { op.function = Function::kGenerate; };
    const auto act = [&](Operation& op) { op.results = {dice.below(20)}; };
    const History history = simulated({}, dice, choose, act);
    bool unique = true;
    for (const Operation& a : history.operations) {
      for (const Operation& b : history.operations) {
        const bool answered = a.outcome == Outcome::kOk && b.outcome == Outcome::kOk;
        if (&a != &b && answered && a.results == b.results) unique = false;
      }
    }
    EXPECT_EQ(verdict_of("unique-ids", history), unique ? Verdict::kValid : Verdict::kInvalid)
        << "seed " << seed << all_of(history);
    ++seen[unique];
  }
  EXPECT_GT(seen[true], 200);
  EXPECT_GT(seen[false], 200);
}

}  // namespace
}  // namespace plumbline::checker
