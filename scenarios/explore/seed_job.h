#pragma once

#include <cstdint>
#include <string>

#include "scenarios/run/run_directory.h"

namespace plumbline::scenarios {

// What one process does with one seed, from the drawn scenario to the line of results.jsonl.
struct SeedJob {
  RunRequest request;
  std::string plant;  // woven bug that is on, "" for none
  std::string out;    // output directory; failures leave a run directory below it
  bool check_determinism = false;
  bool keep_passed = false;  // leave a run directory in any case

  std::string run_directory() const;  // relative to `out`
  std::string replay_command() const;
};

// Scenario and seed to a complete request.
RunRequest draw_request(const Scenario& scenario, std::uint64_t seed);

// To be called in a process of its own. Returns the line, without newline.
std::string run_seed(const SeedJob& job);

// Switches a woven bug on in this process. False when this build has no such plant.
bool select_plant(const std::string& id);

}  // namespace plumbline::scenarios
