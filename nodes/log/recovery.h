#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nodes/base/result.h"
#include "nodes/log/frame.h"
#include "nodes/log/record.h"
#include "nodes/log/segment_uses.h"

namespace plumbline {
class Disk;
class Yield;
}  // namespace plumbline

namespace plumbline::log {

// What the log of each group has come to, group by group: its hard state, its base if it has one,
// and its entries from behind the base on, without gaps and without those that were replaced. The
// commit index of a hard state reaches no further than the entries.
using Replay = std::function<void(const Record&)>;

// Of a group, records are lost that were synced. What was handed out of its entries is good, but
// the log had come to `until`, an entry of `term`, and all up to there may have been acknowledged.
struct Damage {
  GroupId group;
  LogIndex until;
  Term term;
  // File, record and offset, in one line.
  std::string where;
};

// The end that a batch claims which is torn, as far as anyone can tell (FORMAT.md, "What cannot be
// told").
struct Claimed {
  GroupId group;
  LogIndex index;
  Term term;
};

// What a disk holds of a log.
struct Found {
  std::uint64_t segments = 0;
  // Those that could be read, checkpoints among them.
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
  // Something in the last segment is only readable in its second place.
  bool restored = false;
  std::vector<Damage> damages;
  std::vector<Claimed> claimed;

  // The last segment must be written anew before the log may go on: what is torn must not come
  // back, what passed its checksum was perhaps read from a cache that no sync ever emptied, and
  // what is left in one place only must be in two again.
  bool needs_repair() const { return torn || restored || next != proven; }
};

// Hands what a log opened now would hold to `replay`, and changes nothing: made for checking what a
// loss of power would leave, and used by Log::open. Without a directory there is an empty log. On
// failure, nothing was handed out.
//
// Errors: kCorrupt when a hard state or the end of a log that were synced can be read in neither of
// their places, with file, record and offset in one line; kInvalid for the log of another node or
// of an unknown format version; kIo when the disk does not answer.
Result<Found> recover(Yield& yield, Disk& disk, const std::string& directory,
                      const Options& options, const Replay& replay);

// What the last segment holds, for those who go on writing it.
struct LastSegment {
  SegmentHeader header;
  // Whole, as read.
  Bytes bytes;
  // Checksum of its last good record, zero without one.
  std::uint32_t checksum = 0;
  // Slot of the claim that counts; the other is free.
  int claim_slot = 1;
};

// recover() for those who go on writing.
struct Recovered {
  Found found;
  // As it is handed out.
  std::vector<Record> records;
  // Hard states that stand in a claim and not among the records.
  std::vector<Record> believed;
  Groups groups;
  SegmentUses uses;
  // Segments that others have taken the place of.
  std::vector<std::string> superseded;
  LastSegment last;
};

Result<Recovered> recover_all(Yield& yield, Disk& disk, const std::string& directory,
                              const Options& options);

}  // namespace plumbline::log
