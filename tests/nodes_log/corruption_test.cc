#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "nodes/base/crc32c.h"
#include "nodes/base/hash.h"
#include "tests/nodes_log/damage.h"

// Damage to what was synced. It must be harmless or told of; never another record, never a
// forgotten vote, and never a shorter log outside the window that FORMAT.md names. I2: an
// unreadable hard state is no reason to start at term 0.

namespace plumbline::log::test {
namespace {

// Behind a hard state: the first entry.
constexpr std::uint64_t kSecondRecordAt = kDataAt + kFrameHeaderBytes + kStateBytes;

std::vector<Records> three_batches() {
  return {{hard_state(1, 2, 0), entry(1, 30), entry(1, 10, 2)},
          {entry(2, 600), hard_state(2, 1, 1), hard_state(4, 3, 1, 2)},
          {hard_state(5, 2, 2), entry(3, 40), entry(4, 500), entry(2, 9, 2)}};
}

// The last flush is longer than what a claim can hold.
std::vector<Records> long_batches() {
  std::vector<Records> batches = three_batches();
  batches.back().push_back(entry(5, 5000));
  return batches;
}

Options two_segments() {
  Options options = one_segment();
  options.segment_bytes = kDataAt + 6 * kSectorBytes;
  return options;
}

std::vector<Records> over_two_segments() {
  std::vector<Records> batches = three_batches();
  batches.push_back({entry(5, 900), base(2), entry(3, 20, 2)});
  batches.push_back({entry(6, 200), hard_state(6, 1, 4)});
  return batches;
}

struct Tally {
  std::map<Fate, int> count;
  int operator[](Fate fate) { return count[fate]; }
};

// Damages one place after the other and counts what becomes of it. `damage` says whether there was
// anything to damage.
template <class Damage>
Tally try_all(const Victim& victim, const std::map<std::string, Bytes>& files, std::uint64_t step,
              const Damage& damage) {
  Tally tally;
  for (const auto& [path, bytes] : files) {
    for (std::uint64_t at = 0; at < bytes.size(); at += step) {
      std::map<std::string, Bytes> damaged = files;
      damage(damaged[path], at);
      if (damaged[path] == bytes) continue;
      std::size_t left = 0;
      const Fate fate = fate_of(victim, damaged, &left);
      EXPECT_NE(fate, Fate::kWrong) << path << " at " << at;
      if (fate == Fate::kShorter) {
        EXPECT_GE(left, victim.before_last()) << path << " at " << at;
      }
      if (fate == Fate::kWrong) return tally;
      ++tally.count[fate];
    }
  }
  return tally;
}

void flip(Bytes& bytes, std::uint64_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ (1 << at / 3 % 8));
}

TEST(LogCorruption, AFlippedBitAnywhereIsHarmlessOrDoubt) {
  const Victim victim(one_segment(), three_batches());
  Tally tally = try_all(victim, victim.killed(), 1, flip);
  EXPECT_EQ(tally[Fate::kShorter], 0);
  EXPECT_EQ(tally[Fate::kLoud], 0);
  // A frame of the first flush; those of the other two are in their claims as well.
  EXPECT_GT(tally[Fate::kDoubt], 100);
  EXPECT_GT(tally[Fate::kIntact], 5000);
}

TEST(LogCorruption, AFlippedBitInEitherOfTwoSegmentsIsHarmlessOrDoubt) {
  const Victim victim(two_segments(), over_two_segments());
  ASSERT_EQ(victim.killed().size(), 2U);
  for (const auto& files : {victim.killed(), victim.unproven()}) {
    Tally tally = try_all(victim, files, 1, flip);
    EXPECT_EQ(tally[Fate::kShorter], 0);
    EXPECT_EQ(tally[Fate::kLoud], 0);
    EXPECT_GT(tally[Fate::kDoubt], 200);
  }
}

// A batch that fits into its claim is there twice: with the proof or without, one damage harms it
// nowhere.
TEST(LogCorruption, WithoutTheLastProofASmallLastFlushIsStillWhole) {
  const Victim victim(one_segment(), three_batches());
  Tally tally = try_all(victim, victim.unproven(), 1, flip);
  EXPECT_EQ(tally[Fate::kShorter], 0);
  EXPECT_EQ(tally[Fate::kLoud], 0);
}

// The window: only the last flush, only when it is long, only when its proof did not reach the
// disk; and no hard state goes with it.
TEST(LogCorruption, WithoutTheLastProofOnlyALongLastFlushCanBeCut) {
  Options options = one_segment();
  options.segment_bytes += 10 * kSectorBytes;
  const Victim victim(options, long_batches());
  Tally tally = try_all(victim, victim.unproven(), 1, flip);
  EXPECT_GT(tally[Fate::kShorter], 1000);
  EXPECT_EQ(tally[Fate::kLoud], 0);
  Tally killed = try_all(victim, victim.killed(), 1, flip);
  EXPECT_EQ(killed[Fate::kShorter], 0);
  EXPECT_EQ(killed[Fate::kLoud], 0);
  EXPECT_GT(killed[Fate::kDoubt], 800);
}

TEST(LogCorruption, WhatIsCutSaysWhatItClaimed) {
  Options options = one_segment();
  options.segment_bytes += 10 * kSectorBytes;
  const Victim victim(options, long_batches());
  std::map<std::string, Bytes> files = victim.unproven();
  Bytes& bytes = files[kFirst];
  // The batch was lost whole; that its sync came back is not known to anyone.
  bytes.replace(kDataAt + 3 * kSectorBytes, bytes.size() - kDataAt - 3 * kSectorBytes,
                bytes.size() - kDataAt - 3 * kSectorBytes, '\0');
  MemoryDisk disk;
  put_files(disk, files);
  Records replayed;
  const Result<Found> found = recover_log(disk, replayed, options);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->damages.empty());
  ASSERT_EQ(found->claimed.size(), 2U);
  EXPECT_EQ(found->claimed[0].group, GroupId(1));
  EXPECT_EQ(found->claimed[0].index, LogIndex(5));
  EXPECT_EQ(found->claimed[0].term, Term(3));
  EXPECT_EQ(found->claimed[1].index, LogIndex(2));
  // The vote of the lost batch is known nevertheless, and from now on in two places.
  EXPECT_EQ(replayed.front(), hard_state(5, 2, 2));
  CountingSink sink;
  ASSERT_TRUE(open_log(disk, sink, replayed, options));
  EXPECT_EQ(sink.count["log.claimed_batch_torn"], 1);
  EXPECT_EQ(sink.count["log.hard_state_from_claim"], 1);
  Bytes mended = disk.bytes(kFirst);
  for (const std::uint64_t at : {kClaimsAt, kClaimsAt + kClaimBytesMin}) {
    Bytes damaged = mended;
    flip(damaged, at);
    disk.set_bytes(kFirst, damaged);
    ASSERT_TRUE(recover_log(disk, replayed, options));
    EXPECT_EQ(replayed.front(), hard_state(5, 2, 2));
  }
}

