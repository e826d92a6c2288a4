#include "nodes/log/snapshot_store.h"

#include <gtest/gtest.h>

#include <optional>

#include <cstring>

#include "nodes/base/crc32c.h"
#include "nodes/base/hash.h"
#include "tests/nodes_log/helpers.h"

namespace plumbline::log::test {
namespace {

const Identity kSelf{7, NodeId(1)};

SnapshotHeader header_of(std::uint64_t index, std::uint64_t bytes) {
  return {.id = {LogIndex(index), Term(2)},
          .meta = Blob("members of " + std::to_string(index)),
          .bytes = bytes};
}

// Different for each snapshot and place.
Bytes body_of(const SnapshotHeader& header) {
  Bytes body(header.bytes, '\0');
  for (std::size_t i = 0; i < body.size(); ++i)
    body[i] = static_cast<char>(mix(i / 8 + header.id.index.value * 1000003) >> i % 8);
  return body;
}

Status write_chunks(SnapshotWriter& writer, std::uint64_t upto) {
  const Bytes body = body_of(writer.header());
  while (writer.bytes() < std::min<std::uint64_t>(upto, body.size())) {
    Status status =
        writer.append(now(), BytesView(body).substr(writer.bytes(), kSnapshotChunkBytes));
    if (!status) return status;
  }
  return {};
}

Status write_snapshot(SnapshotStore& store, const SnapshotHeader& header) {
  const Result<std::unique_ptr<SnapshotWriter>> writer = store.create(now(), header);
  if (!writer) return writer.error();
  Status status = write_chunks(**writer, header.bytes);
  return status ? (*writer)->finish(now()) : status;
}

std::optional<Errc> error_of(const Status& status) {
  return status ? std::nullopt : std::optional(status.error().code);
}

class Snapshots : public testing::Test {
 protected:
  SnapshotStore open_store(Disk& disk) {
    SnapshotStore store(disk, sink_, "snapshots", kSelf);
    EXPECT_TRUE(store.open(now()));
    return store;
  }
  Bytes read_back(SnapshotStore& store, SnapshotId id) {
    const Result<std::unique_ptr<SnapshotReader>> reader = store.read(now(), id);
    if (!reader) return {};
    Bytes body;
    for (std::uint64_t i = 0; i < (*reader)->header().chunks(); ++i) {
      const Result<Bytes> chunk = (*reader)->chunk(now(), i);
      if (!chunk) return {};
      body += *chunk;
    }
    return body;
  }
  static std::string path_of(const SnapshotHeader& header) {
    return "snapshots/" + snapshot_name(header.id);
  }

  CountingSink sink_;
};

TEST_F(Snapshots, AreReadBackAsTheyWereWritten) {
  MemoryDisk disk;
  SnapshotStore store = open_store(disk);
  std::uint64_t index = 1;
  for (const std::uint64_t bytes :
       {std::uint64_t{0}, std::uint64_t{1}, kSnapshotChunkBytes - 1, kSnapshotChunkBytes,
        kSnapshotChunkBytes + 1, 3 * kSnapshotChunkBytes + 77}) {
    const SnapshotHeader header = header_of(index++, bytes);
    ASSERT_TRUE(write_snapshot(store, header));
    disk.lose_power({Loss::Mode::kNothingSurvives});
    EXPECT_EQ(read_back(store, header.id), body_of(header));
  }
  const Result<SnapshotList> list = store.list(now());
  ASSERT_TRUE(list);
  ASSERT_EQ(list->readable.size(), 6U);
  EXPECT_TRUE(list->bad.empty());
  EXPECT_EQ(list->readable.front(), header_of(6, 3 * kSnapshotChunkBytes + 77));
  EXPECT_EQ(list->readable.back(), header_of(1, 0));
}

TEST_F(Snapshots, HaveNamesInTheOrderOfTheirIndices) {
  const SnapshotId id{LogIndex(0x1f), Term(10)};
  EXPECT_EQ(snapshot_name(id), "snapshot-000000000000001f-000000000000000a.snap");
  EXPECT_EQ(parse_snapshot_name(snapshot_name(id)), id);
  for (const char* name : {"", "snapshot-1-2.snap", "snapshot-000000000000001f-000000000000000a",
                           "snapshot-000000000000001F-000000000000000a.snap",
                           "snapshot-000000000000001f.000000000000000a.snap"}) {
    EXPECT_FALSE(parse_snapshot_name(name)) << name;
  }
}

// Never half of one: after a crash at any call there is the snapshot, whole, or none.
TEST_F(Snapshots, ACrashAtAnyCallLeavesAllOrNothing) {
  const SnapshotHeader header = header_of(5, 2 * kSnapshotChunkBytes + 5);
  bool finished = false;
  for (std::uint64_t call = 1; !finished; ++call) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      MemoryDisk disk;
      SnapshotStore store = open_store(disk);
      ASSERT_TRUE(write_snapshot(store, header_of(3, 100)));
      disk.reset_calls();
      disk.fail_call(call, Errc::kCrashed, true);
      finished = write_snapshot(store, header).ok();
      disk.heal();
      disk.lose_power({Loss::Mode::kMixed, seed});
      const Result<SnapshotList> list = store.list(now());
      ASSERT_TRUE(list);
      EXPECT_TRUE(list->bad.empty()) << list->bad.front();
      ASSERT_GE(list->readable.size(), finished ? 2U : 1U);
      EXPECT_EQ(list->readable.back(), header_of(3, 100));
      if (list->readable.size() == 2) {
        EXPECT_EQ(read_back(store, header.id), body_of(header));
      }
      // And whatever is left of it is gone on with, or begun anew.
      const Result<std::unique_ptr<SnapshotWriter>> writer = store.resume(now(), header);
      ASSERT_TRUE(writer);
      ASSERT_TRUE(write_chunks(**writer, header.bytes));
      ASSERT_TRUE((*writer)->finish(now()));
      disk.lose_power({Loss::Mode::kNothingSurvives});
      EXPECT_EQ(read_back(store, header.id), body_of(header)) << "call " << call;
    }
  }
}

