// What one client sees of its own past: the four session guarantees, and revisions that never go
// back.

#include "checker/guarantees/session_guarantees.h"

#include "tests/checker/guarantees/support.h"

namespace plumbline::checker {
namespace {

GuaranteeOptions agreed() {
  GuaranteeOptions options;
  options.agreed_order = true;
  return options;
}

GuaranteeOptions real_time() {
  GuaranteeOptions options;
  options.real_time_writes = true;
  return options;
}

TEST(ReadYourWrites, ByRevision) {
  HistoryBuilder h;
  h.put(1, "a", 10).ok(20).revision(5);
  h.put(2, "b", 10).ok(20).revision(6);
  h.get(1, 30).ok(40, {"b"}).revision(7);
  h.get(3, 50).ok(60, {"old"}).revision(2);  // Another session may read the past.
  EXPECT_EQ(verdict_of("read-your-writes", h), Verdict::kValid);
  h.get(1, 70).ok(80, {"old"}).revision(3);
  expect_violation(
      reports_of("read-your-writes", h), "missed-own-write",
      "key x breaks read-your-writes because put(x, \"a\") by c1, returned at 0.020 s, "
      "answered ok, at revision 5, and later in the session get(x) by c1, called at "
      "0.070 s, answered \"old\", at revision 3: an older version",
      {0, 4});
}

TEST(ReadYourWrites, ByValue) {
  HistoryBuilder h;
  h.write(1, 1, 10).ok(20);
  h.cas(2, 0, 2, 10).ok(20, {true});
  h.cas(2, 2, 3, 30).ok(40, {true});
  h.read(1, 50).ok(60, {3});
  EXPECT_EQ(verdict_of("read-your-writes", h), Verdict::kValid);

  HistoryBuilder swapped;
  swapped.write(2, 1, 0).ok(5);
  swapped.cas(1, 1, 2, 10).ok(20, {true});
  swapped.read(1, 30).ok(40, {1});
  expect_violation(
      reports_of("read-your-writes", swapped), "missed-own-write",
      "key x breaks read-your-writes because cas(x, 1, 2) by c1, returned at 0.020 s, "
      "answered true, before read(x) by c1, called at 0.030 s, answered 1, so 2 must be "
      "older than 1; cas(x, 1, 2) by c1 replaced 1 by 2: a contradiction",
      {1, 2});

  HistoryBuilder absent;
  absent.write(1, 1, 10).ok(20);
  absent.read(1, 30).ok(40, {Value()});
  expect_violation(reports_of("read-your-writes", absent), "missed-own-write",
                   "key x breaks read-your-writes because write(x, 1) by c1, returned at 0.020 s, "
                   "before read(x) by c1, called at 0.030 s, answered nil, so 1 must be older than "
                   "nil; nil was there before 1: a contradiction",
                   {0, 1});
}

TEST(ReadYourWrites, SaysNothingOfWhatMayBeOtherwise) {
  HistoryBuilder unknown;
  unknown.write(1, 1, 10).unknown(20);
  unknown.read(1, 30).ok(40, {Value()});
  EXPECT_EQ(verdict_of("read-your-writes", unknown), Verdict::kValid);
  HistoryBuilder deleted;
  deleted.put(1, 1, 10).ok(20);
  deleted.erase(2, 10).unknown(20);
  deleted.get(1, 30).ok(40, {Value()});
  EXPECT_EQ(verdict_of("read-your-writes", deleted), Verdict::kValid);
  HistoryBuilder twice;
  twice.write(2, 1, 0).ok(5);
  twice.write(2, 1, 10).unknown(15);
  twice.cas(1, 1, 2, 10).ok(20, {true});
  twice.read(1, 30).ok(40, {1});
  EXPECT_EQ(verdict_of("read-your-writes", twice), Verdict::kValid);
}

TEST(ReadYourWrites, ByLengthOfWhatIsOnlyAppendedTo) {
  HistoryBuilder h;
  h.append(1, "a", 10).ok(20);
  h.append(2, "b", 10).ok(20);
  h.get(1, 30).ok(40, {list_of({"a"})});
  h.get(3, 30).ok(40, {list_of({"a", "b"})});
  EXPECT_EQ(verdict_of("read-your-writes", h), Verdict::kValid);
  h.get(2, 50).ok(60, {list_of({"a"})});
  EXPECT_EQ(reports_of("read-your-writes", h)[0].witness, (Indices{1, 4}));
}

TEST(ReadYourWrites, ASessionIsFollowedFromProcessToProcess) {
  HistoryBuilder h;
  h.put(1, "a", 10).ok(20).revision(5).session(9, 1);
  h.get(2, 30).ok(40, {Value()}).revision(3).session(9, 2);
  EXPECT_EQ(verdict_of("read-your-writes", h), Verdict::kInvalid);
  HistoryBuilder beside;
  beside.put(1, "a", 10).ok(30).revision(5).session(9, 1);
  beside.get(2, 30).ok(40, {Value()}).revision(3).session(9, 2);
  EXPECT_EQ(verdict_of("read-your-writes", beside), Verdict::kValid);
}

TEST(MonotonicReads, ByRevisionAskWhetherTheVersionsDiffer) {
  HistoryBuilder h;
  h.get(1, 10).ok(20, {"a"}).revision(9);
  h.get(1, 30).ok(40, {"a"}).revision(4);  // An older state, but nothing shows another version.
  EXPECT_EQ(verdict_of("monotonic-reads", h), Verdict::kValid);
  h.put(2, "a", 50).ok(60).revision(7);  // Now something does.
  expect_violation(
      reports_of("monotonic-reads", h), "non-monotonic-read",
      "key x breaks monotonic-reads because get(x) by c1, returned at 0.020 s, answered "
      "\"a\", at revision 9, and later in the session get(x) by c1, called at 0.030 s, "
      "answered \"a\", at revision 4: an older version",
      {0, 1});
}

TEST(MonotonicReads, ByValueComeFromOneSessionOrFromAllThatAgree) {
  HistoryBuilder h;
  h.write(1, 1, 0).ok(5);
  h.write(2, 2, 0).ok(5);
  h.read(3, 10).ok(20, {1});
  h.read(4, 10).ok(20, {2});
  h.read(3, 30).ok(40, {2});
  h.read(4, 30).ok(40, {1});
  EXPECT_EQ(verdict_of("monotonic-reads", h), Verdict::kValid);
  EXPECT_EQ(reports_of("monotonic-reads", h, agreed())[0].witness, (Indices{2, 3, 4, 5}));
  h.read(4, 50).ok(60, {2});
  expect_violation(
      reports_of("monotonic-reads", h), "non-monotonic-read",
      "key x breaks monotonic-reads because read(x) by c4, returned at 0.020 s, answered 2, before "
      "read(x) by c4, called at 0.030 s, answered 1, so 2 must be older than 1; read(x) by c4, "
      "returned at 0.040 s, answered 1, before read(x) by c4, called at 0.050 s, answered 2, so 1 "
      "must be older than 2: a contradiction",
      {3, 5, 6});
}

TEST(MonotonicReads, RealTimeOfWritesCountsIfTheStorePromisesIt) {
  HistoryBuilder h;
  h.write(1, 1, 0).ok(5);
  h.write(2, 2, 6).ok(9);
  h.read(3, 10).ok(20, {2});
  h.read(3, 30).ok(40, {1});
  EXPECT_EQ(verdict_of("monotonic-reads", h), Verdict::kValid);
  EXPECT_EQ(verdict_of("monotonic-reads", h, agreed()), Verdict::kValid);
  EXPECT_EQ(reports_of("monotonic-reads", h, real_time())[0].witness, (Indices{0, 1, 2, 3}));
}

TEST(MonotonicWrites, ByRevision) {
  HistoryBuilder h;
  h.put(1, "a", 10).ok(20).revision(5);
  h.put(1, "b", 30).ok(40).revision(6);
  EXPECT_EQ(verdict_of("monotonic-writes", h), Verdict::kValid);
  h.put(1, "c", 50).ok(60).revision(4);
  EXPECT_EQ(reports_of("monotonic-writes", h)[0].topic, "non-monotonic-write");
  EXPECT_EQ(reports_of("monotonic-writes", h)[0].witness, (Indices{1, 2}));
}

TEST(MonotonicWrites, ByLength) {
  HistoryBuilder h;
  h.append(1, "a", 10).ok(20);
  h.append(1, "b", 30).ok(40);
  h.get(2, 50).ok(60, {list_of({"a", "b"})});
  EXPECT_EQ(verdict_of("monotonic-writes", h), Verdict::kValid);
  HistoryBuilder bad;
  bad.append(1, "a", 10).ok(20);
  bad.append(1, "b", 30).ok(40);
  bad.get(2, 50).ok(60, {list_of({"b", "a"})});
  EXPECT_EQ(reports_of("monotonic-writes", bad)[0].witness, (Indices{0, 1}));
}

TEST(WritesFollowReads, ByRevisionAndByLength) {
  HistoryBuilder h;
  h.put(2, "a", 0).ok(5).revision(5);
  h.get(1, 10).ok(20, {"a"}).revision(5);
  h.put(1, "b", 30).ok(40).revision(6);
  EXPECT_EQ(verdict_of("writes-follow-reads", h), Verdict::kValid);
  HistoryBuilder bad;
  bad.put(2, "a", 0).ok(5).revision(5);
  bad.get(1, 10).ok(20, {"a"}).revision(5);
  bad.put(1, "b", 30).ok(40).revision(4);
  EXPECT_EQ(reports_of("writes-follow-reads", bad)[0].topic, "write-before-read");
  EXPECT_EQ(reports_of("writes-follow-reads", bad)[0].witness, (Indices{1, 2}));
  HistoryBuilder appended;
  appended.append(2, "a", 0).ok(5);
  appended.append(2, "b", 6).ok(8);
  appended.get(1, 10).ok(20, {list_of({"a", "b"})});
  appended.append(1, "c", 30).ok(40);
  EXPECT_EQ(verdict_of("writes-follow-reads", appended), Verdict::kValid);
}

TEST(WritesFollowReads, ByValue) {
  HistoryBuilder h;
  h.write(2, 5, 0).ok(30);
  h.read(1, 10).ok(20, {5});
  h.write(1, 7, 30).ok(40);
  h.cas(3, 7, 8, 50).ok(60, {true});
  EXPECT_EQ(verdict_of("writes-follow-reads", h), Verdict::kValid);
  HistoryBuilder bad;
  bad.cas(2, 7, 5, 0).ok(50, {true});  // 5 replaced 7, which is written only now.
  bad.read(1, 10).ok(20, {5});
  bad.write(1, 7, 30).ok(40);
  EXPECT_EQ(reports_of("writes-follow-reads", bad)[0].witness, (Indices{0, 1, 2}));
}

TEST(SessionGuarantees, AreUnknownWhereNothingOrdersTheVersions) {
  HistoryBuilder h;
  h.put(1, list_of({"a", "b"}), 0).ok(5);
  h.append(1, "c", 10).ok(20);
  h.get(1, 30).ok(40, {list_of({"a", "b", "c"})});
  for (const RuleInfo& rule : kRules) EXPECT_EQ(verdict_of(rule.name, h), Verdict::kUnknown);
}

TEST(MonotonicRevisions, GoAcrossKeysAndGrowWithChanges) {
  HistoryBuilder h;
  h.call(1, Function::kGet, "x", {}, 10).ok(20, {"a"}).revision(5);
  h.call(1, Function::kGet, "y", {}, 30).ok(40, {"a"}).revision(5);
  h.call(2, Function::kGet, "y", {}, 30).ok(40, {"a"}).revision(3);
  h.call(1, Function::kPut, "y", {"b"}, 50).ok(60).revision(6);
  EXPECT_EQ(verdict_of("monotonic-revisions", h), Verdict::kValid);
  HistoryBuilder change = h;
  change.call(1, Function::kPut, "x", {"c"}, 70).ok(80).revision(6);
  expect_violation(
      reports_of("monotonic-revisions", change), "non-monotonic-revision",
      "revisions go back in a session because put(y, \"b\") by c1, returned at 0.060 s, "
      "had revision 6, and later in the session put(x, \"c\") by c1, called at 0.070 s, "
      "had the same, although it is a change",
      {3, 4});
  h.call(1, Function::kGet, "x", {}, 70).ok(80, {"a"}).revision(5);
  EXPECT_EQ(reports_of("monotonic-revisions", h)[0].witness, (Indices{3, 4}));
  HistoryBuilder none;
  none.get(1, 10).ok(20, {"a"});
  EXPECT_EQ(verdict_of("monotonic-revisions", none), Verdict::kUnknown);
}

// --- No alarm on what is linearizable
// -------------------------------------------------------------

TEST(SessionGuarantees, NeverAccuseALinearizableHistory) {
  int judged = 0;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    Dice dice(seed);
    RandomShape shape;
    shape.operations = 12;
    shape.keys = 1 + static_cast<int>(dice.below(2));
    shape.map = dice.percent(60);
    shape.only_appends = dice.percent(30);
    shape.unique_values = dice.percent(70);
    shape.revisions = dice.percent(30);
    shape.retry_percent = dice.percent(30) ? 30 : 0;
    const History history = linearizable_history(shape, dice);
    for (const GuaranteeOptions& options : {GuaranteeOptions{}, agreed(), real_time()}) {
      for (const RuleInfo& rule : kRules) {
        const Verdict verdict = verdict_of(rule.name, history, options);
        EXPECT_NE(verdict, Verdict::kInvalid) << rule.name << ", seed " << seed << all_of(history);
        judged += verdict == Verdict::kValid;
      }
    }
    EXPECT_NE(verdict_of("monotonic-revisions", history), Verdict::kInvalid)
        << "seed " << seed << all_of(history);
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(judged, 30000);
}

}  // namespace
}  // namespace plumbline::checker
