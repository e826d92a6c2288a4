#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

// The probes that a campaign of these scenarios must reach: those that they name. Where none names
// any, those that the code calls required.
std::set<std::string> required_probes(const std::vector<Scenario>& suite);

// A probe that a scenario names and that is not in the code.
struct UnknownProbe {
  std::string scenario;
  std::string probe;
};
std::optional<UnknownProbe> unknown_probe(const std::vector<Scenario>& suite);

}  // namespace plumbline::scenarios
