#pragma once

#include "nodes/base/hash.h"
#include "nodes/world/random.h"

namespace plumbline::real {

// The same function of seed and key as KeyedRandom, without its memory of what was drawn: that
// record finds mistakes in simulations, and in a process that lives for months it would only grow.
class AsioRandom : public Random {
 public:
  explicit AsioRandom(std::uint64_t seed) : seed_(seed) {}

  std::uint64_t bits(const Key& key) override { return mix(combine(seed_, key.hash())); }
  std::uint64_t below(const Key& key, std::uint64_t bound) override {
    PLUMB_ASSERT(bound > 0);
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{bits(key)} * bound) >> 64);
  }

 private:
  std::uint64_t seed_;
};

}  // namespace plumbline::real
