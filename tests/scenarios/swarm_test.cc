#include "scenarios/explore/swarm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "scenarios/spec/fault_kinds.h"
#include "scenarios/spec/scenario_file.h"

namespace plumbline::scenarios {
namespace {

Scenario suite(const std::string& name) {
  auto loaded = load_scenario("../../scenarios/suites/" + name + ".json");
  EXPECT_TRUE(loaded.ok()) << loaded.error().detail;
  return *loaded;
}

std::vector<std::string> suites() {
  std::vector<std::string> names;
  const std::filesystem::path folder = "../../scenarios/suites";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    names.push_back(entry.path().parent_path().filename() / entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Scenario drawn(const Scenario& scenario, std::uint64_t seed) {
  KeyedRandom random(seed);
  return draw(scenario, random);
}

TEST(Swarm, EqualSeedsDrawEqualScenariosAndOthersOthers) {
  const Scenario scenario = suite("default/general");
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Scenario once = drawn(scenario, seed);
    EXPECT_EQ(once, drawn(scenario, seed));
    hashes.insert(scenario_hash(once));
  }
  EXPECT_EQ(hashes.size(), 200U);
}

// A drawn scenario is a complete scenario file, so that a run can be repeated from it alone.
TEST(Swarm, TwoThousandDrawsAreGoodScenarioFiles) {
  std::vector<Scenario> scenarios;
  for (const std::string& name : suites()) scenarios.push_back(suite(name));
  ASSERT_FALSE(scenarios.empty());
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    const Scenario& scenario = scenarios[seed % scenarios.size()];
    const Scenario one = drawn(scenario, seed);
    EXPECT_FALSE(one.swarm.has_value());
    const auto read = parse_scenario(to_json(one), scenario.name + " " + std::to_string(seed));
    ASSERT_TRUE(read.ok()) << read.error().detail;
    EXPECT_EQ(*read, one);
  }
}

TEST(Swarm, RangesAreFixedWithinTheirBoundsAndSpreadsStayWithin) {
  Scenario scenario = suite("default/general");
  std::map<std::string, Range> allowed;
  for_each_range(scenario,
                 [&](const std::string& path, Range& range, Drawn) { allowed[path] = range; });
  std::map<std::string, std::set<std::int64_t>> seen;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Scenario one = drawn(scenario, seed);
    for_each_range(one, [&](const std::string& path, Range& range, Drawn drawn) {
      EXPECT_GE(range.low, allowed[path].low) << path;
      EXPECT_LE(range.high, allowed[path].high) << path;
      EXPECT_LE(range.low, range.high) << path;
      if (drawn == Drawn::kFixed) {
        EXPECT_EQ(range.low, range.high) << path;
      }
      if (drawn == Drawn::kKept) {
        EXPECT_EQ(range, allowed[path]) << path;
      }
      seen[path].insert(range.low);
    });
  }
  EXPECT_GT(seen["cluster/election_timeout_ms"].size(), 100U);
  EXPECT_GT(seen["network/latency_us"].size(), 100U);
}

TEST(Swarm, EveryKindIsDrawnByTheDefaultSuiteAndLyingDisksAreNot) {
  std::map<FaultKind, int> count;
  for (const std::string& name : suites()) {
    if (name.starts_with("control/")) continue;
    const Scenario scenario = suite(name);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      for (const Fault& fault : drawn(scenario, seed).faults) ++count[fault.kind];
    }
  }
  for (const FaultShape& shape : fault_shapes()) {
    if (shape.kind == FaultKind::kDiskLies) continue;
    EXPECT_GE(count[shape.kind], 50) << shape.name;
  }
  EXPECT_EQ(count[FaultKind::kDiskLies], 0);
}

TEST(Swarm, LyingDisksAreDrawnWhenTheyAreListed) {
  Scenario scenario = suite("default/disk");
  scenario.swarm->kinds = {FaultKind::kDiskLies};
  EXPECT_FALSE(drawn(scenario, 1).faults.empty());
}

TEST(Swarm, KindsAreTurnedOffSeedBySeed) {
  const Scenario scenario = suite("default/general");
  std::map<FaultKind, int> seeds_with;
  std::size_t fewest = 99;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::set<FaultKind> kinds;
    for (const Fault& fault : drawn(scenario, seed).faults) kinds.insert(fault.kind);
    ASSERT_FALSE(kinds.empty()) << seed;
    fewest = std::min(fewest, kinds.size());
    for (const FaultKind kind : kinds) ++seeds_with[kind];
  }
  EXPECT_LE(fewest, 3U) << "now and then one kind or two have a seed for themselves";
  for (const auto& [kind, seeds] : seeds_with) EXPECT_LT(seeds, 250) << name_of(kind);
}

TEST(Swarm, AtAMillionEveryKindIsOnAndStrikes) {
  const Scenario scenario = suite("smoke/three");
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::set<FaultKind> kinds;
    for (const Fault& fault : drawn(scenario, seed).faults) kinds.insert(fault.kind);
    EXPECT_EQ(kinds.size(), 3U) << seed;
  }
}