TEST_F(Snapshots, AreResumedBehindTheLastGoodChunk) {
  MemoryDisk disk;
  SnapshotStore store = open_store(disk);
  const SnapshotHeader header = header_of(9, 5 * kSnapshotChunkBytes);
  {
    const auto writer = store.create(now(), header);
    ASSERT_TRUE(write_chunks(**writer, 3 * kSnapshotChunkBytes));
  }
  EXPECT_EQ((*store.resume(now(), header))->bytes(), 3 * kSnapshotChunkBytes);
  // Damage to what is there takes back what follows.
  const std::string partial = path_of(header) + std::string(kPartialSuffix);
  Bytes bytes = disk.bytes(partial);
  bytes[kSnapshotHeaderBytes + kSnapshotChunkBytes + 5000] ^= 1;
  disk.set_bytes(partial, bytes);
  const auto writer = store.resume(now(), header);
  EXPECT_EQ((*writer)->bytes(), kSnapshotChunkBytes);
  EXPECT_EQ(sink_.count["snapshot.resumed"], 2);
  // SN-10: another snapshot of the same entry is not gone on with.
  SnapshotHeader other = header;
  other.meta = Blob("others");
  EXPECT_EQ((*store.resume(now(), other))->bytes(), 0U);
}

TEST_F(Snapshots, AFlippedBitAnywhereIsSeen) {
  MemoryDisk disk;
  SnapshotStore store = open_store(disk);
  const SnapshotHeader header = header_of(4, kSnapshotChunkBytes + 300);
  ASSERT_TRUE(write_snapshot(store, header));
  const Bytes whole = disk.bytes(path_of(header));
  const std::size_t body = kSnapshotHeaderBytes + header.meta.size();
  for (std::size_t at = 0; at<whole.size(); at += at> 200 && at < 65400 ? 97 : 1) {
    Bytes damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    disk.set_bytes(path_of(header), damaged);
    const Status whole = store.verify(now(), header.id);
    ASSERT_EQ(error_of(whole), Errc::kCorrupt) << "byte " << at;
    EXPECT_NE(whole.error().detail.find(path_of(header)), std::string::npos);
    const Result<SnapshotList> list = store.list(now());
    ASSERT_TRUE(list);
    EXPECT_EQ(list->readable.empty(), at < body) << "byte " << at;
    EXPECT_EQ(list->bad.size(), at < body ? 1U : 0U) << "byte " << at;
  }
  for (const std::size_t size : {0UL, 10UL, 60UL, 5000UL, whole.size() - 1}) {
    disk.set_bytes(path_of(header), whole.substr(0, size));
    EXPECT_EQ(error_of(store.verify(now(), header.id)), Errc::kCorrupt) << size;
  }
}

// SN-10: a chunk of one snapshot under another one's header does not pass, nor at another place.
TEST_F(Snapshots, ChunksOfTwoCannotBeMixed) {
  MemoryDisk disk;
  SnapshotStore store = open_store(disk);
  const SnapshotHeader a = header_of(1, 2 * kSnapshotChunkBytes);
  SnapshotHeader b = header_of(2, 2 * kSnapshotChunkBytes);
  ASSERT_TRUE(write_snapshot(store, a));
  ASSERT_TRUE(write_snapshot(store, b));
  const std::uint64_t chunk = kChunkHeadBytes + kSnapshotChunkBytes;
  const std::uint64_t first = kSnapshotHeaderBytes + a.meta.size();
  const Bytes from = disk.bytes(path_of(a));
  Bytes mixed = disk.bytes(path_of(b));
  mixed.replace(first, chunk, from, first, chunk);
  disk.set_bytes(path_of(b), mixed);
  EXPECT_EQ((*store.read(now(), b.id))->chunk(now(), 0).error().code, Errc::kCorrupt);
  EXPECT_TRUE((*store.read(now(), b.id))->chunk(now(), 1));
  Bytes swapped = from;
  swapped.replace(first, chunk, from, first + chunk, chunk);
  disk.set_bytes(path_of(a), swapped);
  EXPECT_EQ((*store.read(now(), a.id))->chunk(now(), 0).error().code, Errc::kCorrupt);
  // A file under another one's name.
  disk.set_bytes(path_of(b), from);
  EXPECT_EQ(store.read(now(), b.id).error().code, Errc::kCorrupt);
}

