#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"
#include "nodes/log/group_state.h"
#include "nodes/log/log_format.h"
#include "nodes/log/record.h"

// Bytes of the log's format to values and back (FORMAT.md). Nothing here touches a disk.
namespace plumbline::log {

constexpr std::uint64_t round_up(std::uint64_t n, std::uint64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

struct SegmentHeader {
  Identity identity;
  std::uint32_t record_bytes_max = 0;
  // Number of the first record that this segment holds or will hold. That the segment exists says
  // that all before were synced.
  RecordNumber first;
  std::uint64_t segment_bytes = 0;
  // Part of every checksum in the segment, and different in each: what belongs to another segment
  // does not pass here, nor does a client's payload that imitates a frame.
  std::uint64_t salt = 0;
  // Room for each of the two claims.
  std::uint32_t claim_bytes = kClaimBytesMin;
  // Takes the place of all segments before it.
  bool restarts = false;
  // How many records the segment was given before it had its name.
  std::uint64_t opening = 0;

  std::uint64_t claim_at(int slot) const {
    return kClaimsAt + static_cast<std::uint64_t>(slot) * claim_bytes;
  }
  std::uint64_t data_at() const { return kClaimsAt + 2 * std::uint64_t{claim_bytes}; }
};

struct SegmentName {
  RecordNumber first;
  bool restarts = false;

  friend bool operator==(const SegmentName&, const SegmentName&) = default;
};

std::string segment_name(SegmentName name);
inline std::string segment_name(RecordNumber first) { return segment_name({first, false}); }
// Nothing when `name` is not what segment_name() makes.
std::optional<SegmentName> parse_segment_name(std::string_view name);

Bytes encode_header(const SegmentHeader& header);
// `file` and `offset` are for the message. Errors: kCorrupt; kInvalid for a version that this
// program does not know.
Result<SegmentHeader> decode_header(BytesView sector, const std::string& file,
                                    std::uint64_t offset = 0);

// Where a thing lies is part of its checksum: a misdirected block, or one left over from another
// segment, does not pass.
std::uint32_t place_checksum(const SegmentHeader& header, std::uint64_t offset);

// Says that all records before `next` were synced.
Bytes encode_proof(const SegmentHeader& header, RecordNumber next);
std::optional<RecordNumber> decode_proof(const SegmentHeader& header, BytesView segment);

constexpr std::uint64_t frame_bytes(std::uint64_t payload_bytes) {
  return round_up(kFrameHeaderBytes + payload_bytes, kFrameAlignment);
}

// Appends the record's frame, without what is known only when it is written.
void append_frame(Bytes& into, const Record& record);
// Size of the frame that append_frame() made at `frame`.
std::uint64_t frame_bytes_at(const char* frame);
Record record_at(const char* frame);

struct Seal {
  std::uint64_t offset = 0;  // in the segment
  RecordNumber number;
  RecordNumber floor;
};
// Fills in the rest, for a frame that will lie at that place, and notes the record in `groups`;
// returns its checksum.
std::uint32_t seal_frame(char* frame, const SegmentHeader& header, const Seal& seal,
                         Groups& groups);

// A frame that passed its checksum. `payload` points into the segment's bytes.
struct Frame {
  RecordNumber number;
  RecordNumber floor;
  // The group's record before this one, zero for its first.
  RecordNumber previous;
  // kHardState: the group's last entry when this was written.
  LogIndex end;
  Term end_term;
  std::uint32_t checksum = 0;
  std::uint64_t bytes = 0;
  Record head;  // without payload
  BytesView payload;

  Record record() const;
};

// The frame at `offset` of a segment's bytes; nothing when there is none that passes.
std::optional<Frame> read_frame(BytesView segment, std::uint64_t offset,
                                const SegmentHeader& header);

}  // namespace plumbline::log
