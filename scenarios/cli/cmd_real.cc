// plumbline real: the scenarios that the simulator runs, on processes of this machine.

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "real/harness/real_run.h"
#include "reports/first_writes.h"
#include "reports/terminal.h"
#include "scenarios/cli/commands.h"
#include "scenarios/cli/suite_files.h"
#include "scenarios/cli/terminal.h"
#include "scenarios/run/first_writes.h"
#include "scenarios/run/run_directory.h"
#include "scenarios/spec/scenario_file.h"
#include "scenarios/spec/seeds.h"

namespace plumbline::cli {
namespace {

namespace fs = std::filesystem;
using scenarios::FaultKind;
using scenarios::RunRequest;
using scenarios::RunResult;
using scenarios::RunVerdict;
using scenarios::Scenario;

struct RealArguments {
  std::vector<std::string> scenarios;
  std::string seed;
  std::int64_t duration = 0;
  std::string out = "out/real";
  std::string plumbd;
  std::string plant;
  std::string format = "text";
  bool keep_data = false;
  bool trace = false;
  TerminalOptions terminal;
};

std::string plumbd_beside_us() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return (program.parent_path() / "plumbd").string();
}

Result<std::uint64_t> seed_of(const RealArguments& arguments) {
  if (!arguments.seed.empty()) return scenarios::parse_seed(arguments.seed);
  std::uint32_t drawn = 0;
  if (::getrandom(&drawn, sizeof drawn, 0) != sizeof drawn) return Error{Errc::kIo, "no random"};
  return std::uint64_t{drawn};
}

// A longer run has as many more operations, a shorter one is cut by time alone.
Status stretch(Scenario& scenario, std::int64_t seconds) {
  if (seconds == 0) return {};
  const std::int64_t before = scenario.duration_ms;
  scenario.duration_ms = seconds * 1000;
  scenario.quiet_ms = std::min(scenario.quiet_ms, scenario.duration_ms / 3);
  for (scenarios::WorkloadSpec& workload : scenario.workloads) {
    if (scenario.duration_ms <= before) continue;
    workload.operations.low = workload.operations.low * scenario.duration_ms / before;
    workload.operations.high = workload.operations.high * scenario.duration_ms / before;
  }
  const std::string problem = scenarios::problem_of(scenario);
  if (problem.empty()) return {};
  return Error{Errc::kInvalid,
               "--duration " + std::to_string(seconds) + ": " + scenario.name + ": " + problem};
}

Exit exit_of(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::kPass: return Exit::kPassed;
    case RunVerdict::kViolation:
    case RunVerdict::kCrash:
    case RunVerdict::kLiveness: return Exit::kViolation;
    case RunVerdict::kIndeterminate: return Exit::kIndeterminate;
    case RunVerdict::kNondeterminism: return Exit::kNondeterminism;
    case RunVerdict::kInfrastructure: return Exit::kInfrastructure;
  }
  return Exit::kInfrastructure;
}

std::string operations_table(const RunResult& result) {
  scenarios::Outcomes all;
  std::string text =
      fmt::format("{:<20} {:>8} {:>8} {:>8}\n", "operation", "ok", "fail", "unknown");
  const auto row = [&](const std::string& name, const scenarios::Outcomes& outcomes) {
    text += fmt::format("{:<20} {:>8} {:>8} {:>8}\n", name, outcomes.ok, outcomes.fail,
                        outcomes.unknown);
  };
  for (const auto& [function, outcomes] : result.functions) {
    row(function, outcomes);
    all.ok += outcomes.ok;
    all.fail += outcomes.fail;
    all.unknown += outcomes.unknown;
  }
  row("all", all);
  return text;
}

std::string faults_table(const RunResult& result) {
  std::string text = fmt::format("{:<20} {:>8} {:>8}\n", "fault", "drawn", "struck");
  for (const auto& [kind, tally] : result.faults) {
    const bool impossible =
        std::find(result.faults_impossible.begin(), result.faults_impossible.end(), kind) !=
        result.faults_impossible.end();
    text += fmt::format("{:<20} {:>8} {:>8}{}\n", scenarios::name_of(kind), tally.drawn,
                        tally.struck, impossible ? "  impossible on processes" : "");
  }
  return text;
}

