#include "nodes/log/log.h"

#include <gtest/gtest.h>

#include "tests/nodes_log/helpers.h"

namespace plumbline::log::test {
namespace {

TEST(Log, HandsBackWhatWasFlushedInOrder) {
  MemoryDisk disk;
  Records replayed;
  Written written;
  {
    const std::unique_ptr<Log> log = must_open(disk, replayed);
    EXPECT_TRUE(replayed.empty());
    ASSERT_TRUE(write_batches(*log, varied_batches(), written));
    // Each segment begins with what the groups have come to.
    EXPECT_GT(log->next(), RecordNumber(written.appended.size() + 1));
    EXPECT_EQ(log->counters().records, written.appended.size());
  }
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(written.appended));
}

TEST(Log, KeepsAppendingAcrossRestarts) {
  MemoryDisk disk;
  Records replayed;
  Records all;
  for (std::uint64_t start = 0; start < 12; ++start) {
    const std::unique_ptr<Log> log = must_open(disk, replayed);
    EXPECT_EQ(replayed, outcome(all));
    for (std::uint64_t i = 1; i <= 3; ++i) {
      all.push_back(entry(start * 3 + i, 150 * i));
      log->append(all.back());
    }
    ASSERT_TRUE(log->flush(now()));
  }
}

TEST(Log, WhatIsNotFlushedIsNotOnTheDisk) {
  MemoryDisk disk;
  Records replayed;
  {
    const std::unique_ptr<Log> log = must_open(disk, replayed);
    log->append(entry(1, 10));
    EXPECT_GT(log->bytes_buffered(), 0U);
  }
  must_open(disk, replayed);
  EXPECT_TRUE(replayed.empty());
}

TEST(Log, RollsOverAndGivesALargeRecordASegmentOfItsOwnSize) {
  MemoryDisk disk;
  CountingSink sink;
  Records replayed;
  const std::unique_ptr<Log> log = std::move(open_log(disk, sink, replayed)->log);
  Written written;
  ASSERT_TRUE(write_batches(
      *log, {{entry(1, 1000)}, {entry(2, 1000)}, {entry(3, 8192)}, {entry(4, 1)}}, written));
  EXPECT_EQ(log->counters().segments_created, 4U);
  EXPECT_EQ(sink.count["log.segment_rolled"], 3);
  // A checkpoint of one group is one record.
  EXPECT_GT(disk.bytes("log/0000000000000004.wal").size(), kDataAt + 8192U);
  EXPECT_EQ(disk.bytes("log/0000000000000006.wal").size(), small_options().segment_bytes);
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(written.appended));
}

TEST(Log, OneBatchMayFillSeveralSegments) {
  MemoryDisk disk;
  Records replayed;
  const std::unique_ptr<Log> log = must_open(disk, replayed);
  Records batch;
  for (std::uint64_t i = 1; i <= 40; ++i) batch.push_back(entry(i, 200));
  Written written;
  ASSERT_TRUE(write_batches(*log, {batch}, written));
  EXPECT_EQ(log->counters().flushes, 1U);
  EXPECT_GT(log->counters().segments_created, 4U);
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(batch));
}

TEST(Log, RecordsAppendedDuringAFlushShareTheNextSync) {
  MemoryDisk disk;
  CountingSink sink;
  Records replayed;
  const std::unique_ptr<Log> log = std::move(open_log(disk, sink, replayed)->log);
  int left = 5;
  disk.during_sync = [&] {
    if (left-- > 0) log->append(entry(2, 20));
    if (left > 0) log->append(entry(3, 20));
  };
  log->append(entry(1, 20));
  ASSERT_TRUE(log->flush(now()));
  EXPECT_EQ(log->counters().records, 1U);
  EXPECT_EQ(sink.count["log.group_commit"], 1);
  left = 0;
  disk.reset_calls();
  ASSERT_TRUE(log->flush(now()));
  EXPECT_EQ(disk.syncs(), 1U);
  EXPECT_EQ(log->counters().records, 3U);
  disk.reset_calls();
  ASSERT_TRUE(log->flush(now()));
  EXPECT_EQ(disk.calls(), 0U);
}

// R-raft-18, I10: a failed sync may have lost the bytes although a later one succeeds.
TEST(Log, AFailedSyncIsFinalAndRestartTrustsNoCache) {
  MemoryDisk disk;
  Records replayed;
  Written written;
  {
    const std::unique_ptr<Log> log = must_open(disk, replayed);
    ASSERT_TRUE(write_batches(*log, {{entry(1, 10)}}, written));
    disk.reset_calls();
    disk.fail_call(2, Errc::kIo, false);
    const Status failed = write_batches(*log, {{entry(2, 10)}}, written);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::kIo);
    disk.heal();
    disk.reset_calls();
    log->append(entry(3, 10));
    EXPECT_FALSE(log->flush(now()));
    EXPECT_FALSE(log->settle(now()));
    EXPECT_EQ(disk.calls(), 0U);
  }
  // The process restarts, the machine does not: the cache still shows the record that the failed
  // sync dropped. Once open() has handed it out, it must survive.
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(written.appended));
  disk.lose_power({Loss::Mode::kNothingSurvives});
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(written.appended));
}

