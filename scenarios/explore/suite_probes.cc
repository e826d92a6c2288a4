#include "scenarios/explore/suite_probes.h"

#include <algorithm>

#include "nodes/trace/trace.h"

namespace plumbline::scenarios {

std::set<std::string> required_probes(const std::vector<Scenario>& suite) {
  std::set<std::string> required;
  for (const Scenario& scenario : suite) {
    required.insert(scenario.probes.begin(), scenario.probes.end());
  }
  if (!required.empty()) return required;
  for (const trace::Probe* probe : trace::Probe::all()) {
    if (probe->need() == trace::Probe::Need::kRequired) required.insert(probe->name());
  }
  return required;
}

std::optional<UnknownProbe> unknown_probe(const std::vector<Scenario>& suite) {
  const auto& all = trace::Probe::all();
  for (const Scenario& scenario : suite) {
    for (const std::string& name : scenario.probes) {
      const bool known = std::any_of(all.begin(), all.end(),
                                     [&](const auto* probe) { return probe->name() == name; });
      if (!known) return UnknownProbe{scenario.name, name};
    }
  }
  return std::nullopt;
}

}  // namespace plumbline::scenarios
