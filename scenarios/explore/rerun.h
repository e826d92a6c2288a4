#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/run/sim_run.h"

namespace plumbline::scenarios {

// The same run in a newly started program: other address layout, environment, locale and heap
// contents, and after another seed has run in that process. Equal hashes, or the run depends on
// something that the seed does not decide.

struct Rerun {
  bool ran = false;
  std::string error;  // when it did not
  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
};

// Starts this very program again for `run_json` (a path). `trace` names a file for the complete
// trace, "" for none.
Rerun rerun_in_new_process(const std::string& run_json, const std::string& trace);

// What the new process does: main() of the hidden command `rerun`. Prints one line of JSON; returns
// the exit code.
int rerun_main(const std::string& run_json, const std::string& trace);

// In words: the first record in which two complete traces differ. Empty when they do not.
std::string first_difference(const std::string& trace_a, const std::string& trace_b);

}  // namespace plumbline::scenarios
