// Pairs of a good and a bad history, and the sentence that says why the bad one is bad.

#include <gtest/gtest.h>

#include <string>

#include "checker/check.h"
#include "tests/checker/support/builder.h"

namespace plumbline::checker {
namespace {

using Indices = std::vector<std::uint64_t>;

Report linearizability(const History& history) {
  const CheckResult result = check_history(history);
  for (const Report& report : result.reports) {
    if (report.property == "linearizability") return report;
  }
  ADD_FAILURE() << "no report on linearizability";
  return {};
}

void expect_valid(const History& history) {
  const CheckResult result = check_history(history);
  EXPECT_EQ(result.verdict, Verdict::kValid) << render_text(result, history);
}

void expect_invalid(const History& history, const std::string& because, const Indices& witness) {
  const Report report = linearizability(history);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.sentence, "key x is not linearizable because " + because);
  EXPECT_EQ(report.witness, witness);
}

TEST(LinearExamples, AnEmptyHistoryIsValid) { expect_valid(History{}); }

TEST(LinearExamples, StaleRead) {
  HistoryBuilder good;
  good.put(2, 5, 1000).ok(2000);
  good.put(1, 7, 12000).ok(12044);
  good.get(3, 12040).ok(12060, {5});  // Concurrent with the put: either value is right.
  expect_valid(good);

  HistoryBuilder bad;
  bad.put(2, 5, 1000).ok(2000);
  bad.put(1, 7, 12000).ok(12044);
  bad.get(4, 12045).ok(12047, {7});
  bad.get(3, 12050).ok(12060, {5});
  expect_invalid(bad,
                 "put(x, 7) by c1 returned at 12.044 s; get(x) by c3, called at 12.050 s, "
                 "returned 5, which 7 had replaced",
                 {0, 1, 3});
  EXPECT_EQ(linearizability(bad).from, 1000 * HistoryBuilder::kMs);
  EXPECT_EQ(linearizability(bad).to, 12060 * HistoryBuilder::kMs);
}

TEST(LinearExamples, LostWrite) {
  HistoryBuilder good;
  good.write(1, 1, 10).ok(20);
  good.read(2, 15).ok(30, {Value()});
  expect_valid(good);

  HistoryBuilder bad;
  bad.write(1, 1, 10).ok(20);
  bad.read(2, 30).ok(40, {Value()});
  expect_invalid(bad,
                 "write(x, 1) by c1 returned at 0.020 s; read(x) by c2, called at 0.030 s, "
                 "returned nil, and nothing removes it",
                 {0, 1});
}

TEST(LinearExamples, LostAppend) {
  HistoryBuilder good;
  good.append(1, "a", 10).ok(20);
  good.append(2, "b", 12).ok(40);
  good.get(3, 30).ok(50, {list_of({"a"})});
  good.get(3, 60).ok(70, {list_of({"a", "b"})});
  expect_valid(good);

  HistoryBuilder bad;
  bad.append(1, "a", 10).ok(20);
  bad.append(2, "b", 12).ok(40);
  bad.get(3, 60).ok(70, {list_of({"b"})});
  expect_invalid(bad,
                 "append(x, \"a\") by c1 returned at 0.020 s; get(x) by c3, called at 0.060 s, "
                 "returned [\"b\"], which lacks \"a\"",
                 {0, 1, 2});
}

TEST(LinearExamples, DuplicateAppend) {
  HistoryBuilder bad;
  bad.append(1, "a", 10).ok(20);
  bad.append(1, "b", 22).ok(25);
  bad.get(3, 60).ok(70, {list_of({"a", "b", "a"})});
  expect_invalid(bad,
                 "get(x) by c3, called at 0.060 s, returned [\"a\", \"b\", \"a\"], which contains "
                 "\"a\" 2 times, although only append(x, \"a\") by c1 wrote it",
                 {0, 1, 2});
}

TEST(LinearExamples, ResurrectedFailedWrite) {
  HistoryBuilder good;
  good.put(1, 5, 10).ok(20);
  good.put(1, 6, 30).fail(40);
  good.get(2, 50).ok(60, {5});
  expect_valid(good);

  HistoryBuilder bad;
  bad.put(1, 5, 10).ok(20);
  bad.put(1, 6, 30).fail(40);
  bad.get(2, 50).ok(60, {6});
  expect_invalid(bad,
                 "get(x) by c2, called at 0.050 s, returned 6, which only put(x, 6) by c1 had "
                 "tried to write, and that had failed",
                 {1, 2});
}

TEST(LinearExamples, ValueFromNowhereAndFromTheFuture) {
  HistoryBuilder nowhere;
  nowhere.put(1, 5, 10).ok(20);
  nowhere.get(2, 50).ok(60, {9});
  expect_invalid(nowhere, "get(x) by c2, called at 0.050 s, returned 9, which nobody had written",
                 {1});

  HistoryBuilder future;
  future.get(2, 10).ok(20, {9});
  future.put(1, 9, 30).ok(40);
  expect_invalid(future,
                 "get(x) by c2 returned 9 and returned at 0.020 s, before put(x, 9) by c1 was "
                 "called at 0.030 s, the first to write 9",
                 {0, 1});
}

TEST(LinearExamples, DoubleSuccessfulCas) {
  HistoryBuilder good;
  good.write(1, 5, 0).ok(5);
  good.cas(1, 5, 6, 10).ok(30, {true});
  good.cas(2, 6, 7, 20).ok(40, {true});
  expect_valid(good);

  HistoryBuilder bad;
  bad.write(1, 5, 0).ok(5);
  bad.cas(1, 5, 6, 10).ok(30, {true});
  bad.cas(2, 5, 7, 20).ok(40, {true});
  expect_invalid(bad,
                 "cas(x, 5, 6) by c1 and cas(x, 5, 7) by c2 both succeeded, although 5 was "
                 "written only once and the first of them replaced it",
                 {0, 1, 2});
}

TEST(LinearExamples, FailedCasThatSaysWhatItSawIsARead) {
  HistoryBuilder good;
  good.write(1, 5, 0).ok(5);
  good.cas(2, 4, 6, 10).ok(20, {false, 5});
  expect_valid(good);

  HistoryBuilder bad;
  bad.write(1, 5, 0).ok(5);
  bad.write(1, 6, 6).ok(8);
  bad.cas(2, 4, 9, 10).ok(20, {false, 5});
  expect_invalid(bad,
                 "write(x, 6) by c1 returned at 0.008 s; cas(x, 4, 9) by c2, called at 0.010 s, "
                 "found 5, which 6 had replaced",
                 {0, 1, 2});
}

TEST(LinearExamples, FailedCasThatDoesNotSayWhatItSaw) {
  HistoryBuilder good;
  good.write(1, 5, 0).ok(5);
  good.write(2, 4, 8).unknown(9);
  good.cas(3, 5, 6, 10).ok(20, {false});  // Only the unknown write explains it.
  good.read(3, 30).ok(40, {4});
  expect_valid(good);

  HistoryBuilder bad;
  bad.write(1, 5, 0).ok(5);
  bad.cas(3, 5, 6, 10).ok(20, {false});
  expect_invalid(bad,
                 "no order that agrees with real time explains write(x, 5) by c1 (0.000 s to "
                 "0.005 s) answered ok; cas(x, 5, 6) by c3 (0.010 s to 0.020 s) answered false: "
                 "when cas(x, 5, 6) by c3 returned, the value can only have been 5",
                 {0, 1});
}

TEST(LinearExamples, UnknownWriteMayAppearLateOrNever) {
  HistoryBuilder late;
  late.put(1, 5, 10).ok(20);
  late.put(2, 6, 30).unknown(40);
  late.get(1, 50).ok(60, {5});
  late.get(1, 500).ok(510, {5});
  late.get(1, 1000).ok(1010, {6});
  expect_valid(late);

  HistoryBuilder never;
  never.put(1, 5, 10).ok(20);
  never.put(2, 6, 30).unknown(40);
  never.get(1, 50).ok(60, {5});
  expect_valid(never);
}

TEST(LinearExamples, UnknownWriteMayNotAppearAndDisappear) {
  HistoryBuilder bad;
  bad.put(1, 5, 10).ok(20);
  bad.put(2, 6, 30).unknown(40);
  bad.get(1, 50).ok(60, {6});
  bad.get(3, 70).ok(80, {5});
  expect_invalid(bad,
                 "get(x) by c1 returned 6 and ended at 0.060 s; get(x) by c3, called at 0.070 s, "
                 "returned 5, which 6 had replaced",
                 {0, 1, 2, 3});
}

TEST(LinearExamples, UnknownWriteMayNotAppearBeforeItsCall) {
  HistoryBuilder bad;
  bad.get(1, 5).ok(8, {6});
  bad.put(2, 6, 30).unknown(40);
  expect_invalid(bad,
                 "get(x) by c1 returned 6 and returned at 0.008 s, before put(x, 6) by c2 was "
                 "called at 0.030 s, the first to write 6",
                 {0, 1});
}

TEST(LinearExamples, DeleteRemoves) {
  HistoryBuilder good;
  good.put(1, 5, 10).ok(20);
  good.erase(1, 30).ok(40, {true});
  good.get(2, 50).ok(60, {Value()});
  good.append(2, 8, 70).ok(80);
  good.get(2, 90).ok(95, {list_of({8})});
  expect_valid(good);

  HistoryBuilder bad;
  bad.put(1, 5, 10).ok(20);
  bad.erase(1, 30).ok(40, {true});
  bad.get(2, 50).ok(60, {5});
  expect_invalid(bad,
                 "delete(x) by c1 returned at 0.040 s; get(x) by c2, called at 0.050 s, returned "
                 "5, which the delete had removed",
                 {0, 1, 2});
}

TEST(LinearExamples, ALaterAppendIsSeenWithoutAnEarlier) {
  const auto history = [](std::int64_t later_ms) {
    HistoryBuilder h;
    h.append(1, "a", 10).ok(20);
    h.get(2, 15).ok(60, {list_of({"b"})});
    h.append(3, "b", later_ms).ok(50);
    h.get(4, 70).unknown(80);
    return h;
  };
  expect_invalid(history(30),
                 "append(x, \"a\") by c1 returned at 0.020 s, before append(x, \"b\") by c3 was "
                 "called at 0.030 s; get(x) by c2 returned [\"b\"], which has \"b\" and lacks "
                 "\"a\"",
                 {0, 1, 2});
  expect_valid(history(18));
}

TEST(LinearExamples, ADeleteThatSaysNothingRemovesAllTheSame) {
  HistoryBuilder bad;
  bad.put(1, 5, 10).ok(20);
  bad.erase(1, 30).ok(40);
  bad.get(2, 50).ok(60, {5});
  EXPECT_EQ(linearizability(bad).topic, "resurrected-value");
}

TEST(LinearExamples, ALockIsHeldTwiceOrReleasedByNobody) {
  HistoryBuilder twice;
  twice.call(1, Function::kAcquire, "m", {}, 10).ok(20);
  twice.call(2, Function::kAcquire, "m", {}, 30).ok(40);
  EXPECT_EQ(linearizability(twice).topic, "double-acquire");
  HistoryBuilder free;
  free.call(1, Function::kRelease, "m", {}, 10).ok(20);
  EXPECT_EQ(linearizability(free).topic, "release-without-acquire");
}

TEST(LinearExamples, ReadsDisagreeAboutTheOrderOfAppends) {
  HistoryBuilder bad;
  bad.append(1, "a", 10).ok(100);
  bad.append(2, "b", 10).ok(100);
  bad.get(3, 20).ok(90, {list_of({"a", "b"})});
  bad.get(4, 20).ok(90, {list_of({"b", "a"})});
  expect_invalid(bad,
                 "get(x) by c3 returned [\"a\", \"b\"] and get(x) by c4 returned [\"b\", \"a\"], "
                 "of which neither continues the other, although there are only appends",
                 {0, 1, 2, 3});
}

TEST(LinearExamples, OperationsThatTouchInTimeAreConcurrent) {
  HistoryBuilder good;
  good.put(1, 5, 10).ok(20);
  good.get(2, 20).ok(30, {Value()});
  expect_valid(good);

  HistoryBuilder bad;
  bad.put(1, 5, 10).ok(20);
  bad.get(2, 21).ok(30, {Value()});
  EXPECT_EQ(linearizability(bad).verdict, Verdict::kInvalid);
}

TEST(LinearExamples, AScalarIsASequenceOfOneInAMapButNotInARegister) {
  HistoryBuilder map;
  map.put(1, 5, 10).ok(20);
  map.append(1, 6, 30).ok(40);
  map.get(2, 50).ok(60, {list_of({5, 6})});
  map.put(1, 7, 70).ok(80);
  map.get(2, 90).ok(95, {list_of({7})});
  expect_valid(map);

  HistoryBuilder cell;
  cell.write(1, 5, 10).ok(20);
  cell.read(2, 50).ok(60, {list_of({5})});
  EXPECT_EQ(linearizability(cell).verdict, Verdict::kInvalid);
}

TEST(LinearExamples, KeysAreJudgedApartAndTheEarliestFindingIsFirst) {
  HistoryBuilder bad;
  int ms = 0;
  for (const char* key : {"a", "b", "c"}) {
    ms += 10;
    bad.call(1, Function::kPut, key, {1}, ms).ok(ms + 5);
  }
  bad.call(2, Function::kGet, "c", {}, 600).ok(610, {9});
  bad.call(2, Function::kGet, "a", {}, 700).ok(710, {8});
  bad.call(2, Function::kGet, "b", {}, 800).ok(810, {1});
  const CheckResult judged = check_history(bad);
  ASSERT_GE(judged.reports.size(), 2U);
  EXPECT_EQ(judged.reports[0].key, "c");
  EXPECT_EQ(judged.reports[1].key, "a");
  EXPECT_EQ(judged.finding()->key, "c");
}

TEST(LinearExamples, AttemptsOfOneRequestTakeEffectOnce) {
  // The first attempt took effect, was seen, and its retry was answered much later.
  HistoryBuilder good;
  good.append(1, "a", 10).unknown(20).session(4, 1);
  good.get(2, 30).ok(40, {list_of({"a"})});
  good.append(3, "a", 50).ok(60).session(4, 1);
  good.get(2, 70).ok(80, {list_of({"a"})});
  expect_valid(good);

  HistoryBuilder bad;
  bad.append(1, "a", 10).unknown(20).session(4, 1);
  bad.append(3, "a", 50).ok(60).session(4, 1);
  bad.get(2, 70).ok(80, {list_of({"a", "a"})});
  EXPECT_EQ(linearizability(bad).verdict, Verdict::kInvalid);
}

}  // namespace
}  // namespace plumbline::checker
