#pragma once

#include <vector>

#include "nodes/base/keyed_random.h"
#include "scenarios/spec/scenario.h"

// Private to the swarm.
namespace plumbline::scenarios {

// A kind that is on in the seed, and how much more often than others it is drawn.
struct WeightedKind {
  FaultKind kind;
  std::uint64_t weight;
};

// Draws up to `count` faults of the kinds for a scenario whose ranges are fixed; ids begin after
// those it has already.
std::vector<Fault> draw_faults(const Scenario& scenario, const std::vector<WeightedKind>& kinds,
                               std::int64_t count, KeyedRandom& random);

// The same faults, but for those that could have no effect: a kill, a pause, a torment of a clock
// that would find its nodes down already, because another kill or a halt over a disk fault came
// first. Such a fault strikes another node, or later, or is left out when everything is down for
// good. Faults that the scenario itself has stay as they are.
std::vector<Fault> without_vain_faults(const Scenario& scenario, const std::vector<Fault>& faults,
                                       KeyedRandom& random);

}  // namespace plumbline::scenarios
