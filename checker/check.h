#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/formats/semantics.h"
#include "checker/history/history.h"
#include "checker/history/result.h"
#include "checker/verdict/render.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

struct CheckOptions {
  // What the history is about: a name of known_models(). Empty: the history's own semantics if it
  // names any, else what its functions say.
  std::string model;
  // What it is held to: a name of known_levels(). Empty: the strictest that belongs to the model.
  std::string level;
  // What the history does not say: the value at first, the total of a bank ...
  Params params;
  // Steps of search per key, or of looking for cycles; 0: as many as the size asks for.
  std::uint64_t step_budget = 0;
};

// The one entrance: runs every check that applies and merges what they say. A history that breaks
// its invariants, that no model fits, or whose level does not belong to its model, is unknown, with
// a sentence that says why.
CheckResult check_history(const History& history, const CheckOptions& options = {});

// Models of linearizability, of transactions, of an MVCC store, and the guarantees' workloads.
std::span<const std::string_view> known_models();
// linearizable and session for the first, the levels of transactions, and every guarantee.
std::span<const std::string_view> known_levels();

// For a command line: the problem with a name that is not known names the nearest that is.
Status check_names(const CheckOptions& options);

}  // namespace plumbline::checker