// How long clients waited for a write: from each fault's start, from its end, and at the longest
// while it was in force.
std::string waits_table(const RunResult& result) {
  const auto ms = [](std::vector<Duration> waits) {
    std::vector<double> values;
    for (const Duration wait : waits) values.push_back(static_cast<double>(wait.ns) / 1e6);
    return reports::spread_of(std::move(values));
  };
  std::string text;
  const auto row = [&](const std::string& kind, const char* what, const reports::Spread& spread) {
    if (spread.count == 0) return;
    text += fmt::format("{:<20} {:<24} {:>6} {:>10.1f} {:>10.1f} {:>10.1f}\n", kind, what,
                        spread.count, spread.median, spread.p95, spread.max);
  };
  const auto silences = scenarios::longest_silences(result.fault_periods, result.history);
  for (const auto& [kind, waits] : result.first_writes) {
    row(kind, "first write from start", ms(waits.after_start));
    row(kind, "first write from end", ms(waits.after_end));
    const auto silence = silences.find(kind);
    if (silence != silences.end()) row(kind, "longest silence", ms(silence->second));
  }
  if (text.empty()) return text;
  return fmt::format("{:<20} {:<24} {:>6} {:>10} {:>10} {:>10}\n", "fault", "clients waited for",
                     "times", "median ms", "p95 ms", "max ms") +
         text + "\n";
}

std::string verdict_text(const RunResult& result) {
  if (result.verdict == RunVerdict::kPass) {
    return fmt::format("pass: the {} operations are linearizable", result.checked.operations);
  }
  return std::string(scenarios::name_of(result.verdict)) + " (" + result.property +
         "): " + result.sentence;
}

// One scenario, from drawing it to its files.
class RealJob {
 public:
  RealJob(const RealArguments& arguments, RunRequest request)
      : arguments_(arguments), request_(std::move(request)) {
    run_ = "runs/" + scenarios::run_name(request_);
    directory_ = fs::path(arguments_.out) / run_;
  }

  Exit run();

 private:
  harness::ProcessClusterOptions cluster_options() const;
  Status clear_directory() const;
  Status save(const RunResult& result) const;
  void print(const RunResult& result) const;
  scenarios::ResultLine line_of(const RunResult& result) const {
    return {request_, result, arguments_.plant, run_, replay()};
  }
  // What happened on real machines does not happen again, but it can be judged again.
  std::string replay() const {
    return "plumbline check " + (directory_ / "history.jsonl").string();
  }

  const RealArguments& arguments_;
  RunRequest request_;
  std::string run_;
  fs::path directory_;
};

harness::ProcessClusterOptions RealJob::cluster_options() const {
  harness::ProcessClusterOptions options;
  options.plumbd = arguments_.plumbd.empty() ? plumbd_beside_us() : arguments_.plumbd;
  options.directory = (directory_ / "nodes").string();
  options.plant = arguments_.plant;
  options.trace = arguments_.trace;
  options.seed = request_.seed;
  return options;
}

// What an earlier run of the same seed left there: only what such a run writes.
Status RealJob::clear_directory() const {
  std::error_code failed;
  fs::remove_all(directory_ / "nodes", failed);
  if (failed)
    return Error{Errc::kIo, "cannot clear " + directory_.string() + ": " + failed.message()};
  return {};
}

Status RealJob::save(const RunResult& result) const {
  scenarios::RunFile file = scenarios::run_file(request_, arguments_.plant);
  file.replay = replay();
  const Status written = scenarios::write_run_directory(directory_.string(), file, result, nullptr);
  if (!written) return written;
  std::ofstream results(fs::path(arguments_.out) / "results.jsonl", std::ios::app);
  results << scenarios::to_json(line_of(result)) << std::endl;
  if (!results) return Error{Errc::kIo, "cannot write " + arguments_.out + "/results.jsonl"};
  if (arguments_.keep_data) return {};
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_ / "nodes", ignored)) {
    if (entry.is_directory()) fs::remove_all(entry.path(), ignored);
  }
  return {};
}

void RealJob::print(const RunResult& result) const {
  if (arguments_.format == "json") {
    std::printf("%s\n", scenarios::to_json(line_of(result)).c_str());
    return;
  }
  std::printf("%s\n%s\n%s", operations_table(result).c_str(), faults_table(result).c_str(),
              waits_table(result).c_str());
  std::printf("run: %s\n", directory_.c_str());
  const bool good = result.verdict == RunVerdict::kPass;
  if (!good) std::printf("judge again: %s\n", replay().c_str());
  const std::string page = good ? std::string() : write_run_page(directory_.string());
  if (!page.empty()) std::printf("report: %s\n", page.c_str());
  std::printf("%s\n", verdict_text(result).c_str());
}

