#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"
#include "nodes/base/nearest.h"
#include "nodes/base/result.h"
#include "nodes/base/time.h"

namespace plumbline {
namespace {

template <class A, class B>
constexpr bool kComparable = requires(A a, B b) {
  a == b;
};
template <class A, class B>
constexpr bool kSubtractable = requires(A a, B b) {
  a - b;
};

// An id is made and read in plain sight only, and never taken for another kind of id.
static_assert(!std::is_convertible_v<Term, LogIndex> && !std::is_constructible_v<LogIndex, Term>);
static_assert(!std::is_convertible_v<NodeId, ReplicaId> &&
              !std::is_assignable_v<NodeId&, ReplicaId>);
static_assert(!std::is_convertible_v<std::uint64_t, Term> &&
              !std::is_convertible_v<Term, std::uint64_t>);
static_assert(!std::is_convertible_v<SessionId, Sequence> &&
              !std::is_convertible_v<Revision, LogIndex>);
static_assert(!std::is_convertible_v<Term, bool>);
static_assert(kComparable<Term, Term> && !kComparable<Term, LogIndex> && !kComparable<Term, int>);

// Clocks are not mixed: a difference exists on one clock only, and two points are never added.
static_assert(!std::is_convertible_v<Instant, WallTime> &&
              !std::is_constructible_v<TrueTime, Instant>);
static_assert(!std::is_convertible_v<Duration, Instant> &&
              !std::is_convertible_v<std::int64_t, Instant>);
static_assert(kSubtractable<Instant, Instant> && !kSubtractable<Instant, TrueTime>);
static_assert(!kComparable<Instant, WallTime> && !kComparable<Instant, Duration>);
static_assert(std::is_same_v<decltype(Instant{} - Instant{}), Duration>);
template <class A, class B>
constexpr bool kAddable = requires(A a, B b) {
  a + b;
};
static_assert(kAddable<Instant, Duration> && !kAddable<Instant, Instant>);

static_assert(seconds(1) == milliseconds(1'000) && milliseconds(1) == microseconds(1'000));
static_assert(microseconds(1) == nanoseconds(1'000));
static_assert(Instant{5} + nanoseconds(2) == Instant{7} &&
              Instant{5} - Instant{7} == nanoseconds(-2));
static_assert(Instant::never() > Instant{} + seconds(1'000'000'000));

TEST(Ids, StepAndCompare) {
  EXPECT_FALSE(LogIndex());
  EXPECT_TRUE(LogIndex(1));
  EXPECT_EQ(LogIndex(4).next(), LogIndex(5));
  EXPECT_EQ(LogIndex(4).previous(), LogIndex(3));
  EXPECT_EQ(LogIndex(4).plus(6), LogIndex(10));
  EXPECT_LT(Term(3), Term(4));
}

TEST(Blob, CopiesShareOneAllocationThatOutlivesTheFirst) {
  std::vector<Blob> blobs = {Blob("payload")};
  blobs.reserve(3);
  blobs.push_back(blobs[0]);
  blobs.emplace_back();
  blobs[2] = blobs[1];
  const char* const bytes = blobs[0].view().data();
  blobs.erase(blobs.begin());
  for (const Blob& blob : blobs) {
    EXPECT_EQ(blob.view(), "payload");
    EXPECT_EQ(blob.view().data(), bytes);
  }
}

TEST(Blob, MovingLeavesNothingBehindAndSelfAssignmentIsHarmless) {
  Blob blob("payload");
  Blob taken = std::move(blob);
  EXPECT_TRUE(blob.empty());
  EXPECT_EQ(taken.size(), 7U);
  const Blob& alias = taken;
  taken = alias;
  EXPECT_EQ(taken.view(), "payload");
}

TEST(Blob, IsEqualByItsBytes) {
  EXPECT_EQ(Blob("a"), Blob("a"));
  EXPECT_FALSE(Blob("a") == Blob("b"));
  EXPECT_EQ(Blob(), Blob(""));
  EXPECT_FALSE(Blob() == Blob(BytesView("\0", 1)));
  EXPECT_EQ(Blob(BytesView("a\0b", 3)).size(), 3U);
}

TEST(Result, IsAValueOrAReason) {
  Result<int> good(7);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 7);
  const Result<int> bad(Error{Errc::kCorrupt, "segment 3"});
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::kCorrupt);
  EXPECT_EQ(bad.error().message(), "segment 3: corrupt");
  const Status status(Errc::kNoSpace);
  EXPECT_FALSE(status);
  EXPECT_EQ(status.error().message(), "no space left");
  EXPECT_TRUE(Status());
}

TEST(Result, GivesAMoveOnlyValueAway) {
  Result<std::unique_ptr<int>> made(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = std::move(*made);
  EXPECT_EQ(*taken, 3);
}

TEST(ResultDeathTest, ReadingTheValueOfAFailureNamesTheReason) {
  const Result<int> bad(Error{Errc::kIo, "sync of log/3"});
  EXPECT_DEATH(static_cast<void>(*bad), "assertion failed: ok\\(\\).*sync of log/3");
}

TEST(AssertDeathTest, SaysWhereInTheRun) {
  EXPECT_DEATH(
      {
        set_assert_context([] { return std::string("n2 at 1.5 s, seed 7"); });
        PLUMB_ASSERT(1 > 2, "term " + std::to_string(3));
      },
      "assertion failed: 1 > 2 at .*values_test.cc:[0-9]+: term 3 n2 at 1.5 s, seed 7");
}

TEST(Nearest, NamesTheMistypedWordOrNothing) {
  const std::vector<std::string> names = {"workloads", "duration_ms", "faults"};
  EXPECT_EQ(nearest_name("duration_msec", names), "duration_ms");
  EXPECT_EQ(nearest_name("fault", names), "faults");
  EXPECT_EQ(nearest_name("zebra", names), "");
}

}  // namespace
}  // namespace plumbline
