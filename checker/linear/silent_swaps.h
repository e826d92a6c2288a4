#pragma once

#include <span>
#include <vector>

#include "checker/history/requests.h"
#include "checker/linear/written_once.h"

namespace plumbline::checker {

// Whether each swap that failed without saying what it saw finds a moment in this order of values
// at which the register held something else than it expected, in agreement with real time. If not,
// another order may still have room for all of them.
bool place_silent_swaps(std::span<const Request> requests, const WrittenOnce& values,
                        const std::vector<ClusterId>& order);

}  // namespace plumbline::checker
