#include "scenarios/cli/suite_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "reports/run_page.h"
#include "scenarios/cli/terminal.h"
#include "scenarios/spec/run_file.h"
#include "scenarios/spec/scenario_file.h"
#include "scenarios/workload/workload.h"
#include "sim/world.h"

namespace plumbline::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> json_files_of(const std::string& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Status check_workloads(const scenarios::Scenario& scenario, const std::string& origin) {
  std::vector<std::string> names;
  for (const auto& kind : scenarios::workload_registry()) names.push_back(kind.name);
  for (std::size_t i = 0; i < scenario.workloads.size(); ++i) {
    const std::string& kind = scenario.workloads[i].kind;
    if (scenarios::find_workload(kind) != nullptr) continue;
    const std::string nearest = nearest_of(kind, names);
    return Error{Errc::kInvalid, origin + ": /workloads/" + std::to_string(i) +
                                     "/kind: there is no workload '" + kind + "'" +
                                     (nearest.empty() ? "" : ", did you mean '" + nearest + "'?")};
  }
  return {};
}

}  // namespace

std::string find_in_tree(const std::string& relative) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const std::vector<fs::path> roots = {fs::current_path(error), program.parent_path() / "../../..",
                                       program.parent_path() / "../share/plumbline"};
  for (const fs::path& root : roots) {
    if (fs::exists(root / relative, error)) return (root / relative).lexically_normal().string();
  }
  return {};
}

Result<std::vector<scenarios::Scenario>> load_suite(const std::vector<std::string>& paths) {
  std::vector<scenarios::Scenario> suite;
  for (const std::string& path : paths) {
    for (const std::string& file : json_files_of(path)) {
      Result<scenarios::Scenario> scenario = scenarios::load_scenario(file);
      if (!scenario) return scenario.error();
      if (const Status known = check_workloads(*scenario, file); !known) return known.error();
      suite.push_back(std::move(*scenario));
    }
  }
  if (suite.empty())
    return Error{Errc::kNotFound, "no scenario in " + (paths.empty() ? "" : paths[0])};
  return suite;
}

Result<scenarios::RunFile> load_run_argument(const std::string& run) {
  const std::string path = fs::is_directory(run) ? (fs::path(run) / "run.json").string() : run;
  Result<scenarios::RunFile> file = scenarios::load_run(path);
  if (!file) return file;
  if (const Status known = check_workloads(file->scenario, path); !known) return known.error();
  if (const Status readable = sim::Simulation::check_overrides(file->overrides); !readable) {
    return Error{Errc::kInvalid, path + ": /overrides: " + readable.error().message()};
  }
  return file;
}

Result<std::vector<scenarios::SeedJob>> load_regressions(const std::string& out) {
  std::vector<scenarios::SeedJob> jobs;
  const std::string folder = find_in_tree("scenarios/regressions");
  if (folder.empty()) return jobs;
  for (const std::string& file : json_files_of(folder)) {
    Result<scenarios::RunFile> run = load_run_argument(file);
    if (!run) return run.error();
    scenarios::SeedJob job;
    job.request = {
        .scenario = run->scenario, .seed = run->seed, .overrides = run->overrides, .trace = {}};
    job.request.scenario.name = "regression-" + fs::path(file).stem().string();
    job.out = out;
    jobs.push_back(std::move(job));
  }
  return jobs;
}

std::string write_run_page(const std::string& directory) {
  const auto page = reports::run_page(directory);
  if (!page) return "";
  const fs::path path = fs::path(directory) / "report.html";
  std::ofstream(path, std::ios::binary | std::ios::trunc) << page.value();
  return path.string();
}

}  // namespace plumbline::cli
