#include "nodes/log/claim.h"

#include <algorithm>

#include "nodes/base/assert.h"
#include "nodes/base/crc32c.h"
#include "nodes/log/little_endian.h"

namespace plumbline::log {
namespace {

void encode_row(char* row, GroupId group, const GroupState& state) {
  store(row + kRowGroupAt, group.value);
  store(row + kRowVotedForAt, state.hard_state.voted_for.value);
  store(row + kRowTermAt, state.hard_state.term.value);
  store(row + kRowCommitAt, state.hard_state.commit.value);
  store(row + kRowDoubtUntilAt, state.hard_state.doubt_until.value);
  store(row + kRowDoubtTermAt, state.hard_state.doubt_term.value);
  store(row + kRowEndAt, state.end.value);
  store(row + kRowEndTermAt, state.end_term.value);
  store(row + kRowLastAt, state.last.value);
}

GroupState decode_row(const char* row) {
  GroupState state;
  state.hard_state.group = GroupId(load<std::uint32_t>(row + kRowGroupAt));
  state.hard_state.voted_for = ReplicaId(load<std::uint32_t>(row + kRowVotedForAt));
  state.hard_state.term = Term(load<std::uint64_t>(row + kRowTermAt));
  state.hard_state.commit = LogIndex(load<std::uint64_t>(row + kRowCommitAt));
  state.hard_state.doubt_until = LogIndex(load<std::uint64_t>(row + kRowDoubtUntilAt));
  state.hard_state.doubt_term = Term(load<std::uint64_t>(row + kRowDoubtTermAt));
  state.end = LogIndex(load<std::uint64_t>(row + kRowEndAt));
  state.end_term = Term(load<std::uint64_t>(row + kRowEndTermAt));
  state.last = RecordNumber(load<std::uint64_t>(row + kRowLastAt));
  return state;
}

std::uint32_t claim_checksum(BytesView claim, const SegmentHeader& header, int slot) {
  return crc32c(claim.substr(kClaimLengthAt), place_checksum(header, header.claim_at(slot)));
}

}  // namespace

std::uint64_t groups_in(std::uint64_t claim_bytes) {
  return (claim_bytes - kClaimHeadBytes) / kRowBytes;
}

std::uint64_t claim_bytes_for(std::uint64_t groups) {
  return std::max(kClaimBytesMin, round_up(kClaimHeadBytes + groups * kRowBytes, kSectorBytes));
}

Bytes encode_claim(const SegmentHeader& header, int slot, const Claim& claim) {
  const std::uint64_t rows = kClaimHeadBytes + claim.groups.size() * kRowBytes;
  PLUMB_ASSERT(rows <= header.claim_bytes);
  const bool copied = rows + claim.copy.size() <= header.claim_bytes;
  const BytesView copy = copied ? claim.copy : BytesView();
  Bytes bytes(rows, '\0');
  bytes.append(copy);
  bytes.resize(round_up(bytes.size(), kSectorBytes), '\0');
  store(bytes.data() + kClaimLengthAt, static_cast<std::uint32_t>(bytes.size()));
  store(bytes.data() + kClaimNextAt, claim.next.value);
  store(bytes.data() + kClaimFloorAt, claim.floor.value);
  store(bytes.data() + kClaimGroupsAt, static_cast<std::uint32_t>(claim.groups.size()));
  store(bytes.data() + kClaimCopyBytesAt, static_cast<std::uint32_t>(copy.size()));
  store(bytes.data() + kClaimCopyOfAt, copied ? claim.copy_of : std::uint64_t{0});
  char* row = bytes.data() + kClaimHeadBytes;
  for (const auto& [group, state] : claim.groups) {
    encode_row(row, group, state);
    row += kRowBytes;
  }
  store(bytes.data() + kClaimChecksumAt, claim_checksum(bytes, header, slot));
  return bytes;
}

std::optional<Claim> decode_claim(const SegmentHeader& header, int slot, BytesView segment,
                                  std::uint64_t at) {
  const BytesView room = segment.substr(at, header.claim_bytes);
  if (room.size() < kClaimHeadBytes) return std::nullopt;
  const auto length = load<std::uint32_t>(room.data() + kClaimLengthAt);
  if (length < kClaimHeadBytes || length > room.size() || length % kSectorBytes != 0)
    return std::nullopt;
  const BytesView bytes = room.substr(0, length);
  const auto checksum = load<std::uint32_t>(bytes.data() + kClaimChecksumAt);
  if (checksum != claim_checksum(bytes, header, slot)) return std::nullopt;
  const std::uint64_t groups = load<std::uint32_t>(bytes.data() + kClaimGroupsAt);
  const std::uint64_t copy_bytes = load<std::uint32_t>(bytes.data() + kClaimCopyBytesAt);
  const std::uint64_t rows = kClaimHeadBytes + groups * kRowBytes;
  if (rows + copy_bytes > bytes.size()) return std::nullopt;
  Claim claim;
  claim.next = RecordNumber(load<std::uint64_t>(bytes.data() + kClaimNextAt));
  claim.floor = RecordNumber(load<std::uint64_t>(bytes.data() + kClaimFloorAt));
  for (std::uint64_t at = kClaimHeadBytes; at < rows; at += kRowBytes) {
    const GroupState state = decode_row(bytes.data() + at);
    claim.groups[state.hard_state.group] = state;
  }
  claim.copy_of = load<std::uint64_t>(bytes.data() + kClaimCopyOfAt);
  claim.copy = bytes.substr(rows, copy_bytes);
  if (claim.copy_of > segment.size() || claim.copy.size() > segment.size() - claim.copy_of)
    return std::nullopt;
  return claim;
}

}  // namespace plumbline::log