// The same without a failure: killed between write and sync, started again, then the power goes.
TEST(Log, WhatRestartHandsOutSurvivesALossOfPower) {
  MemoryDisk disk;
  Records replayed;
  Written written;
  {
    const std::unique_ptr<Log> log = must_open(disk, replayed);
    disk.reset_calls();
    disk.fail_call(2, Errc::kCrashed, true);
    ASSERT_FALSE(write_batches(*log, {{entry(1, 10)}}, written));
    disk.heal();
  }
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome({entry(1, 10)}));
  disk.lose_power({Loss::Mode::kNothingSurvives});
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome({entry(1, 10)}));
}

TEST(Log, EachFailingCallFailsItsFlushAndAllAfterIt) {
  for (const Errc code : {Errc::kIo, Errc::kNoSpace}) {
    for (std::uint64_t call = 1;; ++call) {
      MemoryDisk disk;
      Records replayed;
      const std::unique_ptr<Log> log = must_open(disk, replayed);
      disk.reset_calls();
      disk.fail_call(call, code, false);
      Written written;
      const Status status = write_batches(*log, varied_batches(), written);
      if (disk.calls() < call) {
        EXPECT_GT(call, 20U);
        break;
      }
      ASSERT_FALSE(status) << "call " << call;
      EXPECT_EQ(status.error().code, code);
      disk.heal();
      if (log->is_full()) continue;  // below
      log->append(hard_state(99, 1, 0));
      EXPECT_EQ(log->flush(now()).error().code, code);
      disk.lose_power({Loss::Mode::kMixed, call});
      ASSERT_TRUE(recover_log(disk, replayed)) << "call " << call;
      EXPECT_TRUE(kept(replayed, written.appended, written.acknowledged));
    }
  }
}

// A disk that has no room for a new segment: nothing is lost, nothing is acknowledged, and the log
// goes on when there is room.
TEST(Log, NoRoomForASegmentIsNotFinal) {
  int full = 0;
  for (std::uint64_t call = 1;; ++call) {
    MemoryDisk disk;
    CountingSink sink;
    Records replayed;
    const std::unique_ptr<Log> log = std::move(open_log(disk, sink, replayed)->log);
    disk.reset_calls();
    disk.fail_call(call, Errc::kNoSpace, false);
    Written written;
    const Status status = write_batches(*log, varied_batches(), written);
    if (disk.calls() < call) break;
    ASSERT_EQ(status.error().code, Errc::kNoSpace);
    if (!log->is_full()) continue;
    ++full;
    EXPECT_EQ(sink.count["log.no_room_for_segment"], 1);
    EXPECT_GT(log->bytes_buffered(), 0U);
    // What waits is not on the disk, and what was acknowledged is.
    MemoryDisk image(disk);
    image.lose_power({Loss::Mode::kMixed, call});
    ASSERT_TRUE(recover_log(image, replayed));
    ASSERT_TRUE(kept(replayed, written.appended, written.acknowledged));
    disk.heal();
    log->append(entry(1, 100, 7));
    written.appended.push_back(entry(1, 100, 7));
    ASSERT_TRUE(log->flush(now())) << "call " << call;
    EXPECT_FALSE(log->is_full());
    EXPECT_EQ(log->bytes_buffered(), 0U);
    disk.lose_power({Loss::Mode::kNothingSurvives});
    must_open(disk, replayed);
    ASSERT_EQ(replayed, outcome(written.appended)) << "call " << call;
  }
  EXPECT_GT(full, 15);
}

// The disk stays full until room is made by what the log itself no longer needs.
TEST(Log, CompactsWhileFull) {
  MemoryDisk disk;
  Records replayed;
  Written written;
  const std::unique_ptr<Log> log = must_open(disk, replayed);
  std::vector<Records> batches;
  for (std::uint64_t i = 1; i <= 8; ++i) batches.push_back({entry(i, 900)});
  batches.push_back({base(8)});
  ASSERT_TRUE(write_batches(*log, batches, written));
  const std::uint64_t before = log->counters().bytes_on_disk;
  disk.reset_calls();
  disk.fail_allocations = true;
  const Status full = write_batches(*log, {{entry(9, 6000)}}, written);
  ASSERT_FALSE(full);
  ASSERT_TRUE(log->is_full());
  ASSERT_FALSE(log->flush(now()));
  ASSERT_TRUE(log->is_full());
  const Result<std::uint64_t> removed = log->compact(now());
  ASSERT_TRUE(removed);
  EXPECT_GE(*removed, 3U);
  EXPECT_LT(log->counters().bytes_on_disk, before);
  disk.fail_allocations = false;
  ASSERT_TRUE(log->flush(now()));
  disk.lose_power({Loss::Mode::kNothingSurvives});
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(written.appended));
}