TEST(LogCorruption, SettlingClosesTheWindow) {
  MemoryDisk disk;
  Records replayed;
  Options options = one_segment();
  options.segment_bytes += 10 * kSectorBytes;
  const std::unique_ptr<Log> log = must_open(disk, replayed, options);
  Written written;
  ASSERT_TRUE(write_batches(*log, long_batches(), written));
  ASSERT_TRUE(log->settle(now()));
  disk.reset_calls();
  ASSERT_TRUE(log->settle(now()));
  EXPECT_EQ(disk.calls(), 0U);
  disk.lose_power({Loss::Mode::kNothingSurvives, 0});
  const Victim victim(options, long_batches());
  Tally tally = try_all(victim, files_of(disk), 1, flip);
  EXPECT_EQ(tally[Fate::kShorter], 0);
  EXPECT_GT(tally[Fate::kDoubt], 500);
}

TEST(LogCorruption, ALostSectorIsHarmlessOrDoubt) {
  for (const char fill : {'\0', '\x5a'}) {
    const auto wipe = [fill](Bytes& bytes, std::uint64_t at) {
      bytes.replace(at, kSectorBytes, kSectorBytes, fill);
    };
    const Victim one(one_segment(), three_batches());
    const Victim two(two_segments(), over_two_segments());
    for (const Victim* victim : {&one, &two}) {
      for (const auto& files : {victim->killed(), victim->unproven()}) {
        Tally tally = try_all(*victim, files, kSectorBytes, wipe);
        EXPECT_EQ(tally[Fate::kShorter], 0);
        EXPECT_EQ(tally[Fate::kLoud], 0);
        EXPECT_GT(tally[Fate::kIntact], 8);
      }
    }
  }
}

TEST(LogCorruption, AMisdirectedSectorIsHarmlessOrDoubt) {
  const Victim victim(two_segments(), over_two_segments());
  for (const auto& [from_path, from_bytes] : victim.killed()) {
    for (std::size_t from = 0; from < from_bytes.size(); from += kSectorBytes) {
      const BytesView sector = BytesView(from_bytes).substr(from, kSectorBytes);
      const auto stray = [&](Bytes& bytes, std::uint64_t at) {
        bytes.replace(at, kSectorBytes, sector);
      };
      Tally tally = try_all(victim, victim.killed(), kSectorBytes, stray);
      EXPECT_EQ(tally[Fate::kShorter], 0);
      EXPECT_EQ(tally[Fate::kLoud], 0);
    }
  }
}

