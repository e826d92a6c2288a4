#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace plumbline::reports::testing {

// A line of results.jsonl, by default of a seed that passed; `changes` overwrites members.
inline std::string result_line(std::uint64_t seed, const nlohmann::json& changes = {}) {
  nlohmann::json line = {
      {"v", 1},
      {"type", "seed"},
      {"build", "0.1.0 test"},
      {"scenario", "default"},
      {"scenario_hash", "ab"},
      {"seed", seed},
      {"verdict", "pass"},
      {"property", ""},
      {"sentence", ""},
      {"signature", ""},
      {"trace_hash", "h" + std::to_string(seed)},
      {"events", 1000},
      {"ops", 10},
      {"ok", 7},
      {"fail", 1},
      {"unknown", 2},
      {"functions",
       {{"read", {{"ok", 7}, {"fail", 0}, {"unknown", 0}}},
        {"write", {{"ok", 0}, {"fail", 1}, {"unknown", 2}}}}},
      {"faults",
       {{"partition", {{"struck", 1}, {"drawn", 2}}}, {"kill", {{"struck", 0}, {"drawn", 1}}}}},
      {"faults_impossible", nlohmann::json::array()},
      {"probes", {{"raft.seen", 3}, {"raft.unseen", 0}}},
      {"virtual_ms", 30'000},
      {"cpu_us", 50'000},
      {"replay", "plumbline replay --seed " + std::to_string(seed)}};
  if (changes.is_object()) line.update(changes);
  return line.dump() + "\n";
}

inline nlohmann::json failing(const std::string& verdict, const std::string& signature) {
  return {{"verdict", verdict},
          {"property", "linearizability"},
          {"sentence", "a read of x saw 5 although 7 was there"},
          {"signature", signature},
          {"run", "runs/default-0x1"}};
}

}  // namespace plumbline::reports::testing
