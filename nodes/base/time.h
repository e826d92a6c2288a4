#pragma once

#include <compare>
#include <cstdint>

namespace plumbline {

// A span of time in nanoseconds; may be negative.
struct Duration {
  std::int64_t ns = 0;

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration o) const { return {ns + o.ns}; }
  constexpr Duration operator-(Duration o) const { return {ns - o.ns}; }
  constexpr Duration operator*(std::int64_t n) const { return {ns * n}; }
  constexpr Duration operator/(std::int64_t n) const { return {ns / n}; }
};

constexpr Duration nanoseconds(std::int64_t n) { return {n}; }
constexpr Duration microseconds(std::int64_t n) { return {n * 1'000}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000'000}; }

// A point on one clock. Clocks of different kinds never convert into each other: that is the whole
// purpose of the tag.
template <class Tag>
struct TimePoint {
  std::int64_t ns = 0;

  constexpr auto operator<=>(const TimePoint&) const = default;
  constexpr TimePoint operator+(Duration d) const { return {ns + d.ns}; }
  constexpr TimePoint operator-(Duration d) const { return {ns - d.ns}; }
  constexpr Duration operator-(TimePoint o) const { return {ns - o.ns}; }

  static constexpr TimePoint never() { return {INT64_MAX}; }
};

// A node's monotonic clock since an arbitrary start; not comparable between nodes nor across a
// restart.
using Instant = TimePoint<struct MonotonicClock>;
// A node's idea of civil time, nanoseconds since 1970; may jump either way.
using WallTime = TimePoint<struct WallClock>;
// The clock of the world that the nodes live in; no node can read it. Histories are recorded on it.
using TrueTime = TimePoint<struct TrueClock>;

}  // namespace plumbline
