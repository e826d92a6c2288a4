#pragma once

#include <cstdint>
#include <vector>

#include "checker/linear/key_case.h"

namespace plumbline::checker {

// A least set of answers that no order explains: taken alone (every other outcome unknown) they
// are invalid, and without any one of them they are not. Of all such sets it belongs to the
// shortest invalid beginning of the history, and prefers late answers to early ones.
struct Core {
  std::vector<std::uint32_t> answers;  // Positions in KeyCase::requests(), ascending.
  std::uint64_t steps = 0;
};

// Outcomes are made unknown rather than operations removed: to remove a write that somebody read
// would accuse a history of what it did not do. About |core| log2(n) searches; when they have cost
// `step_budget` steps, the set found so far is returned, which is invalid but may not be least.
// REQUIRES: the key's case is invalid.
Core least_core(KeyCase& key, const SearchOptions& options, std::uint64_t step_budget);

}  // namespace plumbline::checker
