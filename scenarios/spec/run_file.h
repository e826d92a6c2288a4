#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nodes/base/keyed_random.h"
#include "nodes/base/result.h"
#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

// run.json: one run, complete. The scenario is a drawn one, so the run is (scenario, seed,
// overrides) and nothing else; what it ended in is kept to be compared with when it is replayed.
struct RunFile {
  Scenario scenario;
  std::uint64_t seed = 0;
  std::vector<Override> overrides;
  std::string plant;  // empty: none
  std::string build;
  std::string trace_hash;
  std::string verdict;
  std::string property;
  std::string replay;  // the command that replays it
};

// Errors as of load_scenario().
Result<RunFile> load_run(const std::string& path);
Result<RunFile> parse_run(std::string_view text, std::string_view origin);
std::string to_json(const RunFile& run);
// Errors: kIo.
Status save_run(const RunFile& run, const std::string& path);

}  // namespace plumbline::scenarios
