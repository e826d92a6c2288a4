#pragma once

#include <cstdint>
#include <cstring>

#include "nodes/base/bytes.h"

// The numbers of a captured state's format; what they mean is in FORMAT.md. All integers are
// little-endian.
namespace plumbline::replica {

inline constexpr std::uint32_t kStateVersion = 1;

// Head: version (4), zero (4), revision, digest, number of values, number of sessions (8 each).
inline constexpr std::size_t kStateHeadBytes = 40;
// Value: lengths of key and value (4 each), then their bytes.
inline constexpr std::size_t kValueHeadBytes = 8;
// Session: id, last used, idle entries, first unfinished (8 each), number of answers (8).
inline constexpr std::size_t kSessionHeadBytes = 40;
// Answer: sequence, revision, session (8 each), outcome, whether there is a value (1 each), zero
// (2), length of the value (4), then its bytes.
inline constexpr std::size_t kAnswerHeadBytes = 32;

template <class Number>
void append_number(Bytes& into, Number number) {
  char bytes[sizeof(Number)];
  std::memcpy(bytes, &number, sizeof(Number));
  into.append(bytes, sizeof(Number));
}

// REQUIRES: the bytes are there.
template <class Number>
Number number_at(BytesView bytes, std::size_t at) {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof(Number));
  return number;
}

}  // namespace plumbline::replica
