// plumbline shrink: the smallest run that still fails in the same way, as a run file of overrides.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "reports/text.h"
#include "scenarios/cli/commands.h"
#include "scenarios/cli/suite_files.h"
#include "scenarios/cli/terminal.h"
#include "scenarios/explore/seed_job.h"
#include "scenarios/explore/shrink.h"

namespace plumbline::cli {
namespace {

namespace fs = std::filesystem;

struct ShrinkArguments {
  std::string run;
  std::string out;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::uint64_t time_budget = 300;
};

std::string size_text(const scenarios::ShrinkSize& size) {
  return reports::counted(size.operations, "operation") + " of " +
         reports::counted(size.clients, "client") + ", " + reports::counted(size.faults, "fault");
}

Exit run_shrink(const ShrinkArguments& arguments) {
  Result<scenarios::RunFile> file = load_run_argument(arguments.run);
  if (!file) {
    complain(file.error().detail);
    return Exit::kUsage;
  }
  if (!scenarios::select_plant(file->plant)) {
    complain("the run needs the plant " + file->plant +
             ", which only the woven build has (./dev build plants)");
    return Exit::kUsage;
  }
  scenarios::Shrinker shrinker(*file,
                               {.jobs = arguments.jobs, .seconds_max = arguments.time_budget});
  scenarios::ShrinkEnd end =
      shrinker.shrink([](std::uint64_t trials, const scenarios::ShrinkSize& size) {
        std::fprintf(stderr, "after %s: %s\n", reports::counted(trials, "run").c_str(),
                     size_text(size).c_str());
      });
  if (!end.failed_at_all) {
    complain("this run does not fail here, so there is nothing to shrink");
    return Exit::kNothingRan;
  }
  const fs::path given(arguments.run);
  const fs::path folder = fs::is_directory(given) ? given : given.parent_path();
  const std::string out = arguments.out.empty() ? (folder / "shrunk.json").string() : arguments.out;
  end.smallest.replay = "plumbline replay " + out;
  if (const Status saved = scenarios::save_run(end.smallest, out); !saved) {
    complain(saved.error().message());
    return Exit::kInfrastructure;
  }
  std::printf("%s -> %s; %s left of %zu, %s, %llu s\n", size_text(end.before).c_str(),
              size_text(end.after).c_str(),
              reports::counted(end.after.decisions(), "decision").c_str(), end.before.decisions(),
              reports::counted(end.trials, "run").c_str(),
              static_cast<unsigned long long>(end.seconds));
  std::printf("%s, %s\nreplay: %s\n", end.smallest.verdict.c_str(), end.smallest.property.c_str(),
              end.smallest.replay.c_str());
  return Exit::kPassed;
}

}  // namespace

void add_shrink(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<ShrinkArguments>();
  CLI::App* command = app.add_subcommand("shrink", "Take away what a failing run does not need");
  command->add_option("RUN", arguments->run, "a run.json, or the folder that holds it")->required();
  command->add_option("--out", arguments->out, "the shrunk run's file; beside RUN by default");
  command->add_option("--jobs", arguments->jobs, "processes at a time")->capture_default_str();
  command->add_option("--time-budget", arguments->time_budget, "seconds")->capture_default_str();
  command->callback([arguments, &exit] { exit = run_shrink(*arguments); });
}

}  // namespace plumbline::cli