// One write of the whole run does not reach the disk, or lands elsewhere in its file, and power is
// lost at any later time: no hard state is forgotten, and the loss of what was proven is told.
TEST(LogCorruption, ALostOrStrayWriteForgetsNoHardState) {
  const std::vector<Records> batches = over_two_segments();
  int doubts = 0;
  for (std::uint64_t write = 1;; ++write) {
    bool reached = false;
    for (const std::int64_t stray : {0, 1, 2, 3, 5, 9, 20, 24}) {
      MemoryDisk disk;
      disk.stray_write = write;
      disk.stray_sectors = stray == 0 ? std::nullopt : std::optional(stray);
      Records replayed;
      trace::NullSink sink;
      Result<Opened> opened = open_log(disk, sink, replayed, two_segments());
      ASSERT_TRUE(opened);
      Written written;
      for (const Records& batch : batches) {
        ASSERT_TRUE(write_batches(*opened->log, {batch}, written));
        MemoryDisk image(disk);
        image.lose_power({Loss::Mode::kNothingSurvives, 0});
        const Result<Found> found = recover_log(image, replayed, two_segments());
        if (!found) {
          // Only a write that took several places with it.
          EXPECT_EQ(found.error().code, Errc::kCorrupt);
          EXPECT_NE(stray, 0) << "write " << write;
          continue;
        }
        if (!found->damages.empty()) ++doubts;
        const Records right = outcome(written.appended);
        for (const Record& record : right) {
          if (record.kind != RecordKind::kHardState) continue;
          const bool kept_state = std::any_of(replayed.begin(), replayed.end(), [&](Record r) {
            r.commit = record.commit;
            return r == record;
          });
          EXPECT_TRUE(kept_state) << "write " << write << " stray " << stray << " batch of "
                                  << batch.size();
        }
        if (found->damages.empty()) {
          EXPECT_EQ(replayed, right) << "write " << write << " stray " << stray;
        }
      }
      reached = reached || disk.data_writes() >= write;
    }
    if (!reached) break;
  }
  EXPECT_GT(doubts, 20);
}

TEST(LogCorruption, DamageIsMendedInOneStep) {
  const Victim one(one_segment(), three_batches());
  const Victim two(two_segments(), over_two_segments());
  int mended = 0;
  for (const Victim* victim : {&one, &two}) {
    for (const auto& [path, bytes] : victim->killed()) {
      for (std::uint64_t at = kDataAt; at < bytes.size(); at += 20) {
        std::map<std::string, Bytes> files = victim->killed();
        flip(files[path], at);
        if (fate_of(*victim, files) != Fate::kDoubt) continue;
        SCOPED_TRACE(path + " at " + std::to_string(at));
        ASSERT_NO_FATAL_FAILURE(mend(*victim, files));
        ++mended;
      }
    }
  }
  EXPECT_GT(mended, 10);
}

TEST(LogCorruption, BothPlacesOfAHardStateDamagedIsRefused) {
  const Victim victim(one_segment(), long_batches());
  std::map<std::string, Bytes> files = victim.killed();
  Bytes& bytes = files.rbegin()->second;
  for (std::uint64_t at = kClaimsAt; at < bytes.size(); at += 200) flip(bytes, at);
  EXPECT_EQ(fate_of(victim, files), Fate::kLoud);
}

TEST(LogCorruption, ALengthIsBoundedBeforeItIsTrusted) {
  const Victim victim(one_segment(), three_batches());
  for (const std::uint32_t length : {0U, 1U, 8191U, 8193U, 0x7fffffffU, 0xffffffc8U, 0xffffffffU}) {
    std::map<std::string, Bytes> files = victim.killed();
    std::memcpy(files[kFirst].data() + kSecondRecordAt + kFrameLengthAt, &length, sizeof length);
    EXPECT_EQ(fate_of(victim, files), Fate::kDoubt) << length;
    files = victim.killed();
    std::memcpy(files[kFirst].data() + kClaimsAt + kClaimLengthAt, &length, sizeof length);
    EXPECT_EQ(fate_of(victim, files), Fate::kIntact) << length;
  }
}