Exit RealJob::run() {
  const Scenario& scenario = request_.scenario;
  if (arguments_.format != "json") {
    std::printf("%s, seed %s: %lld processes for %lld s\n\n", scenario.name.c_str(),
                scenarios::seed_text(request_.seed).c_str(),
                static_cast<long long>(scenario.cluster.nodes.low),
                static_cast<long long>(scenario.duration_ms / 1000));
    std::fflush(stdout);
  }
  if (const Status cleared = clear_directory(); !cleared) {
    complain(cleared.error().detail);
    return Exit::kInfrastructure;
  }
  const bool plain = progress_style(arguments_.terminal) == reports::ProgressStyle::kPlain;
  const bool silent = progress_style(arguments_.terminal) == reports::ProgressStyle::kNone;
  harness::RealRun run(scenario, cluster_options());
  const Status ran = run.run(interrupted, [&](const harness::RealProgress& progress) {
    const std::int64_t now = progress.now.ns / 1'000'000'000;
    if (silent || (plain && now % 10 != 0)) return;
    std::fprintf(stderr, "%s%lld s, %llu operations, %llu faults%s", plain ? "" : "\r\033[K",
                 static_cast<long long>(now), static_cast<unsigned long long>(progress.operations),
                 static_cast<unsigned long long>(progress.faults), plain ? "\n" : "");
  });
  if (!plain && !silent) std::fputs("\r\033[K", stderr);
  if (!ran) {
    complain(ran.error().detail);
    return ran.error().code == Errc::kIo ? Exit::kInfrastructure : Exit::kUsage;
  }
  const RunResult result = run.judge();
  if (const Status saved = save(result); !saved) {
    complain(saved.error().message());
    return worst(Exit::kInfrastructure, exit_of(result.verdict));
  }
  print(result);
  const Exit exit = exit_of(result.verdict);
  return interrupted() && exit != Exit::kViolation ? Exit::kInterrupted : exit;
}

Result<std::vector<RunRequest>> requests_of(const RealArguments& arguments) {
  std::vector<std::string> paths = arguments.scenarios;
  if (paths.empty()) paths = {find_in_tree("scenarios/suites/smoke")};
  auto suite = load_suite(paths);
  if (!suite) return suite.error();
  const Result<std::uint64_t> seed = seed_of(arguments);
  if (!seed) return seed.error();
  std::vector<RunRequest> requests;
  for (Scenario& scenario : *suite) {
    if (const Status good = stretch(scenario, arguments.duration); !good) return good.error();
    requests.push_back(scenarios::draw_request(scenario, *seed));
  }
  return requests;
}

Exit run_real(const RealArguments& arguments) {
  const auto requests = requests_of(arguments);
  if (!requests) {
    complain(requests.error().detail);
    return Exit::kUsage;
  }
  catch_interrupts();
  Exit exit = Exit::kPassed;
  for (const RunRequest& request : *requests) {
    exit = worst(exit, RealJob(arguments, request).run());
    if (interrupted() || exit == Exit::kUsage) break;
  }
  return exit;
}

}  // namespace

void add_real(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<RealArguments>();
  CLI::App* command = app.add_subcommand("real", "Run scenarios on real processes and judge them");
  command->add_option("SCENARIO", arguments->scenarios,
                      "scenario files or folders of them (default: scenarios/suites/smoke)");
  command->add_option("--seed", arguments->seed,
                      "what the faults are drawn from (default: random)");
  command->add_option("--duration", arguments->duration, "seconds (default: the scenario's own)")
      ->check(CLI::Range(1, 86'400));
  command->add_option("--out", arguments->out, "output directory")->capture_default_str();
  command->add_option("--plumbd", arguments->plumbd,
                      "the store's program (default: beside this one)");
  command->add_option("--plant", arguments->plant, "switch a woven bug on (a plumbd with plants)");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_flag("--keep-data", arguments->keep_data, "keep the data directories of the nodes");
  command->add_flag("--trace", arguments->trace, "nodes tell everything in their logs");
  command->add_option("--progress", arguments->terminal.progress, "auto, bar, plain or none")
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}));
  command->callback([arguments, &exit] { exit = run_real(*arguments); });
}

}  // namespace plumbline::cli
