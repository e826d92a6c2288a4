#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "nodes/base/crc32c.h"
#include "nodes/base/hash.h"
#include "tests/nodes_log/helpers.h"

// Damage to what was synced. It must be harmless or loud; never another record, and never a shorter
// log outside the window that FORMAT.md names. I2: an unreadable hard state is no reason to start
// at term 0.

namespace plumbline::log::test {
namespace {

constexpr char kFirst[] = "log/0000000000000001.wal";

std::vector<Records> three_batches() {
  return {{hard_state(1, 2, 0), entry(1, 30)},
          {entry(2, 600), hard_state(2, 1, 1)},
          {entry(3, 40), entry(4, 500)}};
}

Options one_segment() {
  Options options = small_options();
  options.segment_bytes = 10 * kSectorBytes;
  return options;
}

struct Fixture {
  MemoryDisk disk;
  Records all;
  // As found when the process was killed: the last mark is there.
  Bytes killed;
  // As found when power was lost with the worst luck: the last mark is not.
  Bytes unmarked;
  std::size_t before_last = 0;

  Fixture() {
    Records replayed;
    const std::unique_ptr<Log> log = must_open(disk, replayed, one_segment());
    Written written;
    for (const Records& batch : three_batches()) {
      before_last = written.acknowledged;
      EXPECT_TRUE(write_batches(*log, {batch}, written));
    }
    all = written.appended;
    killed = disk.bytes(kFirst);
    MemoryDisk image(disk);
    image.lose_power({Loss::Mode::kNothingSurvives, 0});
    unmarked = image.bytes(kFirst);
    EXPECT_NE(killed, unmarked);
  }
};

enum class Outcome { kIntact, kLoud, kShorter, kWrong };

Outcome outcome_of(const Bytes& segment, const Records& all) {
  MemoryDisk disk;
  disk.set_bytes(kFirst, segment);
  Records replayed;
  const Result<Found> found = recover_log(disk, replayed, one_segment());
  if (!found && found.error().code == Errc::kCorrupt) {
    EXPECT_NE(found.error().detail.find(kFirst), std::string::npos);
    EXPECT_NE(found.error().detail.find("offset"), std::string::npos);
    return Outcome::kLoud;
  }
  if (!found) return Outcome::kWrong;
  if (replayed == all) return Outcome::kIntact;
  return is_prefix(replayed, all) ? Outcome::kShorter : Outcome::kWrong;
}

std::size_t records_left(const Bytes& segment) {
  MemoryDisk disk;
  disk.set_bytes(kFirst, segment);
  Records replayed;
  EXPECT_TRUE(recover_log(disk, replayed, one_segment()));
  return replayed.size();
}

TEST(LogCorruption, AFlippedBitAnywhereIsHarmlessOrLoud) {
  const Fixture f;
  int loud = 0;
  int intact = 0;
  for (std::size_t bit = 0; bit < f.killed.size() * 8; ++bit) {
    if (bit % 8 != bit / 8 % 8 && bit / 8 > 2200)
      continue;  // one bit of each byte, all bits of the first records
    Bytes damaged = f.killed;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const Outcome outcome = outcome_of(damaged, f.all);
    ASSERT_TRUE(outcome == Outcome::kIntact || outcome == Outcome::kLoud) << "byte " << bit / 8;
    ++(outcome == Outcome::kLoud ? loud : intact);
  }
  EXPECT_GT(loud, 1000);
  EXPECT_GT(intact, 1000);
}

// The window: only the last flush, and only when its mark did not reach the disk.
TEST(LogCorruption, WithoutTheLastMarkOnlyTheLastFlushCanBeCut) {
  const Fixture f;
  int shorter = 0;
  for (std::size_t byte = 0; byte < f.unmarked.size(); ++byte) {
    Bytes damaged = f.unmarked;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x10);
    const Outcome outcome = outcome_of(damaged, f.all);
    ASSERT_NE(outcome, Outcome::kWrong) << "byte " << byte;
    if (outcome != Outcome::kShorter) continue;
    ++shorter;
    ASSERT_GE(records_left(damaged), f.before_last) << "byte " << byte;
  }
  EXPECT_GT(shorter, 100);
}

TEST(LogCorruption, SettlingClosesTheWindow) {
  MemoryDisk disk;
  Records replayed;
  const std::unique_ptr<Log> log = must_open(disk, replayed, one_segment());
  Written written;
  ASSERT_TRUE(write_batches(*log, three_batches(), written));
  ASSERT_TRUE(log->settle(now()));
  disk.reset_calls();
  ASSERT_TRUE(log->settle(now()));
  EXPECT_EQ(disk.calls(), 0U);
  disk.lose_power({Loss::Mode::kNothingSurvives, 0});
  const Bytes whole = disk.bytes(kFirst);
  for (std::size_t byte = 0; byte < whole.size(); ++byte) {
    Bytes damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x04);
    const Outcome outcome = outcome_of(damaged, written.appended);
    ASSERT_TRUE(outcome == Outcome::kIntact || outcome == Outcome::kLoud) << "byte " << byte;
  }
}

