#include <gtest/gtest.h>

#include "tests/nodes_log/helpers.h"

// Losses of power at every disk call. R-raft-18: no acknowledged record is lost. I10: at each
// acknowledgement the bytes survive a loss of power at that instant. I2 rests on it: a term that
// was made durable is found again.

namespace plumbline::log::test {
namespace {

std::vector<Loss> losses() {
  std::vector<Loss> result = {{Loss::Mode::kNothingSurvives, 0}, {Loss::Mode::kAllSurvives, 0}};
  for (std::uint64_t seed = 1; seed <= 6; ++seed) result.push_back({Loss::Mode::kMixed, seed});
  return result;
}

// A life of a log on a disk whose call number `call` is its last; false when there are not that
// many calls.
using Life = bool(MemoryDisk& disk, std::uint64_t call, Written& written);

// The batches, and after each what is obsolete is removed.
bool run_until(MemoryDisk& disk, std::uint64_t call, Written& written) {
  disk.fail_call(call, Errc::kCrashed, true);
  trace::NullSink sink;
  Records replayed;
  Result<Opened> opened = open_log(disk, sink, replayed);
  for (const Records& batch : varied_batches()) {
    if (!opened || !write_batches(*opened->log, {batch}, written)) break;
    (void)opened->log->compact(now());
  }
  disk.heal();
  return disk.calls() >= call;
}

// The disk is filled several times, and room is made with what was kept in reserve.
bool fill_until(MemoryDisk& disk, std::uint64_t call, Written& written) {
  disk.fail_call(call, Errc::kCrashed, true);
  disk.capacity = kSmallCapacity;
  trace::NullSink sink;
  Records replayed;
  Result<Opened> opened = open_log(disk, sink, replayed);
  if (opened) (void)write_more_than_fits(*opened->log, 12, written);
  disk.heal();
  disk.capacity = UINT64_MAX;
  return disk.calls() >= call;
}

// What recovery found must still be found after another crash anywhere in the repair.
void crash_during_open(const MemoryDisk& broken, const Records& expected, std::uint64_t seed) {
  for (std::uint64_t call = 1;; ++call) {
    MemoryDisk disk(broken);
    trace::NullSink sink;
    Records replayed;
    disk.fail_call(call, Errc::kCrashed, true);
    const bool opened = open_log(disk, sink, replayed).ok();
    disk.heal();
    disk.lose_power({Loss::Mode::kMixed, seed * 1000 + call});
    const Result<Found> found = recover_log(disk, replayed);
    ASSERT_TRUE(found) << "crash at call " << call << " of open: " << found.error().message();
    ASSERT_TRUE(found->damages.empty()) << found->damages.front().where;
    ASSERT_EQ(replayed, expected) << "crash at call " << call << " of open";
    if (opened) break;
  }
}

// The log goes on behind a repair, and what was dropped stays dropped.
void write_on(MemoryDisk& disk, Records expected) {
  Records replayed;
  const std::unique_ptr<Log> log = must_open(disk, replayed);
  ASSERT_EQ(replayed, expected);
  Written more;
  // Of a group of its own, so that it follows whatever is left.
  ASSERT_TRUE(write_batches(
      *log, {{entry(1, 10, 9)}, {hard_state(9, 9, 1, 9), entry(2, 900, 9), entry(3, 10, 9)}},
      more));
  const Records added = outcome(more.appended);
  expected.insert(expected.end(), added.begin(), added.end());
  disk.lose_power({Loss::Mode::kNothingSurvives, 0});
  must_open(disk, replayed);
  ASSERT_EQ(replayed, expected);
}

// At each call of that life; how many there are.
void crash_at_every_call(Life& life, std::uint64_t& call) {
  for (call = 1;; ++call) {
    MemoryDisk disk;
    Written written;
    if (!life(disk, call, written)) break;
    for (const Loss& loss : losses()) {
      SCOPED_TRACE("crash at call " + std::to_string(call) + ", loss " + std::to_string(loss.seed));
      MemoryDisk survivor(disk);
      survivor.lose_power(loss);
      survivor.reset_calls();
      Records replayed;
      const Result<Found> found = recover_log(survivor, replayed);
      ASSERT_TRUE(found) << found.error().message();
      // R-raft-19: an ordinary loss of power leaves nobody in doubt.
      ASSERT_TRUE(found->damages.empty()) << found->damages.front().where;
      ASSERT_EQ(survivor.writes(), 0U);
      ASSERT_TRUE(kept(replayed, written.appended, written.acknowledged));
      const Records expected = replayed;
      ASSERT_NO_FATAL_FAILURE(crash_during_open(survivor, expected, loss.seed));
      ASSERT_NO_FATAL_FAILURE(write_on(survivor, expected));
    }
  }
}

TEST(LogCrash, AtEveryCallLosesNothingAcknowledgedAndInventsNothing) {
  std::uint64_t calls = 0;
  crash_at_every_call(run_until, calls);
  EXPECT_GT(calls, 60U);
}

TEST(LogCrash, NorWhenRoomIsMadeOnAFullDisk) {
  std::uint64_t calls = 0;
  crash_at_every_call(fill_until, calls);
  EXPECT_GT(calls, 100U);
}

// The process dies at any call and the machine goes on; power goes only after the next start has
// acknowledged more.
void kill_at_every_call(Life& life) {
  for (std::uint64_t call = 1;; ++call) {
    SCOPED_TRACE("killed at call " + std::to_string(call));
    MemoryDisk disk;
    Written written;
    if (!life(disk, call, written)) break;
    Records replayed;
    const Result<Found> found = recover_log(disk, replayed);
    ASSERT_TRUE(found);
    ASSERT_TRUE(found->damages.empty());
    ASSERT_TRUE(kept(replayed, written.appended, written.acknowledged));
    const Records expected = replayed;
    ASSERT_NO_FATAL_FAILURE(write_on(disk, expected));
  }
}

TEST(LogCrash, AKilledProcessLeavesNothingThatTheNextOneMayNotTrust) {
  kill_at_every_call(run_until);
  kill_at_every_call(fill_until);
}

// The hole is closed by a record of the very size that was lost: what followed it then has the
// right place and number again.
TEST(LogCrash, RecordsBehindAHoleStayDroppedWhenTheHoleIsClosed) {
  const std::size_t sector_sized = kSectorBytes - kFrameHeaderBytes;
  MemoryDisk disk;
  Records replayed;
  {
    const std::unique_ptr<Log> log = must_open(disk, replayed);
    disk.reset_calls();
    disk.fail_call(2, Errc::kCrashed, true);  // the claim
    Written lost;
    const Records batch = {entry(1, sector_sized), entry(2, sector_sized), entry(3, sector_sized)};
    ASSERT_FALSE(write_batches(*log, {batch}, lost));
    disk.heal();
  }
  const std::string path = disk.paths().front();
  disk.set_bytes(path, disk.bytes(path).replace(kDataAt, kSectorBytes, kSectorBytes, '\0'));
  const Records instead = {entry(1, sector_sized)};
  {
    const std::unique_ptr<Log> log = must_open(disk, replayed);
    ASSERT_TRUE(replayed.empty());
    log->append(instead.front());
    ASSERT_TRUE(log->flush(now()));
  }
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(instead));
}

// I10 as the simulator checks it: at each acknowledgement, on an image of what is durable.
TEST(LogCrash, EachAcknowledgementSurvivesALossOfPowerAtThatInstant) {
  MemoryDisk disk;
  Records replayed;
  const std::unique_ptr<Log> log = must_open(disk, replayed);
  Written written;
  for (const Records& batch : varied_batches()) {
    ASSERT_TRUE(write_batches(*log, {batch}, written));
    for (const Loss& loss : losses()) {
      MemoryDisk image(disk);
      image.lose_power(loss);
      ASSERT_TRUE(recover_log(image, replayed));
      ASSERT_EQ(replayed, outcome(written.appended));
    }
  }
}

TEST(LogCrash, ProbesOfTheTornTailAreReached) {
  CountingSink sink;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    MemoryDisk disk;
    Records replayed;
    Options options = small_options();
    options.segment_bytes *= 2;
    const std::unique_ptr<Log> log = must_open(disk, replayed, options);
    disk.reset_calls();
    disk.fail_call(3, Errc::kCrashed, true);  // the sync
    Written written;
    Records batch = {hard_state(2, 1, 0)};
    for (std::uint64_t i = 1; i <= 30; ++i) batch.push_back(entry(i, 200));
    ASSERT_FALSE(write_batches(*log, {batch}, written));
    disk.heal();
    disk.lose_power({Loss::Mode::kMixed, seed});
    ASSERT_TRUE(open_log(disk, sink, replayed));
  }
  EXPECT_GT(sink.count["log.torn_tail_cut"], 5);
  EXPECT_GT(sink.count["log.records_behind_hole_dropped"], 3);
  EXPECT_GT(sink.count["log.claimed_batch_torn"], 3);
  EXPECT_GT(sink.count["log.hard_state_from_claim"], 3);
}

}  // namespace
}  // namespace plumbline::log::test
