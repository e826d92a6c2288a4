#pragma once

#include <string>
#include <vector>

#include "scenarios/cli/exit_code.h"
#include "scenarios/model/cores.h"

namespace plumbline::cli {

// Looks for woven bugs by walking a core's scopes, one process for each bug and scope.
struct ModelHunt {
  const model::Core& core;
  std::vector<std::string> scopes;  // smallest first
  std::string only;                 // one id, or all plants of this build
  std::string out;
  unsigned jobs = 1;
  std::uint64_t memory = 0;
};

// Tells a row for each, and leaves the runs that break something in `out`. Exit::kViolation when a
// harmless change or the clean control was found to break something.
Exit hunt_in_model(const ModelHunt& hunt);

}  // namespace plumbline::cli
