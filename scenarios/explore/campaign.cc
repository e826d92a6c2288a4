#include "scenarios/explore/campaign.h"

#include <time.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "nodes/base/hash.h"
#include "scenarios/spec/run_file.h"
#include "scenarios/spec/scenario_file.h"
#include "scenarios/spec/seeds.h"

namespace plumbline::scenarios {
namespace {

using Json = nlohmann::json;

std::uint64_t monotonic_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec);
}

std::string resume_key(const std::string& scenario, const std::string& seed,
                       const std::string& plant, const std::string& build) {
  return scenario + "\n" + seed + "\n" + plant + "\n" + build;
}

// Cuts off a line that a killed program left half written. The keys of the whole lines.
std::set<std::string> read_results(const std::filesystem::path& path) {
  std::set<std::string> keys;
  std::ifstream file(path, std::ios::binary);
  std::string line;
  std::uintmax_t whole = 0;
  while (std::getline(file, line) && !file.eof()) {
    whole += line.size() + 1;
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object() || json.value("verdict", "") == "infrastructure") continue;
    keys.insert(resume_key(json.value("scenario", ""), json.value("seed", ""),
                           json.value("plant", ""), json.value("build", "")));
  }
  std::error_code error;
  if (std::filesystem::file_size(path, error) > whole && !error) {
    std::filesystem::resize_file(path, whole, error);
  }
  return keys;
}

bool is_failure(const std::string& line) {
  const Json json = Json::parse(line, nullptr, false);
  const std::string verdict = json.is_object() ? json.value("verdict", "") : "";
  return verdict != "pass" && verdict != "indeterminate" && verdict != "infrastructure";
}

}  // namespace

Status Campaign::open_results() {
  std::error_code error;
  std::filesystem::create_directories(options_.out, error);
  const std::filesystem::path path = std::filesystem::path(options_.out) / "results.jsonl";
  have_ = read_results(path);
  results_ = std::fopen(path.c_str(), "ab");
  if (results_ == nullptr) return Error{Errc::kIo, "cannot write " + path.string()};
  return {};
}

SeedJob Campaign::job(std::uint64_t number) const {
  if (number < options_.regressions.size()) return options_.regressions[number];
  const std::uint64_t seed = options_.first_seed + number - options_.regressions.size();
  const Scenario& scenario = options_.suite[seed % options_.suite.size()];
  SeedJob job{
      .request = draw_request(scenario, seed), .plant = options_.plant, .out = options_.out};
  // Which seeds are run twice is a property of the seed, so that every shard and every resumption
  // agrees.
  job.check_determinism = combine(seed, 0x64657465) % 100 < options_.determinism_percent;
  return job;
}

// Regressions belong to every shard: there are few, and none may be missed.
bool Campaign::is_mine(std::uint64_t number) const {
  const std::uint64_t regressions = options_.regressions.size();
  return number < regressions || options_.shard.has(number - regressions);
}

std::optional<std::pair<std::uint64_t, SeedJob>> Campaign::next_job() {
  while (next_ < job_count()) {
    const std::uint64_t number = next_++;
    if (!is_mine(number)) continue;
    SeedJob next = job(number);
    const std::string key = resume_key(next.request.scenario.name, seed_text(next.request.seed),
                                       options_.plant, build_id());
    if (have_.count(key) == 0) return std::pair(number, std::move(next));
    ++progress_.done;
    ++progress_.resumed;
  }
  return std::nullopt;
}

std::string Campaign::line_of_dead_job(const SeedJob& job, const JobEnd& end) {
  RunVerdict verdict = RunVerdict::kCrash;
  std::string sentence = end.first_error_line();
  switch (end.how) {
    case JobEnd::How::kFinished:
    case JobEnd::How::kCrashed:
      if (sentence.empty()) sentence = "died of signal " + std::to_string(end.signal);
      if (sentence.starts_with("nondeterminism:")) verdict = RunVerdict::kNondeterminism;
      break;
    case JobEnd::How::kOutOfMemory: sentence = "exceeded the memory limit"; break;
    case JobEnd::How::kTimedOut:
      verdict = RunVerdict::kInfrastructure;
      sentence = "took longer than the wall clock allows";
      break;
  }
  // The run's own process could not write its directory any more.
  const std::filesystem::path directory = std::filesystem::path(job.out) / job.run_directory();
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  RunFile file = run_file(job.request, job.plant);
  file.verdict = name_of(verdict);
  file.property = file.verdict;
  file.replay = job.replay_command();
  (void)save_run(file, (directory / "run.json").string());
  std::ofstream(directory / "stderr.txt") << end.errors;
  return crash_line(job.request, verdict, sentence, job.plant, job.run_directory(),
                    job.replay_command());
}

void Campaign::finish(std::uint64_t number, const JobEnd& end) {
  std::string line = end.how == JobEnd::How::kFinished && !end.answer.empty()
                         ? end.answer
                         : line_of_dead_job(job(number), end);
  if (is_failure(line)) ++progress_.failures;
  line.pop_back();  // the closing brace: what only the parent knows is added
  line += ",\"cpu_us\":" + std::to_string(end.cpu_us) + "}\n";
  std::fwrite(line.data(), 1, line.size(), results_);
  std::fflush(results_);
  ++progress_.done;
}

Status Campaign::run(const std::function<bool()>& interrupted,
                     const std::function<void(const CampaignProgress&)>& tick) {
  PLUMB_ASSERT(!options_.suite.empty() || options_.count == 0);
  if (const Status opened = open_results(); !opened) return opened;
  for (std::uint64_t i = 0; i < job_count(); ++i) progress_.wanted += is_mine(i) ? 1 : 0;
  const std::uint64_t started = monotonic_seconds();
  const auto stop = [&] {
    const bool out_of_time = options_.time_budget_seconds != 0 &&
                             monotonic_seconds() - started >= options_.time_budget_seconds;
    const bool enough = options_.failures_max != 0 && progress_.failures >= options_.failures_max;
    return out_of_time || enough || interrupted();
  };
  const auto source = [&]() -> std::optional<std::pair<std::uint64_t, ForkPool::Job>> {
    auto next = next_job();
    if (!next) return std::nullopt;
    return std::pair(next->first,
                     ForkPool::Job([job = std::move(next->second)] { return run_seed(job); }));
  };
  ForkPool pool(options_.pool);
  pool.run(
      source, [&](std::uint64_t number, const JobEnd& end) { finish(number, end); }, stop,
      [&] { tick(progress_); });
  std::fclose(results_);
  return {};
}

}  // namespace plumbline::scenarios
