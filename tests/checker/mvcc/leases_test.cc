// Leases and the locks made of them (checker/mvcc/leases.h, locks.h).

#include "checker/mvcc/leases.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "checker/mvcc/locks.h"
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

// Lease 7 of one second, granted at 0.010 s, with keys a and b since revisions 2 and 3.
B store() {
  B h;
  h.call(1, Function::kLeaseGrant, "", {7, 1}, 10).ok(15, {7, 1}).revision(1);
  h.put_ok(1, "a", 1, 20, 2, {option("lease", 7)});
  h.put_ok(1, "b", 2, 30, 3, {option("lease", 7)});
  return h;
}

// Both keys gone at revision 4, as a reader learnt at a time.
B ended(std::int64_t ms) {
  B h = store();
  h.range_ok(2, "a", {}, ms, 4);
  return h;
}

TEST(Leases, DoNotEndBeforeTheirTime) {
  EXPECT_EQ(report_of(ended(1010), "lease-never-early").verdict, Verdict::kValid);
  EXPECT_EQ(report_of(ended(1010), "mvcc-replay").verdict, Verdict::kValid);
  const Report early = report_of(ended(500), "lease-never-early");
  EXPECT_EQ(early.topic, "lease-ended-early");
  EXPECT_EQ(
      early.sentence,
      "lease 7 ended early because lease-grant(, 7, 1) by c1, called at 0.010 s, kept it until "
      "1.010 s at least, but its keys were deleted by revision 4, which range(a) by c2 knew at "
      "0.505 s");
  EXPECT_EQ(early.witness, (std::vector<std::uint64_t>{0, 3}));

  MvccOptions drifting;
  drifting.drift_thousandths = 500;
  EXPECT_EQ(report_of(ended(510), "lease-never-early", drifting).verdict, Verdict::kValid);
}

TEST(Leases, AreProlongedByRenewals) {
  B h = store();
  h.call(1, Function::kLeaseKeepAlive, "", {7}, 900).ok(910, {1}).revision(3);
  h.range_ok(2, "a", {}, 1500, 4);
  EXPECT_EQ(report_of(h, "lease-never-early").topic, "lease-ended-early");
}

TEST(Leases, DoNotLiveForEver) {
  B h = store();
  h.range_ok(2, "a", {kv("a", 1, 2, 2, 1, 7)}, 3000, 3);
  MvccOptions options;
  EXPECT_EQ(report_of(h, "lease-not-for-ever", options).verdict, Verdict::kValid);
  options.lease_bound_ns = 5000 * B::kMs;
  EXPECT_EQ(report_of(h, "lease-not-for-ever", options).verdict, Verdict::kValid);
  options.lease_bound_ns = 500 * B::kMs;
  const Report report = report_of(h, "lease-not-for-ever", options);
  EXPECT_EQ(report.topic, "lease-for-ever");
  EXPECT_EQ(
      report.sentence,
      "lease 7 outlived its time because lease-grant(, 7, 1) by c1 kept it until 1.015 s at "
      "most, and range(a) by c2, called at 3.000 s, was answered at revision 3, where \"a\" = "
      "1 of revision 2 was still attached to it");
}

TEST(Leases, StayEnded) {
  B good = store();
  good.call(1, Function::kLeaseRevoke, "", {7}, 100).ok(110).revision(4);
  good.call(2, Function::kLeaseKeepAlive, "", {7}, 120).ok(130, {0}).revision(4);
  EXPECT_EQ(report_of(good, "lease-stays-ended").verdict, Verdict::kValid);

  B bad = store();
  bad.call(1, Function::kLeaseRevoke, "", {7}, 100).ok(110).revision(4);
  bad.call(2, Function::kLeaseKeepAlive, "", {7}, 120).ok(130, {1}).revision(4);
  const Report report = report_of(bad, "lease-stays-ended");
  EXPECT_EQ(report.topic, "lease-lives-on");
  EXPECT_EQ(report.sentence,
            "lease 7 had ended because lease-revoke(, 7) by c1 knew of it at 0.110 s; "
            "lease-keep-alive(, 7) by c2, called at 0.120 s, kept it alive");
}

