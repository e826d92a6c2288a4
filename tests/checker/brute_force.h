#pragma once

#include <vector>

#include "checker/history/history.h"

namespace plumbline::checker {

// The dumb twin of checker/linear: tries every order of the operations and every subset of the
// unknown ones, on plain values, without memory, partition or cleverness. For small histories.
bool brute_force_linearizable(const std::vector<Operation>& operations, bool sequences);

}  // namespace plumbline::checker
