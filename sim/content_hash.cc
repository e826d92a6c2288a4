#include "sim/content_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace plumbline::sim {

std::uint64_t content_hash(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace plumbline::sim
