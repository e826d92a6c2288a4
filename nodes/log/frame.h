#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"
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
};

std::string segment_name(RecordNumber first);
// Nothing when `name` is not what segment_name() makes.
std::optional<RecordNumber> parse_segment_name(std::string_view name);

Bytes encode_header(const SegmentHeader& header);
// `file` is for the message. Errors: kCorrupt; kInvalid for a version that this program does not
// know.
Result<SegmentHeader> decode_header(BytesView sector, const std::string& file);

// Says that all records before `next` were synced.
Bytes encode_mark(const SegmentHeader& header, int slot, RecordNumber next);
std::optional<RecordNumber> decode_mark(const SegmentHeader& header, int slot, BytesView segment);

constexpr std::uint64_t frame_bytes(std::uint64_t payload_bytes) {
  return round_up(kFrameHeaderBytes + payload_bytes, kFrameAlignment);
}

// Appends the record's frame without number, floor and checksum.
void append_frame(Bytes& into, const Record& record);
// Size of the frame that append_frame() made at `frame`.
std::uint64_t frame_bytes_at(const char* frame);
// Fills in what was left out, for a frame that will lie at `offset` of the segment; returns its
// checksum.
std::uint32_t seal_frame(char* frame, const SegmentHeader& header, std::uint64_t offset,
                         RecordNumber number, RecordNumber floor);

// A frame that passed its checksum. `payload` points into the segment's bytes.
struct Frame {
  RecordNumber number;
  RecordNumber floor;
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
