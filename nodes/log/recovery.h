#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nodes/base/result.h"
#include "nodes/log/frame.h"
#include "nodes/log/record.h"

namespace plumbline {
class Disk;
class Yield;
}  // namespace plumbline

namespace plumbline::log {

using Replay = std::function<void(const Record&)>;

// What a disk holds of a log.
struct Found {
  std::uint64_t segments = 0;
  std::uint64_t records = 0;
  // Number that the next record will have.
  RecordNumber next{1};
  // The synced log is known to reach up to here; what lies between this and `next` passed its
  // checksums, no more.
  RecordNumber proven{1};
  // Last segment's path; the bytes behind its last good record begin at `end`.
  std::string file;
  std::uint64_t end = 0;
  // Behind `end` lies what a loss of power left of a batch that was never acknowledged.
  bool torn = false;
  // Intact records among that: they follow a hole, so they are dropped.
  std::uint64_t behind_hole = 0;

  // The last segment must be written anew before the log may go on: what is torn must not come
  // back, and what passed its checksum was perhaps read from a cache that no sync ever emptied.
  bool needs_repair() const { return torn || next != proven; }
};

// Hands every record that a log opened now would hold to `replay`, in order, and changes nothing:
// made for checking what a loss of power would leave, and used by Log::open. Without a directory
// there is an empty log. On failure, what was handed out means nothing.
//
// Errors: kCorrupt when a record that was synced cannot be read, with file, record and offset in
// one line; kInvalid for the log of another node or of an unknown format version; kIo when the disk
// does not answer.
Result<Found> recover(Yield& yield, Disk& disk, const std::string& directory,
                      const Options& options, const Replay& replay);

// What the last segment holds, for those who go on writing it.
struct LastSegment {
  SegmentHeader header;
  // Whole, as read.
  Bytes bytes;
  // Checksum of its last good record, zero without one.
  std::uint32_t checksum = 0;
  // Slot of the mark that counts; the other is free.
  int mark_slot = 1;
};

// recover(), and the last segment beside it. `last` is left alone when there is none.
Result<Found> recover_keeping(Yield& yield, Disk& disk, const std::string& directory,
                              const Options& options, const Replay& replay, LastSegment& last);

}  // namespace plumbline::log
