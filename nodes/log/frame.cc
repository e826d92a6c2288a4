#include "nodes/log/frame.h"

#include <bit>
#include <cstring>

#include "nodes/base/crc32c.h"

namespace plumbline::log {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the format is written as it lies in memory");

template <class T>
void store(char* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// Where a thing lies is part of its checksum: a misdirected block, or one left over from another
// segment, does not pass.
std::uint32_t place_checksum(const SegmentHeader& header, std::uint64_t offset) {
  char place[16];
  store(place, header.salt);
  store(place + 8, offset);
  return crc32c(BytesView(place, sizeof place));
}

// `frame` is header and payload. Length, number, floor and kind are covered as well as the payload.
std::uint32_t frame_checksum(BytesView frame, const SegmentHeader& header, std::uint64_t offset) {
  return crc32c(frame.substr(kFrameLengthAt), place_checksum(header, offset));
}

bool known_kind(std::uint8_t kind) { return kind == kKindHardState || kind == kKindEntry; }

Record decode_head(const char* frame) {
  Record record;
  record.group = GroupId(load<std::uint32_t>(frame + kFrameGroupAt));
  record.term = Term(load<std::uint64_t>(frame + kFrameTermAt));
  const LogIndex index(load<std::uint64_t>(frame + kFrameIndexAt));
  if (load<std::uint8_t>(frame + kFrameKindAt) == kKindHardState) {
    record.kind = RecordKind::kHardState;
    record.voted_for = ReplicaId(load<std::uint32_t>(frame + kFrameVotedForAt));
    record.commit = index;
  } else {
    record.kind = RecordKind::kEntry;
    record.entry_kind = load<std::uint8_t>(frame + kFrameEntryKindAt);
    record.index = index;
  }
  return record;
}

}  // namespace

std::string segment_name(RecordNumber first) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string name(kNameDigits, '0');
  std::uint64_t rest = first.value;
  for (int i = kNameDigits - 1; i >= 0; --i, rest >>= 4)
    name[static_cast<std::size_t>(i)] = kDigits[rest & 15];
  return name.append(kSegmentSuffix);
}

std::optional<RecordNumber> parse_segment_name(std::string_view name) {
  std::uint64_t first = 0;
  for (const char c : name.substr(0, kNameDigits)) {
    const bool decimal = c >= '0' && c <= '9';
    first = first << 4 | static_cast<std::uint64_t>(decimal ? c - '0' : (c - 'a' + 10) & 15);
  }
  if (segment_name(RecordNumber(first)) != name) return std::nullopt;
  return RecordNumber(first);
}

Bytes encode_header(const SegmentHeader& header) {
  Bytes sector(kHeaderBytes, '\0');
  std::memcpy(sector.data(), kMagic.data(), kMagic.size());
  store(sector.data() + kHeaderVersionAt, kFormatVersion);
  store(sector.data() + kHeaderClusterAt, header.identity.cluster);
  store(sector.data() + kHeaderNodeAt, header.identity.node.value);
  store(sector.data() + kHeaderRecordMaxAt, header.record_bytes_max);
  store(sector.data() + kHeaderFirstAt, header.first.value);
  store(sector.data() + kHeaderSegmentBytesAt, header.segment_bytes);
  store(sector.data() + kHeaderSaltAt, header.salt);
  store(sector.data() + kHeaderChecksumAt, crc32c(BytesView(sector).substr(kHeaderVersionAt)));
  return sector;
}

// A segment gets its name only after its header is synced, so an unreadable one is never a torn
// one.
Result<SegmentHeader> decode_header(BytesView sector, const std::string& file) {
  const auto corrupt = [&file](const char* what) {
    return Error{Errc::kCorrupt, file + ": segment header at offset 0 " + what};
  };
  if (sector.size() < kHeaderBytes) return corrupt("is cut short");
  sector = sector.substr(0, kHeaderBytes);
  if (!sector.starts_with(kMagic)) return corrupt("has no magic");
  const auto checksum = load<std::uint32_t>(sector.data() + kHeaderChecksumAt);
  if (checksum != crc32c(sector.substr(kHeaderVersionAt)))
    return corrupt("does not pass its checksum");
  const auto version = load<std::uint32_t>(sector.data() + kHeaderVersionAt);
  if (version != kFormatVersion) {
    return Error{Errc::kInvalid, file + ": log format version " + std::to_string(version) +
                                     " is not known to this program, which reads version " +
                                     std::to_string(kFormatVersion)};
  }
  SegmentHeader header;
  header.identity.cluster = load<std::uint64_t>(sector.data() + kHeaderClusterAt);
  header.identity.node = NodeId(load<std::uint32_t>(sector.data() + kHeaderNodeAt));
  header.record_bytes_max = load<std::uint32_t>(sector.data() + kHeaderRecordMaxAt);
  header.first = RecordNumber(load<std::uint64_t>(sector.data() + kHeaderFirstAt));
  header.segment_bytes = load<std::uint64_t>(sector.data() + kHeaderSegmentBytesAt);
  header.salt = load<std::uint64_t>(sector.data() + kHeaderSaltAt);
  return header;
}

