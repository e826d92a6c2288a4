#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "nodes/base/result.h"
#include "scenarios/explore/fork_pool.h"
#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

// Measures the testbed: how many seeds until each woven bug is found, and by which checker. A hunt
// runs seeds in their order until one fails; the seed counted is the lowest that failed, whatever
// ran at the same time.

enum class PlantKind { kClean, kPlant, kNeutral, kDeterminism };

struct PlantInfo {
  std::string id;  // "" is the clean control
  std::string title;
  PlantKind kind = PlantKind::kPlant;
  std::string suite;  // where it is hunted
};

// One hunt from one first seed.
struct Hunt {
  std::string plant;
  std::string suite;
  std::uint64_t start = 0;  // number of the repetition, from 0
  std::uint64_t seeds = 0;  // run, up to and including the one that found it
  bool found = false;
  std::string verdict;
  std::string property;
  std::string seed;
  std::uint64_t virtual_ms = 0;
  std::uint64_t cpu_us = 0;
  std::uint64_t planted_runs = 0;  // seeds in which the planted text ran at all
  std::string build;
};

struct HuntOptions {
  std::vector<PlantInfo> plants;
  std::map<std::string, std::vector<Scenario>> suites;  // all that the plants name
  std::string out;  // plants.jsonl is kept here; hunts that stand there are not repeated
  std::vector<std::string> only;  // ids; empty for all
  std::uint64_t seeds_max = 2'000;
  std::uint64_t starts = 5;
  ForkPool::Options pool;
};

// What is woven into this build, the clean control first; only that when it is no plants build.
std::vector<PlantInfo> woven_plants();

class PlantHunt {
 public:
  explicit PlantHunt(HuntOptions options) : options_(std::move(options)) {}

  // Runs what is missing. `tell` gets each hunt as it ends, also those found in the file.
  Status run(const std::function<bool()>& interrupted,
             const std::function<void(const PlantInfo&, const Hunt&)>& tell);
  const std::vector<Hunt>& hunts() const { return hunts_; }
  std::vector<Hunt> hunts_of(const PlantInfo& plant) const;

 private:
  Hunt hunt(const PlantInfo& plant, std::uint64_t start, const std::function<bool()>& interrupted);
  bool known(const PlantInfo& plant, std::uint64_t start, Hunt& found) const;
  void load();
  Status append(const Hunt& hunt) const;

  HuntOptions options_;
  std::vector<Hunt> hunts_;
};

// The table for people: one line per plant.
std::string hunt_table(const std::vector<PlantInfo>& plants, const PlantHunt& hunt);
// Everything that should have been found was, and nothing that should not.
bool all_as_expected(const std::vector<PlantInfo>& plants, const PlantHunt& hunt);

}  // namespace plumbline::scenarios
