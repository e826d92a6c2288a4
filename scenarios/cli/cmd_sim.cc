// plumbline sim: runs seeds, each in a process of its own, and writes what a person and a CI server
// read.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "nodes/trace/trace.h"
#include "reports/suite.h"
#include "reports/suite_formats.h"
#include "scenarios/cli/commands.h"
#include "scenarios/cli/suite_files.h"
#include "scenarios/cli/terminal.h"
#include "scenarios/explore/campaign.h"
#include "scenarios/explore/suite_probes.h"
#include "scenarios/spec/seeds.h"

namespace plumbline::cli {
namespace {

namespace fs = std::filesystem;
using scenarios::Campaign;
using scenarios::CampaignOptions;
using scenarios::CampaignProgress;

constexpr std::uint64_t kSeedsByDefault = 1000;
constexpr std::size_t kPagesMax = 20;

struct SimArguments {
  std::vector<std::string> scenarios;
  std::string seeds = std::to_string(kSeedsByDefault);
  std::string seed;
  std::string seed_base = "1";
  std::string shard = "1/1";
  std::string determinism = "0";
  std::string out = "out";
  std::string plant;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::uint64_t time_budget = 0;
  std::uint64_t max_failures = 0;
  std::string format = "text";
  TerminalOptions terminal;
};

Result<scenarios::Shard> parse_shard(const std::string& text) {
  scenarios::Shard shard;
  const int read = std::sscanf(text.c_str(), "%lu/%lu", &shard.index, &shard.count);
  if (read != 2 || shard.index < 1 || shard.index > shard.count) {
    return Error{Errc::kInvalid, "--shard " + text + ": write it as 2/8, from 1/8 to 8/8"};
  }
  return shard;
}

std::string base_of(const std::string& text) {
  if (text == "random") {
    std::ifstream random("/dev/urandom", std::ios::binary);
    std::uint64_t seed = 0;
    random.read(reinterpret_cast<char*>(&seed), sizeof(seed));
    return std::to_string(seed >> 1);
  }
  if (text != "commit") return text;
  std::string hash;
  if (FILE* git = ::popen("git rev-parse HEAD 2>/dev/null", "r"); git != nullptr) {
    char line[64] = {};
    if (std::fgets(line, sizeof(line), git) != nullptr) hash = line;
    ::pclose(git);
  }
  if (!hash.empty()) hash.pop_back();
  return hash;
}

Status choose_seeds(const SimArguments& arguments, CampaignOptions& options) {
  if (!arguments.seed.empty()) {
    const Result<std::uint64_t> seed = scenarios::parse_seed(arguments.seed);
    if (!seed) return seed.error();
    options.first_seed = *seed;
    options.count = 1;
    return {};
  }
  const Result<scenarios::SeedRange> range = scenarios::parse_seed_range(arguments.seeds);
  if (!range) return range.error();
  const Result<std::uint64_t> base = scenarios::parse_seed(base_of(arguments.seed_base));
  if (!base) return base.error();
  options.first_seed = range->first.value_or(*base);
  options.count = range->count;
  return {};
}

std::vector<std::string> all_probes() {
  std::vector<std::string> names;
  for (const trace::Probe* probe : trace::Probe::all()) names.push_back(probe->name());
  return names;
}

Status choose_scenarios(const SimArguments& arguments, CampaignOptions& options) {
  std::vector<std::string> paths = arguments.scenarios;
  if (paths.empty()) {
    const std::string suite = find_in_tree("scenarios/suites/default");
    if (suite.empty())
      return Error{Errc::kNotFound, "no scenario given, and scenarios/suites/default is not here"};
    paths = {suite};
    if (arguments.seed.empty() && arguments.plant.empty()) {
      auto regressions = load_regressions(arguments.out);
      if (!regressions) return regressions.error();
      options.regressions = std::move(*regressions);
    }
  }
  auto suite = load_suite(paths);
  if (!suite) return suite.error();
  options.suite = std::move(*suite);
  if (const auto unknown = scenarios::unknown_probe(options.suite)) {
    return Error{Errc::kInvalid, "scenario " + unknown->scenario + ": there is no probe " +
                                     unknown->probe + "; the nearest is " +
                                     nearest_of(unknown->probe, all_probes())};
  }
  return {};
}

Status to_options(const SimArguments& arguments, CampaignOptions& options) {
  const auto shard = parse_shard(arguments.shard);
  if (!shard) return shard.error();
  options.shard = *shard;
  const int percent = std::atoi(arguments.determinism.c_str());
  if (percent < 0 || percent > 100)
    return Error{Errc::kInvalid, "--check-determinism takes 0 to 100 percent"};
  options.determinism_percent = static_cast<std::uint64_t>(percent);
  if (!scenarios::select_plant(arguments.plant)) {
    return Error{Errc::kInvalid, "this build has no plant " + arguments.plant +
                                     " (./dev build plants weaves them in)"};
  }
  options.out = arguments.out;
  options.plant = arguments.plant;
  options.time_budget_seconds = arguments.time_budget;
  options.failures_max = arguments.max_failures;
  options.pool.jobs = std::max(1U, arguments.jobs);
  if (const Status seeds = choose_seeds(arguments, options); !seeds) return seeds;
  return choose_scenarios(arguments, options);
}

reports::SuiteOptions suite_options(const std::vector<scenarios::Scenario>& suite) {
  const std::set<std::string> required = scenarios::required_probes(suite);
  reports::SuiteOptions options;
  for (const std::string& name : all_probes()) {
    options.probes.push_back({name, required.count(name) != 0});
  }
  return options;
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

void write_suite_reports(const std::string& out, const reports::SuiteSummary& summary) {
  const fs::path directory(out);
  write_file(directory / "suite.json", reports::suite_json(summary));
  write_file(directory / "suite.md", reports::suite_markdown(summary));
  write_file(directory / "junit.xml", reports::suite_junit(summary));
  write_file(directory / "suite.html", reports::suite_page(summary));
}

void write_run_pages(const std::string& out, const reports::SuiteSummary& summary) {
  std::size_t pages = 0;
  for (const reports::Cluster& cluster : summary.clusters) {
    for (const reports::SeedLine& line : cluster.examples) {
      if (line.run.empty() || pages == kPagesMax) continue;
      ++pages;
      write_run_page((fs::path(out) / line.run).string());
    }
  }
}

Exit exit_of(const reports::SuiteSummary& summary) {
  using reports::SeedVerdict;
  const auto count = [&](SeedVerdict verdict) {
    return reports::count_of(summary.verdicts, verdict);
  };
  if (summary.total() == 0) return Exit::kNothingRan;
  Exit exit = Exit::kPassed;
  if (count(SeedVerdict::kIndeterminate) * 100 > summary.total())
    exit = worst(exit, Exit::kIndeterminate);
  if (summary.lacks_probes()) exit = worst(exit, Exit::kIndeterminate);
  if (count(SeedVerdict::kInfrastructure) > 0) exit = worst(exit, Exit::kInfrastructure);
  if (count(SeedVerdict::kNondeterminism) > 0) exit = worst(exit, Exit::kNondeterminism);
  const bool violated =
      count(SeedVerdict::kViolation) + count(SeedVerdict::kCrash) + count(SeedVerdict::kLiveness) >
      0;
  return violated ? worst(exit, Exit::kViolation) : exit;
}

Exit report(const SimArguments& arguments, const reports::SuiteOptions& options) {
  const auto summary =
      reports::read_suite((fs::path(arguments.out) / "results.jsonl").string(), options);
  if (!summary) {
    complain(summary.problem().text());
    return Exit::kInfrastructure;
  }
  write_suite_reports(arguments.out, summary.value());
  write_run_pages(arguments.out, summary.value());
  if (arguments.format == "json") {
    std::printf("%s\n", reports::suite_json(summary.value()).c_str());
  } else {
    std::printf(
        "%s\nreport: %s\n",
        reports::suite_table(summary.value(), {.colour = use_color(arguments.terminal)}).c_str(),
        (fs::path(arguments.out) / "suite.html").c_str());
  }
  return exit_of(summary.value());
}

Exit run_sim(const SimArguments& arguments) {
  CampaignOptions options;
  if (const Status good = to_options(arguments, options); !good) {
    complain(good.error().detail);
    return Exit::kUsage;
  }
  catch_interrupts();
  milliseconds_since_start();
  const std::uint64_t wanted = options.count + options.regressions.size();
  const reports::SuiteOptions expected = suite_options(options.suite);
  Campaign campaign(std::move(options));
  reports::Progress progress(progress_style(arguments.terminal), wanted);
  const auto elapsed = [] { return reports::Progress::Elapsed(milliseconds_since_start()); };
  const Status ran = campaign.run(interrupted, [&](const CampaignProgress& p) {
    std::fputs(progress.update(p.done, p.failures, elapsed()).c_str(), stderr);
  });
  if (!ran) {
    complain(ran.error().message());
    return Exit::kInfrastructure;
  }
  const CampaignProgress& end = campaign.progress();
  std::fputs(progress.finish(end.done, end.failures, elapsed()).c_str(), stderr);
  const Exit exit = report(arguments, expected);
  return interrupted() && exit != Exit::kViolation ? Exit::kInterrupted : exit;
}

}  // namespace

void add_sim(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<SimArguments>();
  CLI::App* command = app.add_subcommand("sim", "Run seeds in the simulator and judge each");
  command->add_option("SCENARIO", arguments->scenarios, "scenario files or folders of them");
  command->add_option("--seeds", arguments->seeds, "a count, or A..B with both included")
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "one seed: decimal, 0x hex, or a commit hash");
  command
      ->add_option("--seed-base", arguments->seed_base,
                   "where a count begins: a number, random or commit")
      ->capture_default_str();
  command->add_option("--jobs", arguments->jobs, "processes at a time")->capture_default_str();
  command->add_option("--shard", arguments->shard, "this machine's part, i/n from 1/n")
      ->capture_default_str();
  command->add_option("--time-budget", arguments->time_budget,
                      "seconds after which no further seed begins");
  command->add_option("--max-failures", arguments->max_failures, "stop after so many failures");
  command->add_option("--check-determinism", arguments->determinism,
                      "percent of seeds to run a second time elsewhere");
  command->add_option("--out", arguments->out, "output directory; a rerun resumes it")
      ->capture_default_str();
  command->add_option("--plant", arguments->plant, "switch a woven bug on (plants build)");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("--progress", arguments->terminal.progress, "auto, bar, plain or none")
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}));
  command->add_option("--color", arguments->terminal.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->callback([arguments, &exit] { exit = run_sim(*arguments); });
}

}  // namespace plumbline::cli