TEST(Swarm, FaultsEndBeforeTheQuietTimeAndIdsAreUnique) {
  for (const std::string& name : suites()) {
    const Scenario scenario = suite(name);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const Scenario one = drawn(scenario, seed);
      std::set<std::uint32_t> ids;
      for (const Fault& fault : one.faults) {
        const Duration end = fault.stays ? milliseconds(one.duration_ms) : faults_end(one);
        EXPECT_LE(fault.at + fault.duration, end) << name << " " << seed;
        EXPECT_TRUE(ids.insert(fault.id).second);
      }
      if (!scenario.swarm) continue;
      const std::int64_t single_damages =
          scenario.swarm->damage_once ? scenario.cluster.nodes.high / 2 + 2 : 0;
      EXPECT_LE(static_cast<std::int64_t>(one.faults.size()),
                static_cast<std::int64_t>(scenario.faults.size()) + scenario.swarm->count.high +
                    scenario.swarm->stay.high + single_damages);
      EXPECT_TRUE(std::is_sorted(one.faults.begin(), one.faults.end(),
                                 [](const Fault& a, const Fault& b) { return a.at < b.at; }));
    }
  }
}

// A node that rots may halt for good, so more than f of them would end the cluster rightly.
TEST(Swarm, WhatMayCostNodesStrikesAtMostAMinority) {
  Scenario scenario = suite("default/disk");
  scenario.swarm->kinds = {FaultKind::kBitRot,    FaultKind::kLostWrite,
                           FaultKind::kStaleRead, FaultKind::kMisdirectedWrite,
                           FaultKind::kWipe,      FaultKind::kKill};
  scenario.swarm->on_ppm = 1'000'000;
  for (std::int64_t nodes = 1; nodes <= 9; ++nodes) {
    scenario.cluster.nodes = nodes;
    std::size_t most = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      std::set<std::uint32_t> rotten;
      for (const Fault& fault : drawn(scenario, seed).faults) {
        if (!may_cost_the_node(fault.kind)) continue;
        rotten.insert(fault.nodes.begin(), fault.nodes.end());
      }
      most = std::max(most, rotten.size());
    }
    EXPECT_EQ(most, static_cast<std::size_t>((nodes - 1) / 2)) << nodes;
  }
}

// Each of f disks once, whatever else happens; or, for the control, each of f + 1.
TEST(Swarm, DamageOnceStrikesEachDoomedDiskExactlyOnce) {
  Scenario scenario = suite("default/disk");
  scenario.swarm->damage_once = true;
  std::erase(scenario.swarm->kinds, FaultKind::kWipe);
  scenario.cluster.nodes = 5;
  for (const bool majority : {false, true}) {
    scenario.swarm->damage_majority = majority;
    std::size_t full = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      std::map<std::uint32_t, int> damaged;
      for (const Fault& fault : drawn(scenario, seed).faults) {
        if (!damages(fault.kind)) continue;
        EXPECT_EQ(fault.amount, 1);
        for (const std::uint32_t node : fault.nodes) ++damaged[node];
      }
      for (const auto& [node, times] : damaged) EXPECT_EQ(times, 1) << seed;
      EXPECT_LE(damaged.size(), majority ? 3U : 2U);
      full += damaged.size() == (majority ? 3U : 2U) ? 1 : 0;
    }
    EXPECT_GT(full, 150U) << "now and then a node is down to the end";
  }
}

// A majority that is damaged one after the other is repaired in between.
TEST(Swarm, HalfOfTheSeedsDamageAMajorityAtOnceAndThenStartEverybodyAgain) {
  Scenario scenario = suite("raft-corruption/majority");
  scenario.cluster.nodes = 5;
  int gathered = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<Duration> damaged;
    std::vector<Duration> restarts;
    for (const Fault& fault : drawn(scenario, seed).faults) {
      if (damages(fault.kind)) damaged.push_back(fault.at);
      if (fault.kind == FaultKind::kKillAll) restarts.push_back(fault.at);
    }
    if (damaged.size() < 3 || damaged.back() - damaged.front() > milliseconds(50)) continue;
    gathered += std::any_of(restarts.begin(), restarts.end(), [&](Duration at) {
      return at >= damaged.back() && at <= damaged.back() + milliseconds(600);
    });
  }
  EXPECT_GT(gathered, 45) << "those that struck nobody were moved";
  EXPECT_LT(gathered, 110);
}

