#pragma once

#include <bit>
#include <cstring>

// Integers to their bytes on disk and back.
namespace plumbline::log {

static_assert(std::endian::native == std::endian::little,
              "the formats are written as they lie in memory");

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

}  // namespace plumbline::log
