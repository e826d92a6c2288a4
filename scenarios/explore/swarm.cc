#include "scenarios/explore/swarm.h"

#include <algorithm>
#include <set>

#include "nodes/base/assert.h"
#include "scenarios/explore/swarm_faults.h"
#include "scenarios/spec/fault_kinds.h"
#include "scenarios/spec/scenario_file.h"

namespace plumbline::scenarios {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
// Most kinds that are on are so lightly, and one now and then dominates its seed.
constexpr std::uint64_t kWeights[] = {1, 1, 2, 6};

std::int64_t between(KeyedRandom& random, const Key& key, Range range) {
  const auto span = static_cast<std::uint64_t>(range.high - range.low) + 1;
  return range.low + static_cast<std::int64_t>(random.below(key, span));
}

// A spread keeps two ends within what the suite allows: some seeds have a steady network, others a
// wild one.
Range narrowed(KeyedRandom& random, const std::string& path, Range range) {
  const std::int64_t high = between(random, Key("swarm.range.high", path), range);
  return {between(random, Key("swarm.range.low", path), {range.low, high}), high};
}

void fix_ranges(Scenario& scenario, KeyedRandom& random) {
  for_each_range(scenario, [&](const std::string& path, Range& range, Drawn drawn) {
    if (range.low == range.high || drawn == Drawn::kKept) return;
    range = drawn == Drawn::kNarrowed ? narrowed(random, path, range)
                                      : Range(between(random, Key("swarm.range", path), range));
  });
}

// Which kinds are on in this seed: whole families at a time, then one by one.
std::vector<FaultKind> kinds_on(const std::vector<FaultKind>& allowed, const Swarm& swarm,
                                KeyedRandom& random) {
  const auto on_ppm = static_cast<std::uint64_t>(swarm.on_ppm);
  std::set<FaultFamily> on_families;
  for (const FaultFamily family :
       {FaultFamily::kNetwork, FaultFamily::kProcess, FaultFamily::kClock, FaultFamily::kDisk,
        FaultFamily::kMembership, FaultFamily::kClient}) {
    const std::uint64_t family_ppm = on_ppm + (kMillion - on_ppm) / 2;
    if (random.chance(Key("swarm.family", name_of(family)), family_ppm)) on_families.insert(family);
  }
  std::vector<FaultKind> on;
  for (const FaultKind kind : allowed) {
    const bool drawn = random.chance(Key("swarm.kind", name_of(kind)), on_ppm);
    const bool by_chance = drawn && on_families.count(family_of(kind)) != 0;
    if (by_chance || (swarm.damage_once && damages(kind))) on.push_back(kind);
  }
  if (on.empty() && !allowed.empty()) {
    on.push_back(allowed[random.below(Key("swarm.kind_at_least"), allowed.size())]);
  }
  return on;
}

std::vector<WeightedKind> weighted(const std::vector<FaultKind>& kinds, KeyedRandom& random) {
  std::vector<WeightedKind> result;
  for (const FaultKind kind : kinds) {
    const std::uint64_t pick =
        random.below(Key("swarm.weight", name_of(kind)), std::size(kWeights));
    result.push_back({kind, kWeights[pick]});
  }
  return result;
}

bool by_time(const Fault& a, const Fault& b) { return a.at != b.at ? a.at < b.at : a.id < b.id; }

}  // namespace

std::vector<FaultKind> allowed_kinds(const Scenario& scenario) {
  PLUMB_ASSERT(scenario.swarm.has_value());
  std::vector<FaultKind> allowed = scenario.swarm->kinds;
  if (allowed.empty()) {
    for (const FaultShape& shape : fault_shapes()) {
      const bool membership =
          shape.family == FaultFamily::kMembership && scenario.cluster.spares.high == 0;
      if (is_drawn_unnamed(shape.kind) && !membership) allowed.push_back(shape.kind);
    }
  }
  const std::int64_t nodes = scenario.cluster.nodes.high;
  const std::int64_t spares = scenario.cluster.spares.high;
  std::erase_if(allowed, [nodes, spares](FaultKind kind) {
    // A cluster of two or less cannot spare a node.
    const std::int64_t needed = may_cost_the_node(kind) ? 3 : shape_of(kind).nodes_min();
    return nodes < needed || spares < shape_of(kind).spares_min();
  });
  return allowed;
}

Scenario draw(const Scenario& suite_scenario, KeyedRandom& random) {
  Scenario drawn = suite_scenario;
  fix_ranges(drawn, random);
  if (!drawn.swarm) return drawn;
  const std::vector<FaultKind> on = kinds_on(allowed_kinds(drawn), *drawn.swarm, random);
  std::vector<Fault> faults =
      draw_faults(drawn, weighted(on, random), drawn.swarm->count.low, random);
  faults.insert(faults.end(), drawn.faults.begin(), drawn.faults.end());
  std::sort(faults.begin(), faults.end(), by_time);
  drawn.faults = without_vain_faults(drawn, faults, random);
  std::sort(drawn.faults.begin(), drawn.faults.end(), by_time);
  drawn.swarm.reset();
  drawn.probes.clear();
  return drawn;
}

}  // namespace plumbline::scenarios