TEST(Swarm, WhatStaysAndWhatIsDamagedSpareAMajority) {
  Scenario scenario = suite("default/general");
  scenario.swarm->stay = 2;
  scenario.swarm->on_ppm = 900'000;
  scenario.cluster.nodes = 5;
  int staying = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Scenario one = drawn(scenario, seed);
    EXPECT_EQ(problem_of(one), "") << seed;
    std::set<std::uint32_t> lost;
    for (const Fault& fault : one.faults) {
      staying += fault.stays ? 1 : 0;
      if (!fault.stays && !may_cost_the_node(fault.kind)) continue;
      for (const std::uint32_t node : fault.stays ? outside_of(fault) : fault.nodes)
        lost.insert(node);
      if (fault.stays) {
        EXPECT_EQ(fault.at + fault.duration, milliseconds(one.duration_ms));
      }
    }
    EXPECT_LE(lost.size(), 2U) << seed;
  }
  EXPECT_GT(staying, 300);
}

TEST(Swarm, PausesOutlastEveryTimeoutNowAndThen) {
  Scenario scenario = suite("default/power");
  int longer = 0;
  int shorter = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Scenario one = drawn(scenario, seed);
    for (const Fault& fault : one.faults) {
      if (fault.kind != FaultKind::kPause) continue;
      const Duration client = milliseconds(one.workloads[0].timeout_ms);
      const Duration election = milliseconds(one.cluster.election_timeout_ms.low);
      longer += fault.duration > client && fault.duration > election * 2 ? 1 : 0;
      shorter += fault.duration < election ? 1 : 0;
    }
  }
  EXPECT_GT(longer, 20);
  EXPECT_GT(shorter, 20);
}

TEST(Swarm, FaultsOverlapAndComeInBursts) {
  const Scenario scenario = suite("default/general");
  int overlapping = 0;
  int bursts = 0;
  int relays = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Scenario one = drawn(scenario, seed);
    const Duration election = milliseconds(one.cluster.election_timeout_ms.low);
    const std::vector<Fault>& faults = one.faults;
    for (std::size_t i = 1; i < faults.size(); ++i) {
      const Fault& before = faults[i - 1];
      const Duration after_end = faults[i].at - (before.at + before.duration);
      if (before.duration > election) {
        relays += after_end > election * -1 && after_end < election ? 1 : 0;
      }
      overlapping += faults[i].at < before.at + before.duration ? 1 : 0;
      bursts += faults[i].at - before.at < milliseconds(5) ? 1 : 0;
    }
  }
  EXPECT_GT(overlapping, 500);
  EXPECT_GT(bursts, 200);
  EXPECT_GT(relays, 100);
}

// What a kill, a pause or a full disk would find down already is drawn for another node, or not at
// all.
TEST(Swarm, NoKillOfANodeThatAnotherKillHoldsDown) {
  Scenario scenario = suite("default/power");
  scenario.swarm->kinds = {FaultKind::kKill, FaultKind::kPause, FaultKind::kKillAll};
  scenario.swarm->count = 30;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::map<std::uint32_t, Duration> down_until;
    for (const Fault& fault : drawn(scenario, seed).faults) {
      for (const std::uint32_t node : fault.nodes) {
        if (fault.kind != FaultKind::kKillAll) {
          EXPECT_GE(fault.at, down_until[node]) << seed;
        }
        if (fault.kind == FaultKind::kPause) continue;
        down_until[node] = std::max(down_until[node], fault.at + fault.duration);
      }
    }
  }
}

TEST(Swarm, WhatTheScenarioDemandsIsKeptBesideWhatIsDrawn) {
  Scenario scenario = suite("default/general");
  const Fault mine = {.id = 3,
                      .kind = FaultKind::kKill,
                      .at = milliseconds(900),
                      .duration = milliseconds(50),
                      .nodes = {5, 1}};
  scenario.faults = {mine};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Scenario one = drawn(scenario, seed);
    EXPECT_TRUE(check_scenario(one, "drawn").ok());
    EXPECT_EQ(std::count(one.faults.begin(), one.faults.end(), mine), 1);
    EXPECT_GT(one.faults.size(), 1U);
  }
}

TEST(Swarm, TinyClustersAndRunsAreDrawnToo) {
  Scenario scenario = suite("default/general");
  scenario.quiet_ms = 1;
  for (const std::int64_t duration : {2, 3, 10, 600}) {
    scenario.duration_ms = duration;
    for (std::int64_t nodes = 1; nodes <= 3; ++nodes) {
      scenario.cluster.nodes = nodes;
      for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Status checked = check_scenario(drawn(scenario, seed), "drawn");
        ASSERT_TRUE(checked.ok()) << checked.error().detail;
      }
    }
  }
}

// A draw is a pure function of what it decides: what is drawn of one thing does not move the rest.
TEST(Swarm, AnotherRangeInTheScenarioChangesNoFault) {
  const Scenario scenario = suite("default/network");
  Scenario other = scenario;
  other.network.slow_ppm = {0, 7};
  other.cluster.segment_kib = {4, 8};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    EXPECT_EQ(drawn(scenario, seed).faults, drawn(other, seed).faults);
  }
}

}  // namespace
}  // namespace plumbline::scenarios
