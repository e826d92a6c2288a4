#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "scenarios/explore/fork_pool.h"
#include "scenarios/explore/seed_job.h"

namespace plumbline::scenarios {

// Part `index` (from 1) of `count`: takes each count-th seed, so that a shard that is cut short has
// still seen a fair sample.
struct Shard {
  std::uint64_t index = 1;
  std::uint64_t count = 1;

  bool has(std::uint64_t number) const { return number % count == index - 1; }
};

struct CampaignOptions {
  std::vector<SeedJob> regressions;  // run first: shrunk runs of bugs that were fixed
  std::vector<Scenario> suite;       // seed number n runs scenario n modulo their number
  std::uint64_t first_seed = 1;
  std::uint64_t count = 1000;
  Shard shard;
  std::string out;
  std::string plant;
  std::uint64_t determinism_percent = 0;
  std::uint64_t time_budget_seconds = 0;  // 0: none
  std::uint64_t failures_max = 0;         // 0: do not stop
  ForkPool::Options pool;
};

struct CampaignProgress {
  std::uint64_t done = 0;
  std::uint64_t wanted = 0;
  std::uint64_t resumed = 0;  // of done: found in results.jsonl
  std::uint64_t failures = 0;
};

// Runs a suite's seeds, each in a process of its own, and appends a line per seed to results.jsonl
// as it ends. Seeds that have a line there from the same build are not run again. What the lines
// add up to is read from the file by `reports`.
class Campaign {
 public:
  explicit Campaign(CampaignOptions options) : options_(std::move(options)) {}

  // Errors: kIo when results cannot be written. `interrupted` is asked between seeds.
  Status run(const std::function<bool()>& interrupted,
             const std::function<void(const CampaignProgress&)>& tick);
  const CampaignProgress& progress() const { return progress_; }

  // The verdict of a job whose process ended without an answer.
  static std::string line_of_dead_job(const SeedJob& job, const JobEnd& end);

 private:
  Status open_results();
  // Jobs are numbered over regressions and seeds together.
  std::optional<std::pair<std::uint64_t, SeedJob>> next_job();
  SeedJob job(std::uint64_t number) const;
  bool is_mine(std::uint64_t number) const;
  std::uint64_t job_count() const { return options_.regressions.size() + options_.count; }
  void finish(std::uint64_t number, const JobEnd& end);

  CampaignOptions options_;
  CampaignProgress progress_;
  std::uint64_t next_ = 0;
  std::set<std::string> have_;  // scenario and seed of lines that are there already
  std::FILE* results_ = nullptr;
};

}  // namespace plumbline::scenarios
