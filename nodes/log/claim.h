#pragma once

#include <optional>
#include <vector>

#include "nodes/log/frame.h"

// What a flush says about itself in a second place, under the same sync as its records: lost or
// misdirected, neither of the two takes a vote, a term or the log's end with it (FORMAT.md).
namespace plumbline::log {

struct Claim {
  // Number behind the flush's last record.
  RecordNumber next;
  // All before were synced when this was written.
  RecordNumber floor;
  // Hard state, end and last record of every group, the flush's records among them. No bases.
  Groups groups;
  // The batch's sealed frames once more, and where they lie; empty when they are too many.
  std::uint64_t copy_of = 0;
  BytesView copy;
};

// How many groups a claim of that size can hold, and how long one for so many must be.
std::uint64_t groups_in(std::uint64_t claim_bytes);
std::uint64_t claim_bytes_for(std::uint64_t groups);

// Whole sectors. The copy is left out when there is no room. REQUIRES: there is room for the rows.
Bytes encode_claim(const SegmentHeader& header, int slot, const Claim& claim);
// The claim for that slot, as it lies at `at`. The copy points into `segment`.
std::optional<Claim> decode_claim(const SegmentHeader& header, int slot, BytesView segment,
                                  std::uint64_t at);

}  // namespace plumbline::log