TEST(Log, RefusesTheDirectoryOfAnotherNodeAndHarmsNothing) {
  MemoryDisk disk;
  Records replayed;
  Written written;
  ASSERT_TRUE(write_batches(*must_open(disk, replayed), {{entry(1, 10)}}, written));
  for (const Identity other : {Identity{7, NodeId(2)}, Identity{8, NodeId(1)}}) {
    Options options = small_options();
    options.identity = other;
    trace::NullSink sink;
    disk.reset_calls();
    const auto refused = open_log(disk, sink, replayed, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kInvalid);
    EXPECT_NE(refused.error().detail.find("node 1 of cluster 7"), std::string::npos);
    EXPECT_NE(refused.error().detail.find("node " + std::to_string(other.node.value)),
              std::string::npos);
    EXPECT_EQ(disk.writes(), 0U);
  }
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(written.appended));
}

TEST(Log, AnEmptyLogBelongsToItsNodeFromTheFirstOpen) {
  MemoryDisk disk;
  Records replayed;
  must_open(disk, replayed);
  Options options = small_options();
  options.identity.node = NodeId(2);
  EXPECT_EQ(recover_log(disk, replayed, options).error().code, Errc::kInvalid);
}

TEST(Log, ALargerBoundForRecordsHoldsFromTheNextSegmentOn) {
  MemoryDisk disk;
  Records replayed;
  Written written;
  Options options = small_options();
  options.segment_bytes = 64 * kSectorBytes;
  options.record_bytes_max = 100;
  ASSERT_TRUE(write_batches(*must_open(disk, replayed, options), {{entry(1, 100)}}, written));
  options.record_bytes_max = 2000;
  ASSERT_TRUE(write_batches(*must_open(disk, replayed, options), {{entry(2, 2000)}}, written));
  options.record_bytes_max = 50;
  must_open(disk, replayed, options);
  EXPECT_EQ(replayed, outcome(written.appended));
}

// R-raft-22: the log of a group that goes on for ever stays within a bound, and nothing goes that
// is needed.
TEST(Log, StaysBoundedBehindItsBases) {
  MemoryDisk disk;
  CountingSink sink;
  Records replayed;
  const std::unique_ptr<Log> log = std::move(open_log(disk, sink, replayed)->log);
  Written written;
  std::uint64_t most = 0;
  for (std::uint64_t i = 1; i <= 300; ++i) {
    Records batch = {entry(i, 200)};
    if (i % 10 == 0) batch.push_back(base(i - 5));
    ASSERT_TRUE(write_batches(*log, {batch}, written));
    ASSERT_TRUE(log->compact(now()));
    most = std::max(most, log->counters().bytes_on_disk);
    if (i % 50 != 0) continue;
    MemoryDisk image(disk);
    image.lose_power({Loss::Mode::kMixed, i});
    must_open(image, replayed);
    ASSERT_EQ(replayed, outcome(written.appended));
  }
  EXPECT_LT(most, 10 * small_options().segment_bytes);
  EXPECT_GT(log->counters().segments_removed, 50U);
  disk.reset_calls();
  ASSERT_EQ(*log->compact(now()), 0U);
  EXPECT_EQ(disk.calls(), 0U);
}

// A replica that has lost the snapshot of what lies before its log begins anew with nothing.
TEST(Log, ABaseThatKeepsNothingMayGoBack) {
  MemoryDisk disk;
  Records replayed;
  std::unique_ptr<Log> log = must_open(disk, replayed);
  Written written;
  std::vector<Records> batches;
  for (std::uint64_t i = 1; i <= 40; ++i) batches.push_back({entry(i, 200)});
  batches.push_back({base(20)});
  ASSERT_TRUE(write_batches(*log, batches, written));
  ASSERT_TRUE(log->compact(now()));
  ASSERT_TRUE(write_batches(*log, {{base(0, /*keep_tail=*/false)}}, written));
  for (std::uint64_t i = 1; i <= 40; ++i) {
    ASSERT_TRUE(write_batches(*log, {{entry(i, 200)}}, written));
    ASSERT_TRUE(log->compact(now()));
    MemoryDisk image(disk);
    image.lose_power({Loss::Mode::kNothingSurvives});
    must_open(image, replayed);
    ASSERT_EQ(replayed, outcome(written.appended)) << i;
  }
}