TEST(LogCorruption, ALostSectorIsHarmlessOrLoud) {
  const Fixture f;
  for (const char fill : {'\0', '\x5a'}) {
    for (std::size_t at = 0; at < f.killed.size(); at += kSectorBytes) {
      Bytes damaged = f.killed;
      damaged.replace(at, kSectorBytes, kSectorBytes, fill);
      const Outcome outcome = outcome_of(damaged, f.all);
      ASSERT_TRUE(outcome == Outcome::kIntact || outcome == Outcome::kLoud) << "sector at " << at;
    }
  }
}

TEST(LogCorruption, AMisdirectedSectorIsHarmlessOrLoud) {
  const Fixture f;
  for (std::size_t from = 0; from < f.killed.size(); from += kSectorBytes) {
    for (std::size_t to = 0; to < f.killed.size(); to += kSectorBytes) {
      Bytes damaged = f.killed;
      damaged.replace(to, kSectorBytes, f.killed, from, kSectorBytes);
      const Outcome outcome = outcome_of(damaged, f.all);
      ASSERT_TRUE(outcome == Outcome::kIntact || outcome == Outcome::kLoud) << from << " to " << to;
    }
  }
}

TEST(LogCorruption, ALengthIsBoundedBeforeItIsTrusted) {
  const Fixture f;
  for (const std::uint32_t length : {0U, 1U, 4095U, 4097U, 0x7fffffffU, 0xffffffc8U, 0xffffffffU}) {
    Bytes damaged = f.killed;
    std::memcpy(damaged.data() + kDataAt + kFrameLengthAt, &length, sizeof length);
    EXPECT_NE(outcome_of(damaged, f.all), Outcome::kShorter) << length;
    EXPECT_NE(outcome_of(damaged, f.all), Outcome::kWrong) << length;
  }
}

TEST(LogCorruption, TheMessageNamesFileRecordAndOffset) {
  const Fixture f;
  MemoryDisk disk;
  Bytes damaged = f.killed;
  damaged[kDataAt + kFrameTermAt] ^= 1;
  disk.set_bytes(kFirst, damaged);
  Records replayed;
  const Result<Found> found = recover_log(disk, replayed, one_segment());
  ASSERT_FALSE(found);
  EXPECT_EQ(
      found.error().message(),
      "log/0000000000000001.wal: record 1 at offset 1536 is unreadable, though it was synced, as "
      "a mark at offset 512 proves: corrupt");
}

