#include "nodes/base/hash.h"

#include <bit>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace plumbline {

static_assert(std::endian::native == std::endian::little, "formats and hashes are little-endian");

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace plumbline
