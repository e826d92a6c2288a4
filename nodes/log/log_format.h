#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// The numbers of the log's format on disk; what they mean is in FORMAT.md. All integers are
// little-endian.
namespace plumbline::log {

inline constexpr std::uint32_t kFormatVersion = 1;

// What survives a loss of power whole, or does not (nodes/world/disk.h). A batch starts on such a
// boundary, so that writing one never touches a sector that was synced before.
inline constexpr std::uint64_t kSectorBytes = 512;

inline constexpr std::string_view kSegmentSuffix = ".wal";
inline constexpr std::string_view kTemporarySuffix = ".tmp";
inline constexpr int kNameDigits = 16;

// Segment header: one sector. Magic, checksum and version keep their places in every version.
inline constexpr std::string_view kMagic = "PLUMBWAL";
inline constexpr std::uint64_t kHeaderChecksumAt = 8;
inline constexpr std::uint64_t kHeaderVersionAt = 12;
inline constexpr std::uint64_t kHeaderClusterAt = 16;
inline constexpr std::uint64_t kHeaderNodeAt = 24;
inline constexpr std::uint64_t kHeaderRecordMaxAt = 28;
inline constexpr std::uint64_t kHeaderFirstAt = 32;
inline constexpr std::uint64_t kHeaderSegmentBytesAt = 40;
inline constexpr std::uint64_t kHeaderSaltAt = 48;
inline constexpr std::uint64_t kHeaderBytes = kSectorBytes;

// Two marks, each in a sector of its own, written in turns.
inline constexpr std::array<std::uint64_t, 2> kMarkAt = {kSectorBytes, 2 * kSectorBytes};
inline constexpr std::uint64_t kMarkChecksumAt = 0;
inline constexpr std::uint64_t kMarkZeroAt = 4;
inline constexpr std::uint64_t kMarkNextAt = 8;
inline constexpr std::uint64_t kMarkBytes = 16;

inline constexpr std::uint64_t kDataAt = 3 * kSectorBytes;

// Frame: a header, the payload, zeros up to a multiple of kFrameAlignment.
inline constexpr std::uint64_t kFrameAlignment = 8;
inline constexpr std::uint64_t kFrameChecksumAt = 0;
inline constexpr std::uint64_t kFrameLengthAt = 4;
inline constexpr std::uint64_t kFrameNumberAt = 8;
inline constexpr std::uint64_t kFrameFloorAt = 16;
inline constexpr std::uint64_t kFrameGroupAt = 24;
inline constexpr std::uint64_t kFrameKindAt = 28;
inline constexpr std::uint64_t kFrameEntryKindAt = 29;
inline constexpr std::uint64_t kFrameVotedForAt = 32;
inline constexpr std::uint64_t kFrameTermAt = 40;
inline constexpr std::uint64_t kFrameIndexAt = 48;
inline constexpr std::uint64_t kFrameHeaderBytes = 56;

inline constexpr std::uint8_t kKindHardState = 1;
inline constexpr std::uint8_t kKindEntry = 2;

static_assert(kHeaderSaltAt + 8 <= kHeaderBytes);
static_assert(kMarkBytes <= kSectorBytes);
static_assert(kFrameIndexAt + 8 == kFrameHeaderBytes);
static_assert(kFrameHeaderBytes % kFrameAlignment == 0);
static_assert(kSectorBytes % kFrameAlignment == 0);

}  // namespace plumbline::log
