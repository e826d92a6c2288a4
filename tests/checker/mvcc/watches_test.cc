// The guarantees of watches, each with histories that keep and that break it
// (checker/mvcc/watches.h).

#include "checker/mvcc/watches.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "checker/mvcc/mvcc.h"
#include "tests/checker/mvcc/mvcc_builder.h"

namespace plumbline::checker::mvcc {
namespace {

using B = StoreBuilder;

Report report_of(const History& history, std::string_view property, MvccOptions options = {}) {
  EXPECT_EQ(fault_of(history), std::nullopt);
  for (const Report& report : check_mvcc(history, options)) {
    if (report.property == property) return report;
  }
  ADD_FAILURE() << "no report on " << property;
  return {};
}

// Revision 2 puts a = 1, revision 3 puts b = 2, revision 4 puts a = 3, revision 5 deletes a.
B store() {
  B h;
  h.put_ok(1, "a", 1, 10, 2);
  h.put_ok(1, "b", 2, 20, 3);
  h.put_ok(1, "a", 3, 30, 4);
  h.request(1, erase("a"), 40).ok(45, {list_of({"delete", 1, Value(Value::List{})})}).revision(5);
  return h;
}
Value put2() { return B::put_event(kv("a", 1, 2, 2, 1)); }
Value put3() { return B::put_event(kv("b", 2, 3, 3, 1)); }
Value put4() { return B::put_event(kv("a", 3, 2, 4, 2)); }
Value delete5() { return B::delete_event("a", 5); }

struct Row {
  const char* property;
  const char* topic;
  std::vector<Value> options;
  std::vector<Value> good;
  std::vector<Value> bad;
  const char* sentence;
};

// What a watch tells by itself.
std::vector<Row> rows_of_one_watch() {
  const Value from2 = option("start", 2);
  return {
      {"watch-filter",
       "watch-filter",
       {from2, option("filter", "delete")},
       {B::told(60, 2, {put2()}), B::told(61, 3, {put3()}), B::told(62, 4, {put4()})},
       {B::told(60, 2, {put2()}), B::told(61, 3, {put3()}), B::told(62, 4, {put4()}),
        B::told(63, 5, {delete5()})},
       "watch([a, z)) by c2 was told of the delete of \"a\" at revision 5, which it had not asked "
       "for, made by delete(a) by c1"},
      {"watch-ordered",
       "watch-reorder",
       {from2},
       {B::told(60, 2, {put2()}), B::told(61, 3, {put3()})},
       {B::told(60, 3, {put3()}), B::told(61, 2, {put2()})},
       "watch([a, z)) by c2 was told of the put of \"a\" at revision 2 after a change of revision "
       "3, made by put(a, 1) by c1"},
      {"watch-unique",
       "watch-duplicate",
       {from2},
       {B::told(60, 2, {put2()}), B::told(61, 3, {put3()})},
       {B::told(60, 2, {put2()}), B::told(61, 2, {put2()})},
       "watch([a, z)) by c2 was told twice of the put of \"a\" at revision 2, made by put(a, 1) by "
       "c1"},
      {"watch-bookmarkable",
       "watch-progress",
       {from2},
       {B::told(60, 2, {put2()}), B::word("progress", 61, 2), B::told(62, 3, {put3()})},
       {B::told(60, 2, {put2()}), B::word("progress", 61, 3), B::told(62, 3, {put3()})},
       "watch([a, z)) by c2 was told of the put of \"b\" at revision 3 after word that all up to "
       "revision 3 had been told, made by put(b, 2) by c1"},
  };
}

// What it tells of the store.
std::vector<Row> rows_of_the_store() {
  const Value from2 = option("start", 2);
  return {
      {"watch-resumable",
       "watch-gap",
       {from2},
       {B::told(60, 2, {put2()})},
       {B::told(60, 3, {put3()})},
       "watch([a, z)) by c2 from revision 2 on began with the put of \"b\" at revision 3 and left "
       "out the put of \"a\" at revision 2, made by put(a, 1) by c1"},
      {"watch-is-create",
       "watch-is-create",
       {from2},
       {B::told(60, 2, {put2()})},
       {B::told(60, 2, {B::put_event(kv("a", 1, 2, 2, 2))})},
       "watch([a, z)) by c2 was told of the put of \"a\" at revision 2 with version 2 and creation "
       "at revision 2, made by put(a, 1) by c1"},
      {"watch-reliable",
       "watch-gap",
       {from2},
       {B::told(60, 2, {put2()}), B::told(61, 3, {put3()}), B::told(62, 4, {put4()})},
       {B::told(60, 2, {put2()}), B::told(62, 4, {put4()})},
       "watch([a, z)) by c2 was not told of the put of \"b\" at revision 3, but of the put of "
       "\"a\" at revision 4, made by put(b, 2) by c1"},
      {"watch-reliable",
       "watch-wrong-event",
       {from2},
       {B::told(60, 2, {put2()})},
       {B::told(60, 2, {B::put_event(kv("a", 9, 2, 2, 1))})},
       "watch([a, z)) by c2 was told that revision 2 put \"a\" = 9 of revision 2 instead of \"a\" "
       "= 1 of revision 2, made by put(a, 1) by c1"},
      {"watch-reliable",
       "watch-gap",
       {from2},
       {B::told(60, 2, {put2()}), B::word("progress", 61, 2)},
       {B::told(60, 2, {put2()}), B::word("progress", 61, 3)},
       "watch([a, z)) by c2 was told of all up to revision 3, but not of the put of \"b\" at "
       "revision 3, made by put(b, 2) by c1"},
  };
}

std::vector<Row> more_rows_of_the_store() {
  const Value from2 = option("start", 2);
  return {
      {"watch-previous-value",
       "watch-previous",
       {option("start", 4), option("prev_kv", true)},
       {B::told(60, 4, {B::put_event(kv("a", 3, 2, 4, 2), kv("a", 1, 2, 2, 1))})},
       {B::told(60, 4, {B::put_event(kv("a", 3, 2, 4, 2), kv("a", 2, 2, 2, 1))})},
       "watch([a, z)) by c2 was told with the put of \"a\" at revision 4 that the key held \"a\" = "
       "2 of revision 2 before, instead of \"a\" = 1 of revision 2, made by put(a, 3) by c1"},
      {"watch-real-time",
       "watch-real-time",
       {from2},
       {B::told(12, 2, {put2()})},
       {B::told(9, 2, {put2()})},
       "watch([a, z)) by c2 was told at 0.009 s of the put of \"a\" at revision 2, which was "
       "called "
       "only at 0.010 s, made by put(a, 1) by c1"},
      {"watch-start",
       "watch-before-start",
       {option("start", 4)},
       {B::told(60, 4, {put4()})},
       {B::told(59, 3, {put3()}), B::told(60, 4, {put4()})},
       "watch([a, z)) by c2 was told of the put of \"b\" at revision 3, although it started at "
       "revision 4, made by put(b, 2) by c1"},
      {"watch-fragments",
       "watch-fragment",
       {from2, option("fragment", true)},
       {B::told(60, 2, {put2()}, true), B::told(61, 3, {put3()})},
       {B::told(60, 3, {put3()}, true), B::told(61, 2, {put2()})},
       "watch([a, z)) by c2 was promised more of revision 3, and what followed was older, made by "
       "put(b, 2) by c1"},
      {"watch-compacted",
       "watch-false-compacted",
       {from2},
       {B::told(60, 2, {put2()})},
       {B::told(60, 2, {put2()}), B::word("compacted", 62, 4)},
       "watch([a, z)) by c2 waiting for revision 3 was told that all below revision 4 is "
       "compacted, "
       "which nobody had asked for"},
  };
}

TEST(Watches, EachGuaranteeIsKeptAndBroken) {
  std::vector<Row> rows = rows_of_one_watch();
  for (auto* more : {rows_of_the_store, more_rows_of_the_store}) {
    for (Row& row : more()) rows.push_back(std::move(row));
  }
  for (const Row& row : rows) {
    B good = store();
    good.watch(2, "a", "z", row.options, 50, 90, row.good);
    EXPECT_EQ(report_of(good, row.property).verdict, Verdict::kValid)
        << row.property << ": " << report_of(good, row.property).sentence;

    B bad = store();
    bad.watch(2, "a", "z", row.options, 50, 90, row.bad);
    const Report report = report_of(bad, row.property);
    EXPECT_EQ(report.verdict, Verdict::kInvalid) << row.property;
    EXPECT_EQ(report.topic, row.topic);
    EXPECT_EQ(report.sentence, row.sentence);
    ASSERT_FALSE(report.witness.empty());
    EXPECT_EQ(report.witness.back(), 4U);
  }
}

TEST(Watches, ARevisionIsNotSplitUnlessItIsInFragments) {
  const auto history = [](bool fragment) {
    B h;
    h.request(1, txn({}, {put("a", 1), put("b", 2)}, {}), 10)
        .ok(15, {list_of({"txn", true,
                          list_of({list_of({"put", Value()}), list_of({"put", Value()})})})})
        .revision(2);
    std::vector<Value> options = {option("start", 2)};
    if (fragment) options.push_back(option("fragment", true));
    h.watch(
        2, "a", "z", options, 20, 50,
        {B::told(30, 2, {put2()}, fragment), B::told(31, 2, {B::put_event(kv("b", 2, 2, 2, 1))})});
    return h;
  };
  EXPECT_EQ(report_of(history(true), "watch-atomic").verdict, Verdict::kValid);
  EXPECT_EQ(report_of(history(true), "watch-reliable").verdict, Verdict::kValid);
  const Report split = report_of(history(false), "watch-atomic");
  EXPECT_EQ(split.topic, "watch-split");
  EXPECT_EQ(
      split.sentence,
      "watch([a, z)) by c2 was told of the changes of revision 2 in two responses that are no "
      "fragments, made by txn(0 compares, put(a, 1), put(b, 2)) by c1");
}

TEST(Watches, ACompactedStartIsRefusedWithTheRevision) {
  B good = store();
  good.call(3, Function::kCompact, "", {4}, 50).ok(55).revision(5);
  good.watch(2, "a", "z", {option("start", 2)}, 60, 90, {B::word("compacted", 62, 4)});
  EXPECT_EQ(report_of(good, "watch-compacted").verdict, Verdict::kValid);

  B at_the_edge = store();  // The event at the revision compacted to can still be watched.
  at_the_edge.call(3, Function::kCompact, "", {4}, 50).ok(55).revision(5);
  at_the_edge.watch(2, "a", "z", {option("start", 4)}, 60, 90, {B::told(62, 4, {put4()})});
  EXPECT_EQ(report_of(at_the_edge, "watch-compacted").verdict, Verdict::kValid);

  B served = store();
  served.call(3, Function::kCompact, "", {4}, 50).ok(55).revision(5);
  served.watch(2, "a", "z", {option("start", 2)}, 60, 90, {B::told(62, 4, {put4()})});
  const Report report = report_of(served, "watch-compacted");
  EXPECT_EQ(report.topic, "watch-below-compaction");
  EXPECT_EQ(report.witness, (std::vector<std::uint64_t>{4, 5}));
}

TEST(Watches, CatchUpWhenNothingDisturbs) {
  B lags = store();
  lags.watch(2, "a", "z", {option("start", 2)}, 50, 900, {B::told(60, 2, {put2()})});
  MvccOptions options;
  options.quiet_from = 100 * B::kMs;
  options.catch_up_ns = 500 * B::kMs;
  EXPECT_EQ(report_of(lags, "watch-catches-up", options).topic, "watch-lags");
  options.catch_up_ns = 900 * B::kMs;
  EXPECT_EQ(report_of(lags, "watch-catches-up", options).verdict, Verdict::kValid);
}

TEST(Watches, WithoutAReplayTheirResponsesStillSpeak) {
  B h = store();
  h.put_ok(1, "c", 7, 50, 5);  // Revision 5 twice: nothing can be replayed.
  h.watch(2, "a", "z", {option("start", 2)}, 60, 90,
          {B::told(62, 3, {put3()}), B::told(63, 2, {put2()})});
  EXPECT_EQ(report_of(h, "mvcc-replay").verdict, Verdict::kUnknown);
  EXPECT_EQ(report_of(h, "watch-ordered").verdict, Verdict::kInvalid);
  EXPECT_EQ(report_of(h, "watch-reliable").verdict, Verdict::kValid);
}

}  // namespace
}  // namespace plumbline::checker::mvcc
