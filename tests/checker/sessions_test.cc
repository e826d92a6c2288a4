// C1: each (client, sequence) takes effect at most once, and the reply to a retry equals the first.

#include "checker/sessions/sessions.h"

#include <gtest/gtest.h>

#include <string>

#include "checker/check.h"
#include "tests/checker/support/builder.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

// The requests must outlive the table, which points at them.
Report at_most_once(const History& history) {
  const auto requests = requests_of(history);
  return check_at_most_once(tokens_by_key(requests));
}

Report failed_leaves_no_trace(const History& history) {
  const auto requests = requests_of(history);
  return check_failed_leaves_no_trace(tokens_by_key(requests));
}

Report acknowledged_stays(const History& history) {
  const auto requests = requests_of(history);
  return check_acknowledged_stays(tokens_by_key(requests));
}

using Indices = std::vector<std::uint64_t>;

void expect_invalid(const Report& report, const std::string& property, const std::string& sentence,
                    const Indices& witness) {
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.property, property);
  EXPECT_EQ(report.key, "x");
  EXPECT_EQ(report.sentence, sentence);
  EXPECT_EQ(report.witness, witness);
}

TEST(AtMostOnce, ATokenIsSeenAsOftenAsItWasAskedFor) {
  HistoryBuilder twice_asked;
  twice_asked.append(1, "a", 10).ok(20);
  twice_asked.append(1, "a", 30).ok(40);
  twice_asked.get(2, 50).ok(60, {list_of({"a", "a"})});
  EXPECT_EQ(at_most_once(twice_asked).verdict, Verdict::kValid);

  HistoryBuilder once_asked;
  once_asked.append(1, "a", 10).unknown(20).session(4, 1);
  once_asked.append(1, "a", 30).ok(40).session(4, 1);
  once_asked.get(2, 50).ok(60, {list_of({"a", "b", "a"})});
  expect_invalid(at_most_once(once_asked), "at-most-once",
                 "key x violates at-most-once because get(x) by c2, called at 0.050 s, saw "
                 "[\"a\", \"b\", \"a\"], which contains \"a\" 2 times, although it was asked for 1 "
                 "time, by append(x, \"a\") by c1",
                 {1, 2});
}

TEST(AtMostOnce, AValueThatHoldsATokenTwiceMayBeSeenSo) {
  HistoryBuilder good;
  good.put(1, list_of({"a", "a"}), 10).ok(20);
  good.get(2, 50).ok(60, {list_of({"a", "a"})});
  EXPECT_EQ(at_most_once(good).verdict, Verdict::kValid);
}

TEST(FailedLeavesNoTrace, AFailedAppendIsNeverSeen) {
  HistoryBuilder good;
  good.append(1, "a", 10).fail(20);
  good.append(1, "a", 30).ok(40);  // Asked for again, and that worked.
  good.get(2, 50).ok(60, {list_of({"a"})});
  EXPECT_EQ(failed_leaves_no_trace(good).verdict, Verdict::kValid);

  HistoryBuilder bad;
  bad.append(1, "a", 10).fail(20);
  bad.append(1, "b", 30).ok(40);
  bad.get(2, 50).ok(60, {list_of({"a", "b"})});
  expect_invalid(failed_leaves_no_trace(bad), "failed-leaves-no-trace",
                 "key x shows a failed operation because append(x, \"a\") by c1 definitely failed "
                 "at 0.020 s, and get(x) by c2, called at 0.050 s, saw [\"a\", \"b\"]",
                 {0, 2});
}

TEST(AcknowledgedStays, AnAnsweredAppendIsInEveryLaterValue) {
  HistoryBuilder good;
  good.append(1, "a", 10).ok(20);
  good.get(2, 20).ok(60, {Value()});  // Touches the append in time.
  good.get(2, 70).ok(80, {list_of({"a"})});
  EXPECT_EQ(acknowledged_stays(good).verdict, Verdict::kValid);

  HistoryBuilder bad;
  bad.append(1, "a", 10).ok(20);
  bad.append(1, "b", 30).ok(40);
  bad.get(2, 50).ok(60, {list_of({"b"})});
  expect_invalid(acknowledged_stays(bad), "acknowledged-stays",
                 "key x lost an acknowledged append because append(x, \"a\") by c1 returned at "
                 "0.020 s, and get(x) by c2, called at 0.050 s, saw [\"b\"]",
                 {0, 2});
}

TEST(AcknowledgedStays, AKeyThatMayHaveBeenDeletedIsLeftToLinearizability) {
  HistoryBuilder good;
  good.append(1, "a", 10).ok(20);
  good.erase(2, 30).unknown(40);
  good.get(3, 50).ok(60, {Value()});
  EXPECT_EQ(acknowledged_stays(good).verdict, Verdict::kValid);
}

TEST(RetriesAnswerAlike, OneRequestHasOneAnswer) {
  HistoryBuilder good;
  good.append(1, "a", 10).ok(20).session(4, 1).revision(9);
  good.append(2, "a", 30).ok(40).session(4, 1).revision(9);
  EXPECT_EQ(check_retries_answer_alike(good).verdict, Verdict::kValid);

  HistoryBuilder bad;
  bad.append(1, "a", 10).ok(20).session(4, 1).revision(9);
  bad.append(2, "a", 30).ok(40).session(4, 1).revision(12);
  expect_invalid(check_retries_answer_alike(bad), "retries-answer-alike",
                 "session 4, sequence 1 was answered in two ways because append(x, \"a\") by c1 "
                 "answered ok, at revision 9 and its retry by c2 answered ok, at revision 12",
                 {0, 1});
}

TEST(Sessions, CorrectStoresRaiseNoAlarm) {
  int retried = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    Dice dice(seed);
    RandomShape shape{.map = true, .operations = 30, .clients = 4, .keys = 2};
    shape.retry_percent = 30;
    shape.unknown_percent = 40;
    shape.blind_percent = 0;
    shape.revisions = true;
    shape.only_appends = dice.percent(50);
    const History history = linearizable_history(shape, dice);
    for (std::size_t i = 0; i + 1 < history.operations.size(); ++i) {
      for (std::size_t j = i + 1; j < history.operations.size(); ++j) {
        retried += history.operations[i].session() == history.operations[j].session() ? 1 : 0;
      }
    }
    const CheckResult result = check_history(history);
    ASSERT_EQ(result.verdict, Verdict::kValid) << seed << "\n" << render_text(result, history);
  }
  EXPECT_GT(retried, 4000);
}

}  // namespace
}  // namespace plumbline::checker
