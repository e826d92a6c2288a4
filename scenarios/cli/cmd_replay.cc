// plumbline replay: one run again, in detail. It first says whether this is the same run as the one
// that was recorded.

#include <cstdio>
#include <filesystem>

#include "reports/trace_reader.h"
#include "scenarios/cli/commands.h"
#include "scenarios/cli/suite_files.h"
#include "scenarios/cli/terminal.h"
#include "scenarios/explore/seed_job.h"
#include "scenarios/spec/seeds.h"
#include "sim/simulated_code.h"

namespace plumbline::cli {
namespace {

namespace fs = std::filesystem;

// Around a violation: how much of the run is told before it.
constexpr Duration kStoryBefore = milliseconds(300);
constexpr std::size_t kStoryLinesMax = 400;

struct ReplayArguments {
  std::string run;
  std::string seed;
  std::vector<std::string> scenarios;
  std::string until;
  std::string out;
  bool no_fork = false;  // this command never forks; the option is there for symmetry with scripts
};

struct Until {
  std::optional<std::uint64_t> event;
  std::optional<TrueTime> time;
};

// "81234" is an event, "12.05s" or "350ms" a time.
Result<Until> parse_until(const std::string& text) {
  Until until;
  if (text.empty()) return until;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  if (unit.empty() && text.find('.') == std::string::npos) {
    until.event = std::strtoull(text.c_str(), nullptr, 10);
  } else if (unit == "s") {
    until.time = TrueTime{static_cast<std::int64_t>(number * 1e9)};
  } else if (unit == "ms") {
    until.time = TrueTime{static_cast<std::int64_t>(number * 1e6)};
  } else {
    return Error{
        Errc::kInvalid,
        "--until " + text + ": write an event's number, or a time such as 12.05s or 350ms"};
  }
  return until;
}

Result<scenarios::RunFile> choose_run(const ReplayArguments& arguments) {
  if (!arguments.run.empty()) return load_run_argument(arguments.run);
  const Result<std::uint64_t> seed = scenarios::parse_seed(arguments.seed);
  if (!seed) return seed.error();
  std::vector<std::string> paths = arguments.scenarios;
  if (paths.empty()) paths = {find_in_tree("scenarios/suites/default")};
  const auto suite = load_suite(paths);
  if (!suite) return suite.error();
  return scenarios::run_file(scenarios::draw_request((*suite)[*seed % suite->size()], *seed), "");
}

void tell_story(const sim::TraceRecorder& trace, TrueTime around) {
  std::vector<std::string> lines;
  for (const sim::TraceRecord& record : trace.kept()) {
    if (record.time_ns < (around - kStoryBefore).ns || record.time_ns > around.ns) continue;
    lines.push_back(trace.render(record));
  }
  const std::size_t skipped = lines.size() > kStoryLinesMax ? lines.size() - kStoryLinesMax : 0;
  if (skipped > 0) std::printf("  ... %zu records before\n", skipped);
  for (std::size_t i = skipped; i < lines.size(); ++i) std::printf("  %s\n", lines[i].c_str());
}

Exit finish(const scenarios::RunFile& file, const scenarios::RunResult& result,
            const sim::TraceRecorder& trace) {
  std::printf("%s %s: %s%s%s\n", file.scenario.name.c_str(),
              scenarios::seed_text(file.seed).c_str(), scenarios::name_of(result.verdict),
              result.property.empty() ? "" : ", ", result.property.c_str());
  const bool failed = result.verdict != scenarios::RunVerdict::kPass;
  if (failed) {
    std::printf("the run around it:\n");
    tell_story(trace, result.at == TrueTime{} ? result.ended : result.at);
    std::printf("%s\n", result.sentence.c_str());
  }
  if (!result.unused_overrides.empty()) {
    std::printf(
        "%zu of %zu overrides met no decision, first %s: %s\n", result.unused_overrides.size(),
        file.overrides.size(), result.unused_overrides.front().c_str(),
        file.build == scenarios::build_id() ? "the run ended before them"
                                            : "the run ended before them or the code has changed");
  }
  const std::string hash = scenarios::hash_text(result.trace_hash);
  if (file.trace_hash.empty()) {
    std::printf("trace hash %s, %llu events\n", hash.c_str(),
                static_cast<unsigned long long>(result.events));
  } else if (file.trace_hash == hash) {
    std::printf("trace hash %s, identical to the recorded run\n", hash.c_str());
  } else if (file.build != scenarios::build_id()) {
    std::printf("trace hash %s, recorded was %s by another build (%s)\n", hash.c_str(),
                file.trace_hash.c_str(), file.build.c_str());
  } else {
    std::printf("trace hash %s, but this very build recorded %s: nondeterminism\n", hash.c_str(),
                file.trace_hash.c_str());
    return failed ? Exit::kViolation : Exit::kNondeterminism;
  }
  using scenarios::RunVerdict;
  if (result.verdict == RunVerdict::kPass) return Exit::kPassed;
  return result.verdict == RunVerdict::kIndeterminate ? Exit::kIndeterminate : Exit::kViolation;
}

Exit run_replay(const ReplayArguments& arguments) {
  const Result<scenarios::RunFile> file = choose_run(arguments);
  const Result<Until> until = parse_until(arguments.until);
  if (!file || !until) {
    complain(file ? until.error().detail : file.error().detail);
    return Exit::kUsage;
  }
  if (!scenarios::select_plant(file->plant)) {
    complain("the run needs the plant " + file->plant +
             ", which only the woven build has (./dev build plants)");
    return Exit::kUsage;
  }
  scenarios::RunRequest request{
      .scenario = file->scenario, .seed = file->seed, .overrides = file->overrides, .trace = {}};
  request.trace.keep = sim::TraceMemory::Keep::kAll;
  scenarios::SimRun run(request);
  if (until->event || until->time) {
    if (until->event) run.run_to_event(*until->event);
    if (until->time) run.run_to_time(*until->time);
    const sim::Simulation& simulation = run.simulation();
    tell_story(simulation.trace(), simulation.now());
    std::printf("stopped at event %llu, %.6f s\n%s",
                static_cast<unsigned long long>(simulation.events()),
                static_cast<double>(simulation.now().ns) / 1e9, run.describe_nodes().c_str());
    return Exit::kPassed;
  }
  run.run();
  const scenarios::RunResult result = run.judge();
  if (!arguments.out.empty()) {
    const Status written =
        scenarios::write_run_directory(arguments.out, *file, result, &run.simulation().trace());
    if (!written) complain(written.error().message());
  }
  return finish(*file, result, run.simulation().trace());
}

}  // namespace

void add_replay(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<ReplayArguments>();
  CLI::App* command = app.add_subcommand("replay", "Run one run again and tell its story");
  command->add_option("RUN", arguments->run, "a run.json, or the folder that holds it");
  command->add_option("--seed", arguments->seed, "instead of RUN: a seed of the suite");
  command->add_option("--scenario", arguments->scenarios, "with --seed: scenario files or folders");
  command->add_option("--until", arguments->until,
                      "stop at an event (81234) or a time (12.05s) and show each node");
  command->add_option("--out", arguments->out, "write the run's files here");
  command->add_flag("--no-fork", arguments->no_fork,
                    "run in this very process, for a debugger (always so here)");
  command->callback([arguments, &exit] {
    if (arguments->run.empty() == arguments->seed.empty()) {
      complain("replay takes a run file or --seed, and not both");
      exit = Exit::kUsage;
      return;
    }
    exit = run_replay(*arguments);
  });
}

}  // namespace plumbline::cli
