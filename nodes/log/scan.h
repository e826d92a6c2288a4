#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/result.h"
#include "nodes/log/claim.h"
#include "nodes/log/record.h"

namespace plumbline {
class Disk;
class Yield;
}  // namespace plumbline

// One segment as it is read: its bytes, its records, and what speaks about those that are missing.
namespace plumbline::log {

struct Segment {
  SegmentHeader header;
  Bytes bytes;
  std::array<std::optional<Claim>, 2> claims;
  // Slot of the newest claim, none when neither can be read.
  std::optional<int> newest;
  // The header, or a record, was only there in its second place.
  bool restored = false;
};

// Reads a whole segment. Header, claims and records in reads of their own, so that a read that
// returns what stood there before does not take both places of a thing. What a claim has a copy of
// is put where it belongs. Errors: kCorrupt when there is no header to trust; kInvalid; what the
// disk says.
Result<Segment> read_segment(Yield& yield, Disk& disk, const std::string& path, SegmentName name,
                             const Options& options);

// How far a segment can be read, and what speaks about the rest.
struct Scan {
  struct Placed {
    std::uint64_t offset = 0;
    Frame frame;
  };
  // In the order of their numbers: first all without a gap, then those behind a hole.
  std::vector<Placed> frames;
  std::size_t whole = 0;
  // The first number that is missing, and where it was looked for.
  RecordNumber next;
  std::uint64_t end = 0;
  // Something other than zeros lies behind `end`.
  bool damaged = false;
  // Up to here the segment itself says that it was synced, and what says it.
  RecordNumber proven;
  std::string witness;

  void prove(RecordNumber upto, std::string what);
};

Scan scan_segment(const Segment& segment);

bool all_zeros(BytesView bytes);

}  // namespace plumbline::log
