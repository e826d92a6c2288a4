#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"
#include "nodes/log/record.h"
#include "nodes/log/snapshot_format.h"
#include "nodes/trace/trace.h"
#include "nodes/world/disk.h"

namespace plumbline::log {

// The entry up to which a snapshot holds the state.
struct SnapshotId {
  LogIndex index;
  Term term;

  friend auto operator<=>(const SnapshotId&, const SnapshotId&) = default;
};

struct SnapshotHeader {
  SnapshotId id;
  // The caller's: configuration and the like.
  Blob meta;
  // Of the body in all.
  std::uint64_t bytes = 0;

  std::uint64_t chunks() const { return (bytes + kSnapshotChunkBytes - 1) / kSnapshotChunkBytes; }
  friend bool operator==(const SnapshotHeader&, const SnapshotHeader&) = default;
};

std::string snapshot_name(SnapshotId id);
std::optional<SnapshotId> parse_snapshot_name(std::string_view name);

// Writes one snapshot under a name that nobody reads, chunk by chunk; finish() gives it its own.
class SnapshotWriter {
 public:
  const SnapshotHeader& header() const { return header_; }
  // Of the body, good so far: whole chunks. Where a transfer that was cut off goes on.
  std::uint64_t bytes() const { return bytes_; }
  // The next chunk. REQUIRES: it is as long as a chunk is, or what is left when that is less.
  Status append(Yield& yield, BytesView chunk);
  // REQUIRES: all bytes are there. On success the snapshot survives a loss of power under its name;
  // before, there is none.
  Status finish(Yield& yield);

 private:
  friend class SnapshotStore;
  SnapshotWriter(Disk& disk, trace::Sink& trace, std::string directory, Identity identity,
                 SnapshotHeader header);

  Disk& disk_;
  trace::Sink& trace_;
  std::string directory_;
  Identity identity_;
  SnapshotHeader header_;
  std::unique_ptr<File> file_;
  std::uint64_t bytes_ = 0;
};

// One snapshot, open for reading: it can be read to the end also when it is removed meanwhile.
class SnapshotReader {
 public:
  const SnapshotHeader& header() const { return header_; }
  // Chunk number `chunk`, from 0. Errors: kCorrupt with file, chunk and offset.
  Result<Bytes> chunk(Yield& yield, std::uint64_t chunk) const;
  // What lies behind the last chunk. Errors: kCorrupt.
  Status check_end(Yield& yield) const;

 private:
  friend class SnapshotStore;
  SnapshotReader() = default;

  std::string path_;
  std::unique_ptr<File> file_;
  Identity identity_;
  SnapshotHeader header_;
};

struct SnapshotList {
  // Their headers pass; the rest was not read.
  std::vector<SnapshotHeader> readable;
  // Paths of those that cannot be read, with what is wrong.
  std::vector<std::string> bad;
};

// The snapshots of one node, in a directory of their own.
//
// 1. A file has a snapshot's name only when all of it is durable.
// 2. What is read passed a checksum that covers whose snapshot it is, which chunk, and where it
//    lies: chunks of two snapshots cannot be mixed (openraft 2eccb9e1).
// 3. A snapshot is removed only for a newer one that is there, whole.
class SnapshotStore {
 public:
  SnapshotStore(Disk& disk, trace::Sink& trace, std::string directory, Identity identity);

  // Makes the directory. What was received in part stays, to be resumed.
  Status open(Yield& yield);
  // All that are there, newest first.
  Result<SnapshotList> list(Yield& yield);
  // Reads a snapshot to its end. Errors: kNotFound; kCorrupt, kInvalid when it is not good.
  Status verify(Yield& yield, SnapshotId id);
  // Begins a snapshot; a partial one of the same name is dropped.
  Result<std::unique_ptr<SnapshotWriter>> create(Yield& yield, const SnapshotHeader& header);
  // Goes on with the partial one of the very same header, behind its last good chunk; else begins.
  Result<std::unique_ptr<SnapshotWriter>> resume(Yield& yield, const SnapshotHeader& header);
  // Errors: kNotFound; kCorrupt, kInvalid for a header that does not pass, or is another's.
  Result<std::unique_ptr<SnapshotReader>> read(Yield& yield, SnapshotId id);
  // Removes what is older than `keep`, whole, partial or bad; returns how many. Does nothing unless
  // `keep` is good and the log's durable base lies at or below it: a log that begins behind all
  // snapshots would be a gap (camunda #3573). What somebody else removes meanwhile is no error.
  Result<std::uint64_t> remove_older(Yield& yield, SnapshotId keep, LogIndex log_base);
  // Removes a bad one, so that a new one can take its place.
  Status remove(Yield& yield, SnapshotId id);
  // All that are not whole, also those that somebody is writing: these then end with kNotFound.
  Status remove_partial(Yield& yield);

 private:
  Result<std::unique_ptr<SnapshotReader>> open_file(Yield& yield, const std::string& path,
                                                    SnapshotId id);

  Disk& disk_;
  trace::Sink& trace_;
  std::string directory_;
  Identity identity_;
};

}  // namespace plumbline::log
