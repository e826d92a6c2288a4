#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "checker/history/history.h"
#include "checker/history/result.h"
#include "checker/verdict/render.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// How much a history is held to.
enum class Level : std::uint8_t {
  kLinearizable,  // Everything below, linearizability and the order of revisions.
  kSession,       // Only what each session is promised, whatever order others saw.
};

struct CheckOptions {
  // A name of linear/models.h. Empty: the history's own semantics if it names any, else the first
  // model that handles every function in it.
  std::string model;
  Level level = Level::kLinearizable;
  std::uint64_t step_budget = 0;  // Per key; 0: default_step_budget() of its requests.
};

// The one entrance: runs every check that applies and merges what they say. A history that breaks
// its invariants, or that no model fits, is unknown, with a sentence that says why.
CheckResult check_history(const History& history, const CheckOptions& options = {});

// For a command line: the problem with a name that is not known names the nearest that is.
Result<Level> level_named(std::string_view name);
Status check_model_name(std::string_view name);

}  // namespace plumbline::checker