TEST_F(Snapshots, OfAnotherNodeOrAnUnknownVersionAreRefused) {
  MemoryDisk disk;
  SnapshotStore store = open_store(disk);
  const SnapshotHeader header = header_of(1, 10);
  ASSERT_TRUE(write_snapshot(store, header));
  Bytes later = disk.bytes(path_of(header));
  later[kSnapshotVersionAt] = 9;
  const std::uint32_t checksum = crc32c(BytesView(later).substr(
      kSnapshotVersionAt, kSnapshotHeaderBytes + header.meta.size() - kSnapshotVersionAt));
  std::memcpy(later.data() + kSnapshotChecksumAt, &checksum, sizeof checksum);
  SnapshotStore other(disk, sink_, "snapshots", {7, NodeId(2)});
  EXPECT_EQ(other.read(now(), header.id).error().code, Errc::kInvalid);
  disk.set_bytes(path_of(header), later);
  EXPECT_EQ(store.read(now(), header.id).error().code, Errc::kInvalid);
  EXPECT_NE(store.list(now())->bad.at(0).find("version 9"), std::string::npos);
}

// SN-04, SN-12: an older one goes only when a newer one is there, whole, and the log reaches it.
TEST_F(Snapshots, OlderOnesGoOnlyForANewerOneThatIsGood) {
  MemoryDisk disk;
  SnapshotStore store = open_store(disk);
  for (const std::uint64_t index : {2, 4, 6})
    ASSERT_TRUE(write_snapshot(store, header_of(index, 90)));
  const SnapshotHeader begun = header_of(3, kSnapshotChunkBytes);
  ASSERT_TRUE(store.create(now(), begun));
  EXPECT_FALSE(store.remove_older(now(), header_of(8, 90).id, LogIndex(2)));
  EXPECT_EQ(store.remove_older(now(), header_of(4, 90).id, LogIndex(5)).value(), 0U);
  Bytes bad = disk.bytes(path_of(header_of(6, 90)));
  bad[80] ^= 1;
  disk.set_bytes(path_of(header_of(6, 90)), bad);
  EXPECT_EQ(store.remove_older(now(), header_of(6, 90).id, LogIndex(6)).error().code,
            Errc::kCorrupt);
  EXPECT_EQ(store.list(now())->readable.size(), 3U) << "only headers are read";
  EXPECT_EQ(store.remove_older(now(), header_of(4, 90).id, LogIndex(4)).value(), 2U);
  disk.lose_power({Loss::Mode::kNothingSurvives});
  EXPECT_EQ(store.list(now())->readable.size(), 2U);
  EXPECT_EQ(disk.paths().size(), 2U);
  ASSERT_TRUE(store.remove(now(), header_of(6, 90).id));
  EXPECT_EQ(store.list(now())->readable.size(), 1U);
}

// What a failed sync dropped is not found in the cache by whoever resumes.
TEST_F(Snapshots, AFailedSyncIsNotResumed) {
  MemoryDisk disk;
  SnapshotStore store = open_store(disk);
  const SnapshotHeader header = header_of(2, kSnapshotChunkBytes);
  const auto writer = store.create(now(), header);
  ASSERT_TRUE(write_chunks(**writer, header.bytes));
  disk.reset_calls();
  disk.fail_call(2, Errc::kIo, false);
  ASSERT_FALSE((*writer)->finish(now()));
  disk.heal();
  EXPECT_EQ((*store.resume(now(), header))->bytes(), 0U);
}

// A read that fails is no evidence against a snapshot.
TEST_F(Snapshots, AFailedReadIsAnError) {
  MemoryDisk disk;
  SnapshotStore store = open_store(disk);
  ASSERT_TRUE(write_snapshot(store, header_of(2, 90)));
  for (std::uint64_t call = 1;; ++call) {
    disk.reset_calls();
    disk.fail_call(call, Errc::kIo, false);
    const Result<SnapshotList> list = store.list(now());
    if (disk.calls() < call) break;
    EXPECT_FALSE(list) << "call " << call;
  }
  for (std::uint64_t call = 1;; ++call) {
    disk.reset_calls();
    disk.fail_call(call, Errc::kIo, false);
    const Status whole = store.verify(now(), header_of(2, 90).id);
    if (disk.calls() < call) break;
    EXPECT_EQ(error_of(whole), Errc::kIo) << "call " << call;
  }
}

}  // namespace
}  // namespace plumbline::log::test