Bytes encode_mark(const SegmentHeader& header, int slot, RecordNumber next) {
  Bytes mark(kMarkBytes, '\0');
  store(mark.data() + kMarkNextAt, next.value);
  const std::uint32_t place = place_checksum(header, kMarkAt[static_cast<std::size_t>(slot)]);
  store(mark.data() + kMarkChecksumAt, crc32c(BytesView(mark).substr(kMarkZeroAt), place));
  return mark;
}

std::optional<RecordNumber> decode_mark(const SegmentHeader& header, int slot, BytesView segment) {
  const BytesView mark = segment.substr(kMarkAt[static_cast<std::size_t>(slot)], kMarkBytes);
  const RecordNumber next(load<std::uint64_t>(mark.data() + kMarkNextAt));
  if (mark != encode_mark(header, slot, next)) return std::nullopt;
  return next;
}

void append_frame(Bytes& into, const Record& record) {
  const std::size_t at = into.size();
  into.resize(at + frame_bytes(record.payload.size()), '\0');
  char* frame = into.data() + at;
  const bool hard_state = record.kind == RecordKind::kHardState;
  store(frame + kFrameLengthAt, static_cast<std::uint32_t>(record.payload.size()));
  store(frame + kFrameGroupAt, record.group.value);
  store(frame + kFrameKindAt, hard_state ? kKindHardState : kKindEntry);
  store(frame + kFrameEntryKindAt, hard_state ? std::uint8_t{0} : record.entry_kind);
  store(frame + kFrameVotedForAt, hard_state ? record.voted_for.value : 0U);
  store(frame + kFrameTermAt, record.term.value);
  store(frame + kFrameIndexAt, hard_state ? record.commit.value : record.index.value);
  const BytesView payload = record.payload.view();
  if (!payload.empty()) std::memcpy(frame + kFrameHeaderBytes, payload.data(), payload.size());
}

std::uint64_t frame_bytes_at(const char* frame) {
  return frame_bytes(load<std::uint32_t>(frame + kFrameLengthAt));
}

std::uint32_t seal_frame(char* frame, const SegmentHeader& header, std::uint64_t offset,
                         RecordNumber number, RecordNumber floor) {
  store(frame + kFrameNumberAt, number.value);
  store(frame + kFrameFloorAt, floor.value);
  const auto length = load<std::uint32_t>(frame + kFrameLengthAt);
  const std::uint32_t checksum =
      frame_checksum({frame, kFrameHeaderBytes + length}, header, offset);
  store(frame + kFrameChecksumAt, checksum);
  return checksum;
}

Record Frame::record() const {
  Record record = head;
  record.payload = Blob(payload);
  return record;
}

std::optional<Frame> read_frame(BytesView segment, std::uint64_t offset,
                                const SegmentHeader& header) {
  if (offset + kFrameHeaderBytes > segment.size()) return std::nullopt;
  const char* bytes = segment.data() + offset;
  const std::uint64_t length = load<std::uint32_t>(bytes + kFrameLengthAt);
  // The length is not to be trusted before the checksum, and the checksum cannot be computed
  // without it.
  const std::uint64_t room = segment.size() - offset - kFrameHeaderBytes;
  if (length > header.record_bytes_max || length > room) return std::nullopt;
  const BytesView covered(bytes, kFrameHeaderBytes + length);
  const auto checksum = load<std::uint32_t>(bytes + kFrameChecksumAt);
  if (checksum != frame_checksum(covered, header, offset)) return std::nullopt;
  if (!known_kind(load<std::uint8_t>(bytes + kFrameKindAt))) return std::nullopt;
  Frame frame;
  frame.number = RecordNumber(load<std::uint64_t>(bytes + kFrameNumberAt));
  frame.floor = RecordNumber(load<std::uint64_t>(bytes + kFrameFloorAt));
  frame.checksum = checksum;
  frame.bytes = frame_bytes(length);
  frame.head = decode_head(bytes);
  frame.payload = covered.substr(kFrameHeaderBytes);
  return frame;
}

}  // namespace plumbline::log
