#pragma once

#include "nodes/base/keyed_random.h"

namespace plumbline {

// A node's randomness: a decision is a function of the run's seed, the node, its incarnation and
// the key. Draw a key once. Never suspends. Not for secrets.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t bits(const Key& key) = 0;
  // In [0, bound). REQUIRES: bound > 0.
  virtual std::uint64_t below(const Key& key, std::uint64_t bound) = 0;
};

}  // namespace plumbline
