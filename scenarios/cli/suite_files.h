#pragma once

#include <string>
#include <vector>

#include "nodes/base/result.h"
#include "scenarios/explore/seed_job.h"

namespace plumbline::cli {

// Scenarios of files and of folders of files (*.json, by name), each checked as far as it can be
// before anything runs. Errors: kInvalid, kNotFound; one line for the user.
Result<std::vector<scenarios::Scenario>> load_suite(const std::vector<std::string>& paths);

// The suites that come with the sources: below the current folder, or beside the program's build.
// "" when not found.
std::string find_in_tree(const std::string& relative);

// Every run file of scenarios/regressions, as jobs.
Result<std::vector<scenarios::SeedJob>> load_regressions(const std::string& out);

// Writes report.html into a run's directory, of what is there. Returns its path; "" when what is
// there cannot be read.
std::string write_run_page(const std::string& directory);

// `run` may name a run.json or the folder that holds it.
Result<scenarios::RunFile> load_run_argument(const std::string& run);

}  // namespace plumbline::cli
