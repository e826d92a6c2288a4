#include "nodes/log/frame.h"

#include <cstring>

#include "nodes/base/assert.h"
#include "nodes/base/crc32c.h"
#include "nodes/log/little_endian.h"

namespace plumbline::log {
namespace {

// `frame` is header and payload. Length, number, floor and kind are covered as well as the payload.
std::uint32_t frame_checksum(BytesView frame, const SegmentHeader& header, std::uint64_t offset) {
  return crc32c(frame.substr(kFrameLengthAt), place_checksum(header, offset));
}

std::uint8_t code_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::kHardState: return kKindHardState;
    case RecordKind::kEntry: return kKindEntry;
    case RecordKind::kBase: return kKindBase;
  }
  return 0;
}

std::optional<RecordKind> kind_of(std::uint8_t code) {
  switch (code) {
    case kKindHardState: return RecordKind::kHardState;
    case kKindEntry: return RecordKind::kEntry;
    case kKindBase: return RecordKind::kBase;
    default: return std::nullopt;
  }
}

// REQUIRES: the kind is one that is known, and a hard state has its whole payload.
Record decode_head(const char* frame) {
  Record record;
  record.kind = kind_of(load<std::uint8_t>(frame + kFrameKindAt)).value();
  record.group = GroupId(load<std::uint32_t>(frame + kFrameGroupAt));
  record.term = Term(load<std::uint64_t>(frame + kFrameTermAt));
  const LogIndex index(load<std::uint64_t>(frame + kFrameIndexAt));
  if (record.kind == RecordKind::kHardState) {
    const char* state = frame + kFrameHeaderBytes;
    record.voted_for = ReplicaId(load<std::uint32_t>(frame + kFrameVotedForAt));
    record.commit = index;
    record.doubt_until = LogIndex(load<std::uint64_t>(state + kStateDoubtUntilAt));
    record.doubt_term = Term(load<std::uint64_t>(state + kStateDoubtTermAt));
    return record;
  }
  record.entry_kind = load<std::uint8_t>(frame + kFrameEntryKindAt);
  record.keep_tail = load<std::uint8_t>(frame + kFrameKeepTailAt) != 0;
  record.index = index;
  return record;
}

}  // namespace

std::string segment_name(SegmentName name) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(kNameDigits, '0');
  std::uint64_t rest = name.first.value;
  for (int i = kNameDigits - 1; i >= 0; --i, rest >>= 4)
    text[static_cast<std::size_t>(i)] = kDigits[rest & 15];
  if (name.restarts) text.push_back(kRestartLetter);
  return text.append(kSegmentSuffix);
}

std::optional<SegmentName> parse_segment_name(std::string_view name) {
  std::uint64_t first = 0;
  for (const char c : name.substr(0, kNameDigits)) {
    const bool decimal = c >= '0' && c <= '9';
    first = first << 4 | static_cast<std::uint64_t>(decimal ? c - '0' : (c - 'a' + 10) & 15);
  }
  for (const bool restarts : {false, true}) {
    const SegmentName parsed{RecordNumber(first), restarts};
    if (segment_name(parsed) == name) return parsed;
  }
  return std::nullopt;
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
  store(sector.data() + kHeaderClaimBytesAt, header.claim_bytes);
  store(sector.data() + kHeaderRestartsAt, std::uint32_t{header.restarts});
  store(sector.data() + kHeaderOpeningAt, header.opening);
  store(sector.data() + kHeaderChecksumAt, crc32c(BytesView(sector).substr(kHeaderVersionAt)));
  return sector;
}

