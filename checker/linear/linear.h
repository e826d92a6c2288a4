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

struct LinearOptions {
  ModelOptions model;
  std::uint64_t step_budget = 0;  // Per key; 0: default_step_budget() of its requests.
};

// Linearizability (Herlihy and Wing) of the whole, key by key: it is local to each key, so a
// history is linearizable if and only if each key's part is.
//
// One report in all if every key is valid; else one per key that is not, the earliest finding
// first. A key whose search needs more than its budget is unknown; other keys are judged all the
// same. A model that is not keyed judges the whole as one. Operations that failed have no effect;
// unknown ones may happen at any time after their call, or never. REQUIRES: `model` handles every
// function in `requests`.
std::vector<Report> check_linearizability(std::span<const Request> requests, const ModelInfo& model,
                                          const LinearOptions& options = {});

}  // namespace plumbline::checker