// One group that does not move keeps what it needs, whatever the others do.
TEST(Log, NothingIsRemovedThatAnotherGroupNeeds) {
  MemoryDisk disk;
  Records replayed;
  const std::unique_ptr<Log> log = must_open(disk, replayed);
  Written written;
  ASSERT_TRUE(write_batches(*log, {{entry(1, 10, 2)}}, written));
  for (std::uint64_t i = 1; i <= 20; ++i)
    ASSERT_TRUE(write_batches(*log, {{entry(i, 900)}, {base(i)}}, written));
  EXPECT_EQ(*log->compact(now()), 0U);
  // Replaced, it is needed no longer.
  ASSERT_TRUE(write_batches(*log, {{entry(1, 20, 2)}}, written));
  EXPECT_GT(*log->compact(now()), 10U);
  disk.lose_power({Loss::Mode::kNothingSurvives});
  must_open(disk, replayed);
  EXPECT_EQ(replayed, outcome(written.appended));
}

// More groups than the claims of a segment have rows for: the next one has more.
TEST(Log, KeepsTheVotesOfManyGroupsInTwoPlaces) {
  MemoryDisk disk;
  Records replayed;
  const std::unique_ptr<Log> log = must_open(disk, replayed);
  Written written;
  for (std::uint32_t first = 1; first <= 200; first += 25) {
    Records batch;
    for (std::uint32_t group = first; group < first + 25; ++group) {
      batch.push_back(hard_state(group, 2, 0, group));
      batch.push_back(entry(1, group, group));
    }
    ASSERT_TRUE(write_batches(*log, {batch}, written));
  }
  ASSERT_TRUE(log->settle(now()));
  disk.lose_power({Loss::Mode::kNothingSurvives});
  const std::string last = disk.paths().back();
  const Bytes whole = disk.bytes(last);
  for (std::size_t at = 0; at < whole.size(); at += 211) {
    Bytes damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    disk.set_bytes(last, damaged);
    ASSERT_TRUE(recover_log(disk, replayed)) << "byte " << at;
    std::uint32_t votes = 0;
    for (const Record& record : replayed)
      votes += record == hard_state(record.group.value, 2, 0, record.group.value) ? 1 : 0;
    ASSERT_EQ(votes, 200U) << "byte " << at;
  }
}

// R-raft-17.
TEST(Log, InMemoryNothingTouchesTheDisk) {
  MemoryDisk disk;
  Records replayed;
  Options options = small_options();
  options.in_memory = true;
  const std::unique_ptr<Log> log = must_open(disk, replayed, options);
  Written written;
  ASSERT_TRUE(write_batches(*log, varied_batches(), written));
  ASSERT_TRUE(log->settle(now()));
  ASSERT_EQ(*log->compact(now()), 0U);
  EXPECT_EQ(log->next(), RecordNumber(written.appended.size() + 1));
  EXPECT_EQ(log->bytes_buffered(), 0U);
  must_open(disk, replayed, options);
  ASSERT_TRUE(recover_log(disk, replayed, options));
  EXPECT_TRUE(replayed.empty());
  EXPECT_EQ(disk.calls(), 0U);
}

TEST(Recover, FindsAnEmptyLogWhereThereIsNoneAndChangesNothing) {
  MemoryDisk disk;
  Records replayed;
  const Result<Found> found = recover_log(disk, replayed);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->segments, 0U);
  EXPECT_EQ(found->next, RecordNumber(1));
  EXPECT_EQ(disk.writes(), 0U);
}

// A flush that suspends: the fiber waits in the sync while another appends.
TEST(Log, FlushLetsOthersRunWhileItSyncs) {
  fiber::StackPool stacks;
  fiber::Scheduler scheduler(stacks, [] {});
  MemoryDisk disk;
  Records replayed;
  const std::unique_ptr<Log> log = must_open(disk, replayed);
  fiber::Waker device;
  bool flushed = false;
  Yield* flusher = nullptr;
  disk.during_sync = [&] {
    device = flusher->waker();
    flusher->suspend();
  };
  scheduler.spawn("flusher", [&](Yield& yield) {
    flusher = &yield;
    log->append(entry(1, 10));
    flushed = log->flush(yield).ok();
  });
  scheduler.run_ready();
  EXPECT_FALSE(flushed);
  log->append(entry(2, 10));
  EXPECT_GT(log->bytes_buffered(), 0U);
  device.wake();
  scheduler.run_ready();
  EXPECT_TRUE(flushed);
  EXPECT_EQ(log->next(), RecordNumber(2));
  EXPECT_GT(log->bytes_buffered(), 0U);
}

}  // namespace
}  // namespace plumbline::log::test