// A segment gets its name only after its header is synced, so an unreadable one is never a torn
// one.
Result<SegmentHeader> decode_header(BytesView sector, const std::string& file,
                                    std::uint64_t offset) {
  const auto corrupt = [&](const char* what) {
    return Error{Errc::kCorrupt,
                 file + ": segment header at offset " + std::to_string(offset) + " " + what};
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
  header.claim_bytes = load<std::uint32_t>(sector.data() + kHeaderClaimBytesAt);
  header.restarts = load<std::uint32_t>(sector.data() + kHeaderRestartsAt) != 0;
  header.opening = load<std::uint64_t>(sector.data() + kHeaderOpeningAt);
  return header;
}

std::uint32_t place_checksum(const SegmentHeader& header, std::uint64_t offset) {
  char place[16];
  store(place, header.salt);
  store(place + 8, offset);
  return crc32c(BytesView(place, sizeof place));
}

Bytes encode_proof(const SegmentHeader& header, RecordNumber next) {
  Bytes proof(kProofBytes, '\0');
  store(proof.data() + kProofNextAt, next.value);
  const std::uint32_t place = place_checksum(header, kProofAt);
  store(proof.data() + kProofChecksumAt, crc32c(BytesView(proof).substr(kProofZeroAt), place));
  return proof;
}

std::optional<RecordNumber> decode_proof(const SegmentHeader& header, BytesView segment) {
  const BytesView proof = segment.substr(kProofAt, kProofBytes);
  const RecordNumber next(load<std::uint64_t>(proof.data() + kProofNextAt));
  if (proof != encode_proof(header, next)) return std::nullopt;
  return next;
}

void append_frame(Bytes& into, const Record& record) {
  const std::size_t at = into.size();
  const bool hard_state = record.kind == RecordKind::kHardState;
  const std::size_t length = hard_state ? kStateBytes : record.payload.size();
  into.resize(at + frame_bytes(length), '\0');
  char* frame = into.data() + at;
  char* payload = frame + kFrameHeaderBytes;
  store(frame + kFrameLengthAt, static_cast<std::uint32_t>(length));
  store(frame + kFrameGroupAt, record.group.value);
  store(frame + kFrameKindAt, code_of(record.kind));
  store(frame + kFrameEntryKindAt, record.entry_kind);
  store(frame + kFrameKeepTailAt, std::uint8_t{record.keep_tail});
  store(frame + kFrameVotedForAt, hard_state ? record.voted_for.value : 0U);
  store(frame + kFrameTermAt, record.term.value);
  store(frame + kFrameIndexAt, hard_state ? record.commit.value : record.index.value);
  if (hard_state) {
    store(payload + kStateDoubtUntilAt, record.doubt_until.value);
    store(payload + kStateDoubtTermAt, record.doubt_term.value);
  } else if (length > 0) {
    std::memcpy(payload, record.payload.view().data(), length);
  }
}

Record record_at(const char* frame) {
  Record record = decode_head(frame);
  const auto length = load<std::uint32_t>(frame + kFrameLengthAt);
  // An entry's payload may be long, and whoever asks here has no use for it.
  if (record.kind == RecordKind::kBase)
    record.payload = Blob(BytesView(frame + kFrameHeaderBytes, length));
  return record;
}

std::uint64_t frame_bytes_at(const char* frame) {
  return frame_bytes(load<std::uint32_t>(frame + kFrameLengthAt));
}

std::uint32_t seal_frame(char* frame, const SegmentHeader& header, const Seal& seal,
                         Groups& groups) {
  const Record record = record_at(frame);
  GroupState& group = groups[record.group];
  group.hard_state.group = record.group;
  if (record.kind == RecordKind::kEntry) {
    PLUMB_ASSERT(record.index > group.base.index);
    PLUMB_ASSERT(record.index <= group.end.next());
  }
  store(frame + kFrameNumberAt, seal.number.value);
  store(frame + kFrameFloorAt, seal.floor.value);
  store(frame + kFramePreviousAt, group.last.value);
  if (record.kind == RecordKind::kHardState) {
    store(frame + kFrameHeaderBytes + kStateEndAt, group.end.value);
    store(frame + kFrameHeaderBytes + kStateEndTermAt, group.end_term.value);
  }
  group.note(record, seal.number);
  const auto length = load<std::uint32_t>(frame + kFrameLengthAt);
  const std::uint32_t checksum =
      frame_checksum({frame, kFrameHeaderBytes + length}, header, seal.offset);
  store(frame + kFrameChecksumAt, checksum);
  return checksum;
}

Record Frame::record() const {
  Record record = head;
  if (head.kind != RecordKind::kHardState) record.payload = Blob(payload);
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
  const std::optional<RecordKind> kind = kind_of(load<std::uint8_t>(bytes + kFrameKindAt));
  if (!kind || (*kind == RecordKind::kHardState && length != kStateBytes)) return std::nullopt;
  Frame frame;
  frame.number = RecordNumber(load<std::uint64_t>(bytes + kFrameNumberAt));
  frame.floor = RecordNumber(load<std::uint64_t>(bytes + kFrameFloorAt));
  frame.previous = RecordNumber(load<std::uint64_t>(bytes + kFramePreviousAt));
  if (*kind == RecordKind::kHardState) {
    frame.end = LogIndex(load<std::uint64_t>(bytes + kFrameHeaderBytes + kStateEndAt));
    frame.end_term = Term(load<std::uint64_t>(bytes + kFrameHeaderBytes + kStateEndTermAt));
  }
  frame.checksum = checksum;
  frame.bytes = frame_bytes(length);
  frame.head = decode_head(bytes);
  frame.payload = covered.substr(kFrameHeaderBytes);
  return frame;
}

}  // namespace plumbline::log