TEST(Leases, EndWithAllTheirKeysAtOnce) {
  const auto history = [](bool torn) {
    B h = store();
    std::vector<Value> last = {B::delete_event("a", 4)};
    if (!torn) last.push_back(B::delete_event("b", 4));
    h.watch(2, "a", "z", {option("start", 2)}, 40, 5000,
            {B::told(50, 2, {B::put_event(kv("a", 1, 2, 2, 1, 7))}),
             B::told(51, 3, {B::put_event(kv("b", 2, 3, 3, 1, 7))}), B::told(2000, 4, last)});
    return h;
  };
  EXPECT_EQ(report_of(history(false), "lease-atomic").verdict, Verdict::kValid);
  EXPECT_EQ(report_of(history(false), "watch-reliable").verdict, Verdict::kValid);
  const Report torn = report_of(history(true), "lease-atomic");
  EXPECT_EQ(torn.topic, "lease-torn");
  EXPECT_EQ(torn.sentence,
            "watch([a, z)) by c2 was told at revision 4 of the delete of \"a\" by the end of lease "
            "7, but not of \"b\", which was attached to it too");
}

TEST(Leases, TakeTheirKeysWithThem) {
  B h = store();
  h.call(1, Function::kLeaseRevoke, "", {7}, 100).ok(110).revision(3);
  const Report report = report_of(h, "mvcc-replay");
  EXPECT_EQ(report.topic, "lease-keys-left");
  EXPECT_EQ(report.sentence,
            "lease-revoke(, 7) by c1 was answered at revision 3, where 2 of the keys of lease 7 "
            "were still there");
}

TEST(Leases, AreKnownAsLongAsTheyLive) {
  B lost = store();
  lost.call(2, Function::kLeaseRevoke, "", {7}, 100)
      .ok(110, {list_of({"error", "lease-not-found"})});
  lost.call(1, Function::kLeaseKeepAlive, "", {7}, 120).ok(130, {1}).revision(3);
  EXPECT_EQ(report_of(lost, "lease-known").topic, "lease-lost");
  EXPECT_EQ(report_of(lost, "lease-known").witness, (std::vector<std::uint64_t>{0, 3, 4}));

  B never;
  never.call(1, Function::kLeaseGrant, "", {7, 1}, 10).ok(15, {7, 1}).revision(1);
  never.put_ok(1, "a", 1, 20, 2, {option("lease", 8)});
  EXPECT_EQ(report_of(never, "lease-known").topic, "lease-never-granted");
}

// --- Locks ---

HistoryBuilder fenced(std::int64_t second_token) {
  HistoryBuilder h;
  h.call(1, Function::kWrite, "r", {list_of({5, "x"})}, 10).ok(20);
  h.call(2, Function::kWrite, "r", {list_of({second_token, "y"})}, 30).ok(40);
  return h;
}

TEST(Locks, TheResourceTakesNoOldToken) {
  EXPECT_EQ(check_fencing(fenced(5)).verdict, Verdict::kValid);
  EXPECT_EQ(check_fencing(fenced(6)).verdict, Verdict::kValid);
  const Report report = check_fencing(fenced(4));
  EXPECT_EQ(report.topic, "stale-token");
  EXPECT_EQ(report.sentence,
            "the resource r took an old token because write(r, [5, \"x\"]) by c1 had been taken by "
            "0.020 s with token 5; write(r, [4, \"y\"]) by c2, called at 0.030 s, was taken with "
            "token 4");
  EXPECT_EQ(report.witness, (std::vector<std::uint64_t>{0, 1}));
}

TEST(Locks, BeliefOfExclusionIsANegativeControl) {
  HistoryBuilder h;
  h.call(1, Function::kAcquire, "l", {}, 10).ok(20).revision(2);
  h.call(2, Function::kAcquire, "l", {}, 30).ok(40).revision(5);
  h.call(1, Function::kRelease, "l", {}, 50).ok(60);
  const Report report = check_belief_of_exclusion(h);
  EXPECT_EQ(report.topic, "two-holders");
  EXPECT_EQ(report.sentence,
            "two clients believed to hold lock l: acquire(l) by c1 since 0.020 s and acquire(l) by "
            "c2 since 0.040 s");

  HistoryBuilder apart;
  apart.call(1, Function::kAcquire, "l", {}, 10).ok(20).revision(2);
  apart.call(1, Function::kRelease, "l", {}, 25).ok(30);
  apart.call(2, Function::kAcquire, "l", {}, 30).ok(40).revision(5);
  EXPECT_EQ(check_belief_of_exclusion(apart).verdict, Verdict::kValid);
}

}  // namespace
}  // namespace plumbline::checker::mvcc
