#pragma once

#include <cstdint>
#include <string_view>

namespace plumbline {

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  x ^= x >> 31;
  return x;
}

// Continues a hash with one more value. `hash` is what came before, well mixed: combine(a, b) of
// two plain numbers is combine(b, a).
constexpr std::uint64_t combine(std::uint64_t hash, std::uint64_t value) {
  return mix((hash ^ value) + 0x9e3779b97f4a7c15ULL);
}

// FNV-1a, for names that must have one number in every build and on every machine.
constexpr std::uint64_t hash_name(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

// Of bytes whose length matters for speed: XXH3, whose values are the same on every machine.
std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace plumbline
