#pragma once

#include <cstdint>

namespace plumbline::sim {

// The layout of trace.bin; TRACE_FORMAT.md is the prose. Little-endian, as is every machine that we
// build for.
constexpr std::uint32_t kTraceVersion = 1;

// One thing that happened. Without padding, so that its bytes can be hashed and written as they
// are.
struct TraceRecord {
  std::int64_t time_ns = 0;  // true time
  std::uint64_t event =
      0;  // number of the simulator's event during which it happened, from 1; 0 before the first
  std::uint64_t kind = 0;  // trace::Kind::id
  std::uint32_t node = 0;  // 0 is the world itself
  std::uint32_t incarnation = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint64_t c = 0;
  std::uint64_t d = 0;

  friend bool operator==(const TraceRecord&, const TraceRecord&) = default;
};
static_assert(sizeof(TraceRecord) == 64);

}  // namespace plumbline::sim
