// plumbline plants: what the testbed is worth. Runs each woven bug over seeds until it is found.

#include <algorithm>
#include <cstdio>
#include <set>
#include <thread>
#include <utility>

#include "scenarios/cli/commands.h"
#include "scenarios/cli/suite_files.h"
#include "scenarios/cli/terminal.h"
#include "scenarios/explore/plant_hunt.h"

namespace plumbline::cli {
namespace {

struct PlantsArguments {
  std::vector<std::string> scenarios;
  std::vector<std::string> only;
  std::string out = "out/plants";
  std::uint64_t seeds = 2'000;
  std::uint64_t starts = 5;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
};

// Scenarios that were given stand for the suites that the plants name; else the clean build is the
// control of each of those.
std::vector<scenarios::PlantInfo> hunted(const std::vector<std::string>& given,
                                         std::vector<scenarios::PlantInfo> plants) {
  if (!given.empty()) {
    std::string name;
    for (const std::string& path : given) name += (name.empty() ? "" : " ") + path;
    for (scenarios::PlantInfo& plant : plants) plant.suite = name;
    return plants;
  }
  std::set<std::string> suites;
  for (const scenarios::PlantInfo& plant : plants) suites.insert(plant.suite);
  scenarios::PlantInfo clean = plants.front();
  suites.erase(clean.suite);
  auto behind = plants.begin() + 1;
  for (const std::string& suite : suites) {
    clean.suite = suite;
    behind = plants.insert(behind, clean) + 1;
  }
  return plants;
}

Status load_suites(const std::vector<std::string>& given, scenarios::HuntOptions& options) {
  for (const scenarios::PlantInfo& plant : options.plants) {
    if (options.suites.count(plant.suite) != 0) continue;
    const std::string folder = find_in_tree("scenarios/suites/" + plant.suite);
    auto suite = load_suite(given.empty() ? std::vector{folder} : given);
    if (!suite) return suite.error();
    options.suites[plant.suite] = std::move(*suite);
  }
  return {};
}

Exit run_plants(const PlantsArguments& arguments) {
  std::vector<scenarios::PlantInfo> plants = scenarios::woven_plants();
  if (plants.size() <= 1) {
    complain(
        "no plants are woven into this build; ./dev build plants makes one that has them, in "
        "build/plants/bin");
    return Exit::kUsage;
  }
  std::vector<std::string> names;
  for (const scenarios::PlantInfo& plant : plants) names.push_back(plant.id);
  for (const std::string& id : arguments.only) {
    if (id == "clean" || std::find(names.begin(), names.end(), id) != names.end()) continue;
    complain("there is no plant " + id + "; the nearest is " + nearest_of(id, names));
    return Exit::kUsage;
  }
  plants = hunted(arguments.scenarios, std::move(plants));
  scenarios::HuntOptions options;
  options.plants = plants;
  if (const Status loaded = load_suites(arguments.scenarios, options); !loaded) {
    complain(loaded.error().detail);
    return Exit::kUsage;
  }
  options.out = arguments.out;
  options.only = arguments.only;
  std::replace(options.only.begin(), options.only.end(), std::string("clean"), std::string());
  options.seeds_max = arguments.seeds;
  options.starts = arguments.starts;
  options.pool.jobs = arguments.jobs;
  catch_interrupts();
  scenarios::PlantHunt hunt(std::move(options));
  const Status ran =
      hunt.run(interrupted, [](const scenarios::PlantInfo& plant, const scenarios::Hunt& one) {
        std::fprintf(stderr, "%-6s start %llu: %s after %llu seeds %s %s\n",
                     plant.id.empty() ? "clean" : plant.id.c_str(),
                     static_cast<unsigned long long>(one.start), one.found ? "found" : "nothing",
                     static_cast<unsigned long long>(one.seeds), one.property.c_str(),
                     one.seed.c_str());
      });
  if (!ran) {
    complain(ran.error().message());
    return Exit::kInfrastructure;
  }
  std::printf("%s", scenarios::hunt_table(plants, hunt).c_str());
  if (interrupted()) return Exit::kInterrupted;
  return scenarios::all_as_expected(plants, hunt) ? Exit::kPassed : Exit::kViolation;
}

}  // namespace

void add_plants(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<PlantsArguments>();
  CLI::App* command =
      app.add_subcommand("plants", "Measure the testbed: seeds until each woven bug is found");
  command->add_option(
      "SCENARIO", arguments->scenarios,
      "scenario files or folders of them; when absent the suite that each plant names");
  command->add_option("--plant", arguments->only, "only these; clean is the control");
  command->add_option("--seeds", arguments->seeds, "at most, for each start")
      ->capture_default_str();
  command->add_option("--starts", arguments->starts, "hunts for each plant")->capture_default_str();
  command->add_option("--jobs", arguments->jobs, "processes at a time")->capture_default_str();
  command->add_option("--out", arguments->out, "plants.jsonl is kept here and resumed")
      ->capture_default_str();
  command->callback([arguments, &exit] { exit = run_plants(*arguments); });
}

}  // namespace plumbline::cli
