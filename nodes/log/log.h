#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"
#include "nodes/log/claim.h"
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
  std::uint64_t segments_removed = 0;
  std::uint64_t bytes_on_disk = 0;  // reserved by segments
};

struct Opened;

// What survives a crash: the write-ahead log of one node, for all its Raft groups. The format, what
// it can tell and what it cannot are in FORMAT.md.
//
// Owned by the shell. append() at any time; flush(), settle(), compact(), reserve() and release()
// from one fiber, which is the only one that touches the disk.
//
// 1. When flush() has succeeded, every record appended before its call survives any loss of power,
// in order.
// 2. No record is ever handed out by recovery that was not appended, nor one behind a gap.
// 3. After the first failure nothing more is written: it is unknown what the disk holds, and only a
// new open() can tell. A disk that has no room for a new segment is no such failure.
//
// A log that has filled its disk needs room to be made shorter: a base rests on a snapshot, and
// wants a place in a segment. So whoever owns it keeps a reserve, and gives it up for that.
class Log {
 public:
  // Opens or creates the log in `directory` (whose parent exists) and hands what it holds to
  // `replay`. What was handed out is durable on success; on failure it means nothing, and the
  // directory is as it was or holds the same records. Errors: those of recover(), and what the disk
  // says.
  //
  // With damages the directory stays as it is until the first flush, and a crash before that finds
  // the same damages again. The flush writes what was handed out and what is appended by then into
  // a new segment that takes the place of all others in one step. REQUIRES: by then a hard state
  // that is in doubt was appended for each damaged group.
  static Result<Opened> open(Yield& yield, Disk& disk, trace::Sink& trace, std::string directory,
                             const Options& options, const Replay& replay);

  // Buffers a record; it is not on the disk yet. REQUIRES: its payload is at most record_bytes_max
  // long; an entry lies behind its group's base and leaves no gap; a base does not go back.
  void append(const Record& record);
  // Makes everything durable that was appended before the call, with one sync (two and more when a
  // segment fills up). Records appended meanwhile belong to the next flush: group commit. A failure
  // is final, the node must stop; but for kNoSpace with is_full() afterwards: then some of the
  // records are perhaps durable, the others wait in the buffer, and flush() may be called again.
  // It then writes bases ahead of the entries that wait behind them, for these may have to wait
  // until the bases have made room.
  Status flush(Yield& yield);
  // For idle moments: makes it durable that the last flush was synced, so that damage to it is told
  // from a torn tail also after a loss of power (FORMAT.md, "What cannot be told"). A sync when
  // something was flushed since the last call, else nothing.
  Status settle(Yield& yield);
  // Removes leading segments all of whose entries lie below the durable bases or were replaced;
  // returns how many. No disk call when there are none. Possible while the log is full.
  Result<std::uint64_t> compact(Yield& yield);

  // Keeps at least so many bytes of the disk, beside the segments; none when the log is opened. A
  // file that holds nothing. Errors: kNoSpace, which is not final; there is no reserve then.
  Status reserve(Yield& yield, std::uint64_t bytes);
  // Gives the reserve up, to make room for a snapshot and for one more segment, which is begun when
  // a flush needs it, and is no longer than it must be. Each further one needs another call, until
  // there is a reserve again.
  Status release(Yield& yield);

  std::uint64_t segments() const { return uses_.all().size(); }
  std::uint64_t bytes_buffered() const { return buffer_.size(); }
  // Of the first record that is not durable.
  RecordNumber next() const { return next_; }
  // The last flush found no room for a new segment.
  bool is_full() const { return full_; }
  const Counters& counters() const { return counters_; }

 private:
  Log(Disk& disk, trace::Sink& trace, std::string directory, const Options& options);

  // Takes up the log as it was found, repaired where that is needed.
  Status take_up(Yield& yield, Recovered& recovered);
  Status continue_last(Yield& yield, const Found& found);
  Status repair(Yield& yield, const Found& found, const LastSegment& last);
  Status keep_for_mending(Recovered& recovered);
  Status remove_segments(Yield& yield, const std::vector<std::string>& paths);
  Status write_down_believed(Yield& yield, const std::vector<Record>& believed);

  Status write_all(Yield& yield, Bytes& frames, std::uint64_t& done);
  Status write_batch(Yield& yield, char* frames, std::uint64_t bytes);
  Status write_proof(Yield& yield);
  Status mend(Yield& yield, const Bytes& frames, std::uint64_t& done);
  // How many of the bytes at `frames` are whole frames that the rest of the segment may hold.
  std::uint64_t fitting(const char* frames, std::uint64_t bytes) const;

  Status roll(Yield& yield, std::uint64_t first_frame_bytes);
  // Begins a segment with these records. `room` is for what comes after them.
  Status begin_segment(Yield& yield, Bytes opening, std::uint64_t room, bool restarts);
  SegmentHeader next_header(const Bytes& opening, std::uint64_t room, bool restarts) const;
  std::string path_of(SegmentName name) const { return directory_ + "/" + segment_name(name); }
  Status wait_for_space(Status status, Bytes frames);
  void measure();
  Status remember(Status status);

  Disk& disk_;
  trace::Sink& trace_;
  std::string directory_;
  Options options_;

  std::unique_ptr<File> file_;
  SegmentHeader segment_;
  std::uint64_t at_ = 0;        // where the next batch goes
  std::uint32_t checksum_ = 0;  // of the last record
  RecordNumber next_{1};
  int claim_slot_ = 1;
  bool settled_ = true;
  // What all groups have come to; durable outside of a flush.
  Groups groups_;
  SegmentUses uses_;

  Bytes buffer_;  // frames, not sealed
  std::uint64_t records_buffered_ = 0;
  std::set<GroupId> seen_;  // groups, with those whose records are buffered
  bool flushing_ = false;
  bool full_ = false;
  // kReleased: for one segment more; kSpent: it was begun.
  enum class Reserve { kNone, kKept, kReleased, kSpent };
  Reserve reserve_ = Reserve::kNone;
  std::uint64_t reserve_bytes_ = 0;
  std::optional<Error> failed_;
  Counters counters_;

  // What is left of a damaged log, until it is written anew; and whose doubt is not yet buffered.
  bool mending_ = false;
  std::vector<Record> survivors_;
  std::set<GroupId> doubtful_;
};

struct Opened {
  std::unique_ptr<Log> log;
  std::vector<Damage> damages;
  std::vector<Claimed> claimed;
};

}  // namespace plumbline::log
