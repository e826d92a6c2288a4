#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/history/history.h"
#include "checker/history/result.h"
#include "checker/verdict/verdict.h"
#include "reports/seed_verdict.h"
#include "reports/trace_reader.h"

namespace plumbline::reports {

// One fault as it struck.
struct FaultPeriod {
  std::string id;
  std::string kind;
  std::string family;  // network, process, disk, clock, client; "other" when the file names none.
  std::string nodes;   // "n1, n3"
  std::string amount;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

// Everything that a run directory tells of one run. What could not be read is empty and noted.
struct RunFiles {
  std::string scenario;
  std::string scenario_json;  // Indented, complete.
  std::string seed;
  std::string build;
  std::string plant;
  std::string trace_hash;
  std::string replay;
  std::vector<std::pair<std::string, std::string>> overrides;  // Key and value.

  SeedVerdict verdict = SeedVerdict::kIndeterminate;
  std::string property;
  std::string sentence;
  std::optional<std::int64_t> at_ns;      // When it was seen,
  std::optional<std::uint64_t> at_event;  // and during which event of the simulator.
  std::vector<checker::Report> reports;
  std::vector<FaultPeriod> faults;

  checker::History history;
  Trace trace;
  std::vector<std::string> notes;

  // The first report that is not valid; nullptr if no checker complained.
  const checker::Report* finding() const;
  // When the run ended, as far as the files tell: the last time in any of them.
  std::int64_t end_ns() const;
  // The part of the run that a reader must see whole: from the first call to the last return of
  // the witness; without a witness, the last second before the verdict was reached.
  TimeWindow violation_window() const;
};

// REQUIRES only run.json; every other file may be missing or damaged, which is noted.
checker::Result<RunFiles> load_run_files(const std::string& directory);

}  // namespace plumbline::reports