TEST(LogCorruption, TheDamageNamesFileRecordAndOffset) {
  const Victim victim(one_segment(), three_batches());
  std::map<std::string, Bytes> files = victim.killed();
  files[kFirst][kSecondRecordAt + kFrameTermAt] ^= 1;
  MemoryDisk disk;
  put_files(disk, files);
  Records replayed;
  const Result<Found> found = recover_log(disk, replayed, one_segment());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->damages.size(), 1U);
  EXPECT_EQ(found->damages[0].group, GroupId(1));
  EXPECT_EQ(found->damages[0].until, LogIndex(4));
  EXPECT_EQ(found->damages[0].term, Term(3));
  EXPECT_EQ(found->damages[0].where,
            "log/0000000000000001.wal: record 2 at offset 9824 is unreadable, though it was "
            "synced, as the proof at offset 512 proves");
}

TEST(LogCorruption, AnUnknownVersionIsRefusedByName) {
  MemoryDisk disk;
  Records replayed;
  must_open(disk, replayed);
  Bytes segment = disk.bytes(kFirst);
  const std::uint32_t version = 9;
  std::memcpy(segment.data() + kHeaderVersionAt, &version, sizeof version);
  disk.set_bytes(kFirst, segment);
  // The checksum does not fit, and there is a second header.
  EXPECT_TRUE(recover_log(disk, replayed));
  // As a later program would write it: the checksum fits.
  const std::uint32_t checksum =
      crc32c(BytesView(segment).substr(kHeaderVersionAt, kHeaderBytes - kHeaderVersionAt));
  std::memcpy(segment.data() + kHeaderChecksumAt, &checksum, sizeof checksum);
  disk.set_bytes(kFirst, segment);
  const Result<Found> found = recover_log(disk, replayed);
  EXPECT_EQ(found.error().code, Errc::kInvalid);
  EXPECT_NE(found.error().detail.find("version 9"), std::string::npos);
}

// Long enough to have many segments, with nothing that is obsolete.
class ManySegments : public testing::Test {
 protected:
  void SetUp() override {
    Written written;
    Records batch;
    for (std::uint64_t i = 1; i <= 20; ++i) batch.push_back(entry(i, 300));
    batch.insert(batch.begin() + 10, hard_state(7, 2, 3));
    ASSERT_TRUE(write_batches(*must_open(disk_, replayed_), {batch}, written));
    all_ = batch;
    paths_ = disk_.paths();
    ASSERT_GT(paths_.size(), 4U);
  }
  Errc refusal() { return recover_log(disk_, replayed_).error().code; }
  // What is handed out begins as it should, and all that is missing is said to be.
  void expect_doubt(const std::string& what) {
    const Result<Found> found = recover_log(disk_, replayed_);
    ASSERT_TRUE(found) << what << found.error().message();
    ASSERT_EQ(found->damages.size(), 1U) << what;
    EXPECT_EQ(found->damages[0].until, LogIndex(20)) << what;
    EXPECT_EQ(found->damages[0].term, Term(5)) << what;
    ASSERT_FALSE(replayed_.empty());
    EXPECT_EQ(replayed_[0].term, Term(7)) << what;
    const Records right = outcome(all_);
    EXPECT_TRUE(std::equal(replayed_.begin() + 1, replayed_.end(), right.begin() + 1)) << what;
  }

  MemoryDisk disk_;
  Records all_;
  Records replayed_;
  std::vector<std::string> paths_;
};

TEST_F(ManySegments, AMissingOneIsRefusedOrDoubt) {
  for (std::size_t i = 0; i + 1 < paths_.size(); ++i) {
    const Bytes bytes = disk_.bytes(paths_[i]);
    disk_.drop(paths_[i]);
    if (i == 0) {
      // The next one says what the log had come to.
      expect_doubt(paths_[i]);
    } else {
      EXPECT_EQ(refusal(), Errc::kCorrupt) << paths_[i];
    }
    disk_.set_bytes(paths_[i], bytes);
  }
}

TEST_F(ManySegments, AStaleOneIsNotTakenForAnother) {
  for (const std::string& path : paths_) {
    const Bytes bytes = disk_.bytes(path);
    for (const std::string& other : paths_) {
      if (other == path) continue;
      // The whole file, and only its records under the right header.
      disk_.set_bytes(path, disk_.bytes(other));
      EXPECT_EQ(refusal(), Errc::kCorrupt) << path;
      disk_.set_bytes(path,
                      bytes.substr(0, kHeaderBytes) + disk_.bytes(other).substr(kHeaderBytes));
      if (path == paths_.back()) {
        EXPECT_EQ(refusal(), Errc::kCorrupt) << path;
      } else {
        expect_doubt(path);
      }
      disk_.set_bytes(path, bytes);
    }
  }
}

