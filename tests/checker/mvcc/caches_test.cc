// What a cache in front of a store may answer (checker/mvcc/caches.h).

#include "checker/mvcc/caches.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plumbline::checker::mvcc {
namespace {

constexpr std::int64_t kMs = 1'000'000;

struct CacheHistory {
  History history;

  CacheHistory& add(Function function, std::int64_t process, const char* key, std::int64_t ms,
                    std::int64_t revision) {
    Operation op;
    op.function = function;
    op.process = process;
    op.key = key;
    op.invoked_at = ms * kMs;
    op.returned_at = (ms + 5) * kMs;
    op.outcome = Outcome::kOk;
    if (revision > 0) op.revision = revision;
    history.operations.push_back(std::move(op));
    return *this;
  }
  CacheHistory& put(std::int64_t process, const char* key, Value value, std::int64_t ms,
                    std::int64_t revision) {
    add(Function::kPut, process, key, ms, revision);
    history.operations.back().arguments = {std::move(value)};
    return *this;
  }
  CacheHistory& get(std::int64_t process, const char* key, Value value, std::int64_t ms,
                    std::int64_t revision) {
    add(Function::kGet, process, key, ms, revision);
    history.operations.back().results = {std::move(value)};
    history.operations.back().set_server("cache" + std::to_string(process));
    return *this;
  }
};

// x is 1 at revision 2 and 2 at revision 3; y is 5 at revision 4.
CacheHistory store() {
  return CacheHistory().put(1, "x", 1, 10, 2).put(1, "x", 2, 20, 3).put(2, "y", 5, 30, 4);
}

CacheOptions options() {
  CacheOptions options;
  options.staleness_bound_ns = 100 * kMs;
  options.quiet_from = 1000 * kMs;
  return options;
}

void expect_only(const CacheHistory& built, const std::string& property, const std::string& topic,
                 const std::string& sentence) {
  ASSERT_EQ(fault_of(built.history), std::nullopt);
  for (const Report& report : check_caches(built.history, options())) {
    if (report.property != property) continue;
    EXPECT_EQ(report.verdict, Verdict::kInvalid);
    EXPECT_EQ(report.topic, topic);
    EXPECT_EQ(report.sentence, sentence);
    EXPECT_FALSE(report.witness.empty());
    return;
  }
  ADD_FAILURE() << "no report on " << property;
}

TEST(Caches, MayLagWithinTheirBound) {
  CacheHistory good = store();
  good.get(3, "x", 1, 40, 2).get(3, "x", 2, 50, 3).get(3, "y", 5, 60, 4).get(3, "x", 2, 2000, 3);
  for (const Report& report : check_caches(good.history, options())) {
    EXPECT_EQ(report.verdict, Verdict::kValid) << report.property << report.sentence;
  }
  EXPECT_EQ(check_caches(good.history, options()).size(), 6U);
  EXPECT_TRUE(check_caches(store().history, options()).empty());
}

TEST(Caches, InventNothing) {
  expect_only(store().get(3, "x", 9, 40, 0), "cache-no-invention", "never-written",
              "get(x) by c3, called at 0.040 s, was answered by cache3 with 9 of revision 0, which "
              "nobody had written");
  expect_only(store().get(3, "x", 1, 40, 3), "cache-no-invention", "wrong-answer",
              "get(x) by c3, called at 0.040 s, was answered by cache3 with 1 of revision 3, but "
              "that revision was made by put(x, 2) by c1");
}

TEST(Caches, DoNotGoBack) {
  expect_only(store().get(3, "x", 2, 40, 3).get(3, "x", 1, 50, 2), "cache-monotonic",
              "non-monotonic-read",
              "get(x) by c3, called at 0.050 s, was answered by cache3 with 1 of revision 2, after "
              "get(x) by c3, called at 0.040 s, was answered by cache3 with 2 of revision 3");
}

TEST(Caches, ShowAProcessItsOwnWrites) {
  expect_only(store().get(1, "x", 1, 40, 2), "cache-reads-own-writes", "missed-own-write",
              "get(x) by c1, called at 0.040 s, was answered by cache1 with 1 of revision 2, "
              "although put(x, 2) by c1 had made revision 3");
}

TEST(Caches, HoldAPrefixOfTheChanges) {
  expect_only(
      store().get(3, "y", 5, 40, 4).get(3, "x", 1, 50, 2), "cache-is-prefix", "change-missed",
      "get(x) by c3, called at 0.050 s, was answered by cache3 with 1 of revision 2, without "
      "revision 3 of put(x, 2) by c1, although get(y) by c3, called at 0.040 s, was answered "
      "by cache3 with 5 of revision 4");
}

TEST(Caches, AreNotStaleForTooLong) {
  expect_only(store().get(3, "x", 1, 200, 2), "cache-bounded-staleness", "stale-for-too-long",
              "get(x) by c3, called at 0.200 s, was answered by cache3 with 1 of revision 2, "
              "although put(x, 2) by c1 had returned at 0.025 s with revision 3");
}

TEST(Caches, Converge) {
  expect_only(
      store().get(3, "x", 1, 2000, 2), "cache-convergence", "divergence",
      "get(x) by c3, called at 2.000 s, was answered by cache3 with 1 of revision 2 when all "
      "was quiet, but the last change was put(x, 2) by c1");
}

}  // namespace
}  // namespace plumbline::checker::mvcc
