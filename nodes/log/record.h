#pragma once

#include <cstdint>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"

namespace plumbline::log {

// A record's place in the whole log of a node: 1, 2, 3 and so on, over all groups and segments.
using RecordNumber = Id<struct RecordNumberTag>;

enum class RecordKind : std::uint8_t {
  kHardState,
  // Replaces all of its group with the same or a higher index.
  kEntry,
  // The group's log now begins behind `index`: entries up to it are gone for good, and without
  // `keep_tail` those behind it too.
  kBase,
};

// What a group wants to find again after a crash. The log keeps these numbers and does not know
// what they mean, but for one thing: two logs of a group whose last entries have the same index and
// term are the same up to there (Raft's Log Matching).
struct Record {
  GroupId group;
  RecordKind kind = RecordKind::kEntry;
  // Of the hard state, of the entry, of the last entry that the base stands for.
  Term term;
  // kHardState. The last two: the disk lost something that was synced, and this is the last entry
  // that may have been acknowledged; zero when nothing is in doubt.
  ReplicaId voted_for;
  LogIndex commit;
  LogIndex doubt_until;
  Term doubt_term;
  // kEntry, kBase
  LogIndex index;
  std::uint8_t entry_kind = 0;
  bool keep_tail = false;
  Blob payload;

  friend bool operator==(const Record&, const Record&) = default;
};

// Whose log it is; written into each segment, so that a directory of another node is never served.
struct Identity {
  std::uint64_t cluster = 0;
  NodeId node;

  friend bool operator==(const Identity&, const Identity&) = default;
};

struct Options {
  // Space reserved per segment. A record that does not fit gets a segment of its own size.
  std::uint64_t segment_bytes = 1 << 20;
  // Upper bound of a record's payload.
  std::uint32_t record_bytes_max = 4 << 20;
  Identity identity;
  // For tests and trials: nothing is written, and nothing is found again.
  bool in_memory = false;
};

}  // namespace plumbline::log
