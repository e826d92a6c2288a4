#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// The numbers of the log's format on disk; what they mean is in FORMAT.md. All integers are
// little-endian.
namespace plumbline::log {

inline constexpr std::uint32_t kFormatVersion = 2;

// What survives a loss of power whole, or does not (nodes/world/disk.h). A batch starts on such a
// boundary, so that writing one never touches a sector that was synced before.
inline constexpr std::uint64_t kSectorBytes = 512;

inline constexpr std::string_view kSegmentSuffix = ".wal";
// Between the digits and the suffix of a segment that takes the place of all before it.
inline constexpr char kRestartLetter = 'r';
inline constexpr std::string_view kTemporarySuffix = ".tmp";
// Holds nothing, but room on the disk.
inline constexpr std::string_view kReserveName = "reserve";
inline constexpr int kNameDigits = 16;

// Segment header: one sector, and a copy. Magic, checksum and version keep their places in every
// version.
inline constexpr std::string_view kMagic = "PLUMBWAL";
inline constexpr std::uint64_t kHeaderChecksumAt = 8;
inline constexpr std::uint64_t kHeaderVersionAt = 12;
inline constexpr std::uint64_t kHeaderClusterAt = 16;
inline constexpr std::uint64_t kHeaderNodeAt = 24;
inline constexpr std::uint64_t kHeaderRecordMaxAt = 28;
inline constexpr std::uint64_t kHeaderFirstAt = 32;
inline constexpr std::uint64_t kHeaderSegmentBytesAt = 40;
inline constexpr std::uint64_t kHeaderSaltAt = 48;
inline constexpr std::uint64_t kHeaderClaimBytesAt = 56;
inline constexpr std::uint64_t kHeaderRestartsAt = 60;
inline constexpr std::uint64_t kHeaderOpeningAt = 64;
inline constexpr std::uint64_t kHeaderBytes = kSectorBytes;
// Not beside the header, so that one write that strays there does not take both.
inline constexpr std::array<std::uint64_t, 2> kHeaderAt = {0, 2 * kSectorBytes};

// The proof has a sector of its own.
inline constexpr std::uint64_t kProofAt = kSectorBytes;
inline constexpr std::uint64_t kProofChecksumAt = 0;
inline constexpr std::uint64_t kProofZeroAt = 4;
inline constexpr std::uint64_t kProofNextAt = 8;
inline constexpr std::uint64_t kProofBytes = 16;

// Two claims, written in turns: a head, a row for each group, and the batch once more when it fits.
inline constexpr std::uint64_t kClaimsAt = 3 * kSectorBytes;
// What each of the two has, unless there are more groups than it holds.
inline constexpr std::uint64_t kClaimBytesMin = 8 * kSectorBytes;
inline constexpr std::uint64_t kClaimChecksumAt = 0;
inline constexpr std::uint64_t kClaimLengthAt = 4;
inline constexpr std::uint64_t kClaimNextAt = 8;
inline constexpr std::uint64_t kClaimFloorAt = 16;
inline constexpr std::uint64_t kClaimGroupsAt = 24;
inline constexpr std::uint64_t kClaimCopyBytesAt = 28;
inline constexpr std::uint64_t kClaimCopyOfAt = 32;
inline constexpr std::uint64_t kClaimHeadBytes = 40;

inline constexpr std::uint64_t kRowGroupAt = 0;
inline constexpr std::uint64_t kRowVotedForAt = 4;
inline constexpr std::uint64_t kRowTermAt = 8;
inline constexpr std::uint64_t kRowCommitAt = 16;
inline constexpr std::uint64_t kRowDoubtUntilAt = 24;
inline constexpr std::uint64_t kRowDoubtTermAt = 32;
inline constexpr std::uint64_t kRowEndAt = 40;
inline constexpr std::uint64_t kRowEndTermAt = 48;
inline constexpr std::uint64_t kRowLastAt = 56;
inline constexpr std::uint64_t kRowBytes = 64;

// Frame: a header, the payload, zeros up to a multiple of kFrameAlignment.
inline constexpr std::uint64_t kFrameAlignment = 8;
inline constexpr std::uint64_t kFrameChecksumAt = 0;
inline constexpr std::uint64_t kFrameLengthAt = 4;
inline constexpr std::uint64_t kFrameNumberAt = 8;
inline constexpr std::uint64_t kFrameFloorAt = 16;
inline constexpr std::uint64_t kFrameGroupAt = 24;
inline constexpr std::uint64_t kFrameKindAt = 28;
inline constexpr std::uint64_t kFrameEntryKindAt = 29;
inline constexpr std::uint64_t kFrameKeepTailAt = 30;
inline constexpr std::uint64_t kFrameVotedForAt = 32;
inline constexpr std::uint64_t kFrameTermAt = 40;
inline constexpr std::uint64_t kFrameIndexAt = 48;
inline constexpr std::uint64_t kFramePreviousAt = 56;
inline constexpr std::uint64_t kFrameHeaderBytes = 64;

// Payload of a hard state.
inline constexpr std::uint64_t kStateDoubtUntilAt = 0;
inline constexpr std::uint64_t kStateDoubtTermAt = 8;
inline constexpr std::uint64_t kStateEndAt = 16;
inline constexpr std::uint64_t kStateEndTermAt = 24;
inline constexpr std::uint64_t kStateBytes = 32;

inline constexpr std::uint8_t kKindHardState = 1;
inline constexpr std::uint8_t kKindEntry = 2;
inline constexpr std::uint8_t kKindBase = 3;

static_assert(kHeaderOpeningAt + 8 <= kHeaderBytes);
static_assert(kProofBytes <= kSectorBytes);
static_assert(kClaimCopyOfAt + 8 == kClaimHeadBytes);
static_assert(kRowLastAt + 8 == kRowBytes);
static_assert(kFramePreviousAt + 8 == kFrameHeaderBytes);
static_assert(kFrameHeaderBytes % kFrameAlignment == 0);
static_assert(kSectorBytes % kFrameAlignment == 0);

}  // namespace plumbline::log
