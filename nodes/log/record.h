#pragma once

#include <cstdint>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"

namespace plumbline::log {

// A record's place in the whole log of a node: 1, 2, 3 and so on, over all groups and segments.
using RecordNumber = Id<struct RecordNumberTag>;

enum class RecordKind : std::uint8_t {
  kHardState,
  kEntry,
};

// What a group wants to find again after a crash. The log keeps these numbers and does not know
// what they mean.
struct Record {
  GroupId group;
  RecordKind kind = RecordKind::kEntry;
  Term term;
  // kHardState
  ReplicaId voted_for;
  LogIndex commit;
  // kEntry
  LogIndex index;
  std::uint8_t entry_kind = 0;
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
};

}  // namespace plumbline::log
