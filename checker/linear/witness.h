#pragma once

#include <cstdint>
#include <vector>

#include "checker/linear/key_case.h"

namespace plumbline::checker {

// A least set of answers that no order explains: they are invalid even if every other operation
// might as well not have happened, and without any one of them they are not. Of all such sets it
// belongs to the shortest invalid beginning of the history, and prefers changes to reads, late
// answers to early.
struct Core {
  std::vector<std::uint32_t> answers;  // Positions in KeyCase::requests(), ascending.
  std::uint64_t steps = 0;
};

// Operations are made doubtful rather than removed: to remove a write that somebody read would
// accuse a history of what it did not do. About |core| log2(n) searches; when they have cost
// `step_budget` steps, what is left is returned, which is invalid but may be far from least.
// REQUIRES: the key's case is invalid.
Core least_core(KeyCase& key, const SearchOptions& options, std::uint64_t step_budget);

}  // namespace plumbline::checker
