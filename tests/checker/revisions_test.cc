// CONTRACTS section 2, (a) and (c): revisions of changes are distinct, and agree with real time.

#include "checker/linear/revisions.h"

#include <gtest/gtest.h>

#include <string>

#include "checker/check.h"
#include "tests/checker/support/builder.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

Report revisions(const History& history) { return check_revisions(requests_of(history)); }

void expect_invalid(const History& history, const std::string& sentence) {
  const Report report = revisions(history);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.sentence, sentence);
  EXPECT_EQ(report.witness, (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(check_history(history).verdict, Verdict::kInvalid);
}

TEST(Revisions, TwoChangesNeverShareOne) {
  HistoryBuilder bad;
  bad.call(1, Function::kPut, "x", {1}, 10).ok(30).revision(7);
  bad.call(2, Function::kPut, "y", {2}, 20).ok(40).revision(7);
  expect_invalid(bad,
                 "revisions are not an order of the changes because put(x, 1) by c1 and put(y, 2) "
                 "by c2 both answered with revision 7");
}

TEST(Revisions, AreNotOlderThanWhatHadReturned) {
  HistoryBuilder good;
  good.call(1, Function::kPut, "x", {1}, 10).ok(20).revision(7);
  good.call(2, Function::kGet, "y", {}, 15).ok(25, {Value()}).revision(6);
  good.call(2, Function::kGet, "y", {}, 30).ok(40, {Value()}).revision(7);
  EXPECT_EQ(revisions(good).verdict, Verdict::kValid);

  HistoryBuilder read;  // Across keys: the revision belongs to the whole store.
  read.call(1, Function::kPut, "x", {1}, 10).ok(20).revision(7);
  read.call(2, Function::kGet, "y", {}, 30).ok(40, {Value()}).revision(6);
  expect_invalid(read,
                 "revisions disagree with real time because put(x, 1) by c1 returned at 0.020 s "
                 "with revision 7; get(y) by c2, called at 0.030 s, answered with revision 6, "
                 "which is older");

  HistoryBuilder change;
  change.call(1, Function::kGet, "x", {}, 10).ok(20, {Value()}).revision(7);
  change.call(2, Function::kPut, "y", {1}, 30).ok(40).revision(7);
  expect_invalid(change,
                 "revisions disagree with real time because get(x) by c1 returned at 0.020 s with "
                 "revision 7; put(y, 1) by c2, called at 0.030 s, answered with the same revision, "
                 "although it is a change");
}

TEST(Revisions, AFailedComparisonIsARead) {
  HistoryBuilder good;
  good.write(1, 1, 10).ok(20).revision(7);
  good.cas(2, 5, 6, 30).ok(40, {false, 1}).revision(7);
  EXPECT_EQ(revisions(good).verdict, Verdict::kValid);
}

TEST(Revisions, ADeleteThatMayHaveFoundNothingIsHeldToTheRuleForReads) {
  HistoryBuilder good;
  good.put(1, 1, 10).ok(20).revision(7);
  good.erase(2, 30).ok(40).revision(7);
  EXPECT_EQ(revisions(good).verdict, Verdict::kValid);

  HistoryBuilder bad;
  bad.put(1, 1, 10).ok(20).revision(7);
  bad.erase(2, 30).ok(40, {true}).revision(7);
  EXPECT_EQ(revisions(bad).verdict, Verdict::kInvalid);
}

TEST(Revisions, CorrectStoresRaiseNoAlarmAndLiesAreFound) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Dice dice(seed);
    RandomShape shape{.map = true, .operations = 30, .clients = 4, .keys = 3};
    shape.revisions = true;
    History history = linearizable_history(shape, dice);
    ASSERT_EQ(revisions(history).verdict, Verdict::kValid) << seed;
    for (Operation& op : history.operations) {
      if (op.revision && dice.percent(10)) *op.revision -= 1 + dice.below(3);
    }
    found += revisions(history).verdict == Verdict::kInvalid ? 1 : 0;
  }
  EXPECT_GT(found, 1000);
}

}  // namespace
}  // namespace plumbline::checker
