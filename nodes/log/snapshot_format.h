#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// The numbers of a snapshot file; what they mean is in FORMAT.md. All integers are little-endian.
namespace plumbline::log {

inline constexpr std::uint32_t kSnapshotVersion = 1;
inline constexpr std::string_view kSnapshotMagic = "PLUMBSNP";
inline constexpr std::string_view kSnapshotPrefix = "snapshot-";
inline constexpr std::string_view kSnapshotSuffix = ".snap";
inline constexpr std::string_view kPartialSuffix = ".part";

// A chunk's payload; the last one may be shorter.
inline constexpr std::uint64_t kSnapshotChunkBytes = 64 << 10;

// Header, then the meta bytes. Magic, checksum and version keep their places in every version.
inline constexpr std::uint64_t kSnapshotChecksumAt = 8;
inline constexpr std::uint64_t kSnapshotVersionAt = 12;
inline constexpr std::uint64_t kSnapshotClusterAt = 16;
inline constexpr std::uint64_t kSnapshotNodeAt = 24;
inline constexpr std::uint64_t kSnapshotMetaBytesAt = 28;
inline constexpr std::uint64_t kSnapshotIndexAt = 32;
inline constexpr std::uint64_t kSnapshotTermAt = 40;
inline constexpr std::uint64_t kSnapshotBytesAt = 48;
inline constexpr std::uint64_t kSnapshotHeaderBytes = 56;
inline constexpr std::uint32_t kSnapshotMetaBytesMax = 1 << 20;

// Before each chunk: its checksum and its length.
inline constexpr std::uint64_t kChunkHeadBytes = 8;

inline constexpr std::string_view kSnapshotEnd = "PLUMBEND";
inline constexpr std::uint64_t kSnapshotFooterBytes = 16;

}  // namespace plumbline::log