TEST(LogCorruption, AnUnknownVersionIsRefusedByName) {
  MemoryDisk disk;
  Records replayed;
  must_open(disk, replayed);
  Bytes segment = disk.bytes(kFirst);
  const std::uint32_t version = 9;
  std::memcpy(segment.data() + kHeaderVersionAt, &version, sizeof version);
  disk.set_bytes(kFirst, segment);
  EXPECT_EQ(recover_log(disk, replayed).error().code, Errc::kCorrupt);
  // As a later program would write it: the checksum fits.
  const std::uint32_t checksum =
      crc32c(BytesView(segment).substr(kHeaderVersionAt, kHeaderBytes - kHeaderVersionAt));
  std::memcpy(segment.data() + kHeaderChecksumAt, &checksum, sizeof checksum);
  disk.set_bytes(kFirst, segment);
  const Result<Found> found = recover_log(disk, replayed);
  EXPECT_EQ(found.error().code, Errc::kInvalid);
  EXPECT_NE(found.error().detail.find("version 9"), std::string::npos);
}

class ManySegments : public testing::Test {
 protected:
  void SetUp() override {
    Written written;
    Records batch;
    for (std::uint64_t i = 1; i <= 20; ++i) batch.push_back(entry(i, 300));
    ASSERT_TRUE(write_batches(*must_open(disk_, replayed_), {batch}, written));
    all_ = batch;
    paths_ = disk_.paths();
    ASSERT_GT(paths_.size(), 4U);
  }
  Errc refusal() { return recover_log(disk_, replayed_).error().code; }

  MemoryDisk disk_;
  Records all_;
  Records replayed_;
  std::vector<std::string> paths_;
};

TEST_F(ManySegments, AMissingOneIsCorruption) {
  for (std::size_t i = 0; i + 1 < paths_.size(); ++i) {
    const Bytes bytes = disk_.bytes(paths_[i]);
    disk_.drop(paths_[i]);
    EXPECT_EQ(refusal(), Errc::kCorrupt) << paths_[i];
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
      // In the last one nothing is left that could testify; what counts is that no record of the
      // other is taken.
      const Result<Found> found = recover_log(disk_, replayed_);
      EXPECT_TRUE(is_prefix(replayed_, all_)) << path;
      EXPECT_TRUE(path == paths_.back() || !found) << path;
      disk_.set_bytes(path, bytes);
    }
  }
}

TEST_F(ManySegments, DamageInAnyButTheLastIsProvenByTheNext) {
  for (std::size_t i = 0; i + 1 < paths_.size(); ++i) {
    const Bytes bytes = disk_.bytes(paths_[i]);
    Bytes damaged = bytes;
    damaged.replace(kMarkAt[0], 2 * kSectorBytes, 2 * kSectorBytes, '\0');
    damaged.replace(kDataAt, damaged.size() - kDataAt, damaged.size() - kDataAt, '\0');
    disk_.set_bytes(paths_[i], damaged);
    EXPECT_EQ(refusal(), Errc::kCorrupt);
    disk_.set_bytes(paths_[i], bytes.substr(0, bytes.size() / 2));
    EXPECT_EQ(refusal(), Errc::kCorrupt);
    disk_.set_bytes(paths_[i], bytes);
  }
}

TEST_F(ManySegments, AFileThatOnlyLooksLikeASegmentIsRefused) {
  disk_.set_bytes("log/1.wal", "x");
  EXPECT_EQ(refusal(), Errc::kCorrupt);
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
  seal_frame(forged.data(), guess, lies_at, RecordNumber(3), RecordNumber(3));
  Record record = entry(1, 0);
  record.payload =
      Blob(Bytes(lies_at - kDataAt - kFrameHeaderBytes, 'x') + forged + Bytes(100, 'y'));
  const std::unique_ptr<Log> log = must_open(disk, replayed, one_segment());
  log->append(record);
  ASSERT_TRUE(log->flush(now()));
  Bytes torn = disk.bytes(kFirst);
  torn.replace(kDataAt, kSectorBytes, kSectorBytes, '\0');
  torn.replace(kMarkAt[0], 2 * kSectorBytes, 2 * kSectorBytes, '\0');
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
    for (std::size_t i = seed % 2 == 0 ? 0 : kHeaderBytes; i < noise.size(); ++i) {
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
