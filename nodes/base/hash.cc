#include "nodes/base/hash.h"

#include <bit>
#include <cstring>

namespace plumbline {

static_assert(std::endian::native == std::endian::little, "formats and hashes are little-endian");

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t hash = combine(seed, bytes.size());
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    hash = combine(hash, word);
    bytes.remove_prefix(8);
  }
  std::uint64_t word = 0;
  if (!bytes.empty()) std::memcpy(&word, bytes.data(), bytes.size());
  return combine(hash, word);
}

}  // namespace plumbline
