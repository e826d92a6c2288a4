#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/history/requests.h"
#include "checker/linear/model.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// What a search may cost on a key of so many requests before it gives up: some seconds at most.
constexpr std::uint64_t default_step_budget(std::size_t requests) {
  return 2'000'000 + 200 * requests;
}

// Linearizability (Herlihy and Wing) of the whole, key by key: it is local to each key, so a
// history is linearizable if and only if each key's part is.
//
// One report in all if every key is valid; else one per key that is not, the earliest finding
// first. A key whose search needs more than `step_budget` steps (0: the default of its size) is
// unknown; other keys are judged all the same. Operations that failed have no effect; unknown ones
// may happen at any time after their call, or never. REQUIRES: `model` handles every function in
// `requests`.
std::vector<Report> check_linearizability(std::span<const Request> requests, const ModelInfo& model,
                                          std::uint64_t step_budget);

}  // namespace plumbline::checker
