#pragma once

#include <vector>

#include "checker/history/history.h"

namespace plumbline::checker {

// The dumb twin of checker/linear: tries every order of the operations and every subset of the
// unknown ones, on plain values, without memory, partition or cleverness. For small histories.
bool brute_force_linearizable(const std::vector<Operation>& operations, bool sequences);

// The same if answered operations that are not `certain` may or may not have happened, but if so
// between their call and their return.
bool brute_force_linearizable(const std::vector<Operation>& operations, bool sequences,
                              const std::vector<bool>& certain);

}  // namespace plumbline::checker
