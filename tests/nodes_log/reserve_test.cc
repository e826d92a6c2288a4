#include <gtest/gtest.h>

#include "tests/nodes_log/helpers.h"

// R-raft-22: a log that has filled its disk is made shorter with room that it kept for that.

namespace plumbline::log::test {
namespace {

constexpr char kReserve[] = "log/reserve";

bool has_reserve(const MemoryDisk& disk) {
  const auto paths = disk.paths();
  return std::find(paths.begin(), paths.end(), kReserve) != paths.end();
}

TEST(LogReserve, MakesRoomOnADiskThatTheLogHasFilled) {
  MemoryDisk disk;
  disk.capacity = kSmallCapacity;
  CountingSink sink;
  Records replayed;
  const std::unique_ptr<Log> log = std::move(open_log(disk, sink, replayed)->log);
  Written written;
  ASSERT_TRUE(write_more_than_fits(*log, 60, written));
  EXPECT_GT(written.times_full, 10);
  EXPECT_EQ(sink.count["log.no_room_for_segment"], sink.count["log.room_made_by_compacting"]);
  EXPECT_GT(sink.count["log.reserve_released"], 10);
  EXPECT_TRUE(has_reserve(disk));
  EXPECT_EQ(disk.bytes(kReserve).size(), kSmallReserve);
  disk.lose_power({Loss::Mode::kNothingSurvives});
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(written.appended));
}

// The control: the same disk without a reserve stays full, whatever a base stands for.
TEST(LogReserve, WithoutOneTheDiskStaysFull) {
  MemoryDisk disk;
  disk.capacity = kSmallCapacity;
  Records replayed;
  const std::unique_ptr<Log> log = must_open(disk, replayed);
  std::uint64_t last = 0;
  do {
    log->append(entry(++last, kFillsSegment));
  } while (log->flush(now()));
  ASSERT_TRUE(log->is_full());
  log->append(base(last - 1));
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(log->flush(now()));
    EXPECT_EQ(log->compact(now()).value(), 0U);
  }
}

TEST(LogReserve, IsGoneWhenTheLogIsOpened) {
  MemoryDisk disk;
  Records replayed;
  ASSERT_TRUE(must_open(disk, replayed)->reserve(now(), kSmallReserve));
  ASSERT_TRUE(has_reserve(disk));
  const auto log = must_open(disk, replayed);
  EXPECT_FALSE(has_reserve(disk));
  ASSERT_TRUE(log->reserve(now(), kSmallReserve));
  EXPECT_TRUE(has_reserve(disk));
}

TEST(LogReserve, GrowsAndIsNoFailureWhenItCannot) {
  MemoryDisk disk;
  disk.capacity = kSmallCapacity;
  Records replayed;
  const auto log = must_open(disk, replayed);
  ASSERT_TRUE(log->reserve(now(), 1000));
  ASSERT_TRUE(log->reserve(now(), 3000));
  EXPECT_EQ(disk.bytes(kReserve).size(), 3000U);
  disk.reset_calls();
  ASSERT_TRUE(log->reserve(now(), 2000));
  EXPECT_EQ(disk.calls(), 0U);
  EXPECT_EQ(log->reserve(now(), kSmallCapacity).error().code, Errc::kNoSpace);
  EXPECT_FALSE(has_reserve(disk));
  log->append(entry(1, 10));
  EXPECT_TRUE(log->flush(now()));
}

// One segment for each time that the reserve is given up: the rest is for the snapshot.
TEST(LogReserve, IsNotEatenUpByEntries) {
  MemoryDisk disk;
  disk.capacity = kSmallCapacity;
  Records replayed;
  const auto log = must_open(disk, replayed);
  ASSERT_TRUE(log->reserve(now(), kSmallReserve));
  std::uint64_t last = 0;
  do {
    log->append(entry(++last, kFillsSegment));
  } while (log->flush(now()));
  ASSERT_TRUE(log->is_full());
  const std::uint64_t before = log->segments();
  ASSERT_TRUE(log->release(now()));
  do {
    log->append(entry(++last, kFillsSegment));
  } while (log->flush(now()));
  EXPECT_TRUE(log->is_full());
  EXPECT_EQ(log->segments(), before + 1);
  EXPECT_LT(log->counters().bytes_on_disk, kSmallCapacity);
}

// Bases go ahead of entries that wait, but for those that they have to do with.
TEST(LogReserve, ABaseIsWrittenBeforeWhatWaitsForIt) {
  MemoryDisk disk;
  Records replayed;
  Written written;
  const auto log = must_open(disk, replayed);
  const Records synced = {hard_state(1, 1, 0), entry(1, 900), entry(2, 900)};
  ASSERT_TRUE(write_batches(*log, {synced}, written));
  disk.fail_allocations = true;
  const Records waiting = {entry(3, 6000), entry(1, 20, 2), base(1), entry(2, 30), base(2)};
  ASSERT_FALSE(write_batches(*log, {waiting}, written));
  ASSERT_TRUE(log->is_full());
  disk.fail_allocations = false;
  // Room for little.
  ASSERT_TRUE(log->release(now()));
  ASSERT_FALSE(log->flush(now()));
  ASSERT_TRUE(log->is_full());
  MemoryDisk image(disk);
  image.lose_power({Loss::Mode::kNothingSurvives});
  ASSERT_TRUE(recover_log(image, replayed));
  EXPECT_EQ(replayed, outcome({synced[0], synced[1], synced[2], base(1)}));
  ASSERT_TRUE(log->reserve(now(), 1000));
  ASSERT_TRUE(log->flush(now()));
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(written.appended));
}

// Whatever call fails: either the log says so from then on, or nothing was lost.
TEST(LogReserve, EachFailingCallIsToldOrOvercome) {
  int overcome = 0;
  for (const Errc code : {Errc::kIo, Errc::kNoSpace}) {
    for (std::uint64_t call = 1;; ++call) {
      SCOPED_TRACE("call " + std::to_string(call));
      MemoryDisk disk;
      Records replayed;
      const std::unique_ptr<Log> log = must_open(disk, replayed);
      disk.capacity = kSmallCapacity;
      disk.reset_calls();
      disk.fail_call(call, code, false);
      Written written;
      const Status status = write_more_than_fits(*log, 12, written);
      if (disk.calls() < call) break;
      disk.heal();
      if (status) {
        ++overcome;
        EXPECT_EQ(written.acknowledged, written.appended.size());
      } else if (!log->is_full()) {
        log->append(hard_state(99, 1, 0));
        EXPECT_EQ(log->flush(now()).error().code, code);
      }
      disk.lose_power({Loss::Mode::kMixed, call});
      ASSERT_TRUE(recover_log(disk, replayed));
      EXPECT_TRUE(kept(replayed, written.appended, written.acknowledged));
    }
  }
  EXPECT_GT(overcome, 5);
}

}  // namespace
}  // namespace plumbline::log::test
