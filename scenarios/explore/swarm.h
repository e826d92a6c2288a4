#pragma once

#include <vector>

#include "nodes/base/keyed_random.h"
#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

// The kinds that the scenario's seeds may have: those that its swarm names, or all but kDiskLies,
// as far as a cluster of its size can have them.
std::vector<FaultKind> allowed_kinds(const Scenario& scenario);

// The complete scenario of one seed: every Range is fixed (a spread narrowed), and the swarm has
// become faults. Equal seeds give equal scenarios; `check_scenario()` finds nothing wrong with one
// that was drawn from a good scenario.
//
// Each allowed kind is on in a seed by chance, some are on more heavily, and whole families are
// off; faults come evenly, in bursts of a few milliseconds, or crowded together. Faults that could
// have no effect are not drawn: no kill of a node that another fault holds down. Bit rot strikes at
// most f = (n - 1) / 2 nodes of n, since each may stop for good.
//
// REQUIRES: check_scenario() found nothing wrong; `random` has drawn no key that begins with
// "swarm.".
Scenario draw(const Scenario& suite_scenario, KeyedRandom& random);

}  // namespace plumbline::scenarios
