#pragma once

#include <string>

#include "nodes/base/result.h"
#include "scenarios/run/run_result.h"
#include "scenarios/run/sim_run.h"
#include "scenarios/spec/run_file.h"

namespace plumbline::scenarios {

// What a run leaves in files; the contract is reports/README.md.

// One line of results.jsonl. `run` is the run directory relative to the output directory, empty
// when none was kept.
struct ResultLine {
  const RunRequest& request;
  const RunResult& result;
  std::string plant;
  std::string run;
  std::string replay;
};
std::string to_json(const ResultLine& line);
// The same for a run whose process did not live to judge it.
std::string crash_line(const RunRequest& request, RunVerdict verdict, const std::string& sentence,
                       const std::string& plant, const std::string& run, const std::string& replay);

// run.json of a request, without the outcome.
RunFile run_file(const RunRequest& request, const std::string& plant);

// "default-0x5f3c9a"
std::string run_name(const RunRequest& request);
// A trace hash as results and run files have it: sixteen hex digits.
std::string hash_text(std::uint64_t hash);

// Writes run.json, history.jsonl, verdict.json and trace.bin into `directory`, which is made.
// Errors: kIo.
Status write_run_directory(const std::string& directory, const RunFile& file,
                           const RunResult& result, const sim::TraceRecorder* trace);

// The program and the state of the sources that it was built from.
std::string build_id();

}  // namespace plumbline::scenarios
