#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"
#include "nodes/log/frame.h"
#include "nodes/log/record.h"
#include "nodes/log/recovery.h"
#include "nodes/trace/trace.h"
#include "nodes/world/disk.h"

namespace plumbline::log {

struct Counters {
  std::uint64_t flushes = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes_written = 0;  // of frames
  std::uint64_t segments_created = 0;
};

// What survives a crash: the write-ahead log of one node, for all its Raft groups. The format, what
// it can tell and what it cannot are in FORMAT.md.
//
// Owned by the shell. append() at any time; flush() and settle() from one fiber, which is the only
// one that touches the disk.
//
// 1. When flush() has succeeded, every record appended before its call survives any loss of power,
// in order.
// 2. No record is ever handed out by recovery that was not appended, nor one behind a gap.
// 3. After the first failure nothing more is written: it is unknown what the disk holds, and only a
// new open() can tell.
class Log {
 public:
  // Opens or creates the log in `directory` (whose parent exists) and hands every surviving record
  // to `replay`, in order. An entry replaces earlier ones of its group with the same or a higher
  // index. What was handed out is durable on success; on failure it means nothing, and the
  // directory is as it was or holds the same records. Errors: those of recover(), and what the disk
  // says.
  static Result<std::unique_ptr<Log>> open(Yield& yield, Disk& disk, trace::Sink& trace,
                                           std::string directory, const Options& options,
                                           const Replay& replay);

  // Buffers a record; it is not on the disk yet. REQUIRES: its payload is at most record_bytes_max
  // long.
  void append(const Record& record);
  // Makes everything durable that was appended before the call, with one sync (two and more when a
  // segment fills up). Records appended meanwhile belong to the next flush: group commit. A failure
  // is final: the node must stop.
  Status flush(Yield& yield);
  // For idle moments: makes it durable that the last flush was synced, so that damage to it is told
  // from a torn tail also after a loss of power (FORMAT.md, "What cannot be told"). A sync when
  // something was flushed since the last call, else nothing.
  Status settle(Yield& yield);

  std::uint64_t bytes_buffered() const { return buffer_.size(); }
  // Of the first record that is not durable.
  RecordNumber next() const { return next_; }
  const Counters& counters() const { return counters_; }

 private:
  Log(Disk& disk, trace::Sink& trace, std::string directory, const Options& options);

  // Takes up the log as it was found, repaired where that is needed.
  Status take_up(Yield& yield, const Found& found, const LastSegment& last);
  Status repair(Yield& yield, const Found& found, const LastSegment& last);
  Status roll(Yield& yield, std::uint64_t first_frame_bytes);
  Status write_all(Yield& yield, Bytes& frames);
  Status write_batch(Yield& yield, char* frames, std::uint64_t bytes);
  Status write_mark(Yield& yield);
  // How many of the bytes at `frames` are whole frames that the rest of the segment may hold.
  std::uint64_t fitting(const char* frames, std::uint64_t bytes) const;
  Status remember(Status status);

  Disk& disk_;
  trace::Sink& trace_;
  std::string directory_;
  Options options_;

  std::unique_ptr<File> file_;
  SegmentHeader segment_;
  std::uint64_t at_ = kDataAt;  // where the next batch goes
  std::uint32_t checksum_ = 0;  // of the last record
  RecordNumber next_{1};
  int mark_slot_ = 0;
  bool settled_ = true;

  Bytes buffer_;  // frames, not sealed
  std::uint64_t records_buffered_ = 0;
  bool flushing_ = false;
  std::optional<Error> failed_;
  Counters counters_;
};

}  // namespace plumbline::log