TEST_F(ManySegments, DamageInAnyButTheLastIsProvenByTheNext) {
  for (std::size_t i = 0; i + 1 < paths_.size(); ++i) {
    const Bytes bytes = disk_.bytes(paths_[i]);
    Bytes damaged = bytes;
    damaged.replace(kProofAt, kSectorBytes, kSectorBytes, '\0');
    damaged.replace(kDataAt, damaged.size() - kDataAt, damaged.size() - kDataAt, '\0');
    // Its claims have a copy of what was last written.
    disk_.set_bytes(paths_[i], damaged);
    ASSERT_TRUE(recover_log(disk_, replayed_));
    damaged.replace(kClaimsAt, 2 * kClaimBytesMin, 2 * kClaimBytesMin, '\x5a');
    damaged[kDataAt] = 'x';
    disk_.set_bytes(paths_[i], damaged);
    expect_doubt(paths_[i]);
    disk_.set_bytes(paths_[i], bytes.substr(0, kDataAt + 100));
    ASSERT_TRUE(recover_log(disk_, replayed_));
    disk_.set_bytes(paths_[i], bytes);
  }
}

TEST_F(ManySegments, AFileThatOnlyLooksLikeASegmentIsRefused) {
  disk_.set_bytes("log/1.wal", "x");
  EXPECT_EQ(refusal(), Errc::kCorrupt);
}

// A read that fails says nothing about what is there.
TEST_F(ManySegments, AFailedReadIsAnErrorAndNoEvidence) {
  const std::map<std::string, Bytes> before = files_of(disk_);
  trace::NullSink sink;
  for (std::uint64_t call = 1;; ++call) {
    MemoryDisk disk(disk_);
    disk.fail_call(call, Errc::kIo, false);
    const Result<Found> found = recover_log(disk, replayed_);
    if (disk.calls() < call) break;
    ASSERT_EQ(found.error().code, Errc::kIo);
    EXPECT_TRUE(replayed_.empty());
    MemoryDisk again(disk_);
    again.fail_call(call, Errc::kIo, false);
    EXPECT_FALSE(open_log(again, sink, replayed_));
    EXPECT_EQ(files_of(again), before);
  }
}

// A value that imitates a frame of its own log does not become one when the record that holds it is
// torn.
TEST(LogCorruption, APayloadCannotTestify) {
  MemoryDisk disk;
  Records replayed;
  Written written;
  Bytes forged;
  append_frame(forged, entry(9, 10));
  SegmentHeader guess{
      .identity = one_segment().identity, .record_bytes_max = 4096, .first = RecordNumber(1)};
  guess.segment_bytes = one_segment().segment_bytes;
  const std::uint64_t lies_at = kDataAt + 2 * kSectorBytes;
  Groups groups;
  groups[GroupId(1)].end = LogIndex(8);
  seal_frame(forged.data(), guess, {lies_at, RecordNumber(3), RecordNumber(3)}, groups);
  Record record = entry(1, 0);
  record.payload =
      Blob(Bytes(lies_at - kDataAt - kFrameHeaderBytes, 'x') + forged + Bytes(100, 'y'));
  const std::unique_ptr<Log> log = must_open(disk, replayed, one_segment());
  log->append(record);
  ASSERT_TRUE(log->flush(now()));
  Bytes torn = disk.bytes(kFirst);
  torn.replace(kDataAt, kSectorBytes, kSectorBytes, '\0');
  torn.replace(kProofAt, kSectorBytes, kSectorBytes, '\0');
  torn.replace(kClaimsAt + kClaimBytesMin, kClaimBytesMin, kClaimBytesMin, '\0');
  disk.set_bytes(kFirst, torn);
  const Result<Found> found = recover_log(disk, replayed, one_segment());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->torn);
}

// Random bytes behind a good header, and everywhere: an error or nothing, never a record.
TEST(LogCorruption, RandomBytesNeverBecomeRecords) {
  MemoryDisk disk;
  Records replayed;
  must_open(disk, replayed, one_segment());
  const Bytes empty = disk.bytes(kFirst);
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Bytes noise = empty;
    for (std::size_t i = seed % 2 == 0 ? 0 : kDataAt; i < noise.size(); ++i) {
      // Sparse noise looks more like frames: small lengths, small numbers.
      const std::uint64_t hash = combine(seed, i);
      noise[i] = seed % 4 < 2 || hash % 8 == 0 ? static_cast<char>(hash >> 32) : '\0';
    }
    disk.set_bytes(kFirst, noise);
    const Result<Found> found = recover_log(disk, replayed, one_segment());
    EXPECT_TRUE(replayed.empty());
    EXPECT_EQ(found.ok(), seed % 2 == 1);
  }
}

}  // namespace
}  // namespace plumbline::log::test
