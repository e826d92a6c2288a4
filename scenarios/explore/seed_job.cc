#include "scenarios/explore/seed_job.h"

#include <filesystem>

#include "scenarios/explore/rerun.h"
#include "scenarios/explore/swarm.h"
#include "scenarios/spec/run_file.h"
#include "sim/trace_recorder.h"

#ifdef PLUMBLINE_PLANTS
#include "plumbline_plants.h"
#endif

namespace plumbline::scenarios {
namespace {

sim::TraceMemory kept_records() {
  return {.keep = sim::TraceMemory::Keep::kLast, .count = 200'000};
}

// Runs it again elsewhere; on a difference the result says so, and both traces are beside the run.
void check_determinism(const std::filesystem::path& directory, RunResult& result) {
  const std::string run_json = (directory / "run.json").string();
  const Rerun again = rerun_in_new_process(run_json, "");
  if (again.ran && again.trace_hash == result.trace_hash && again.events == result.events) return;
  result.property = "determinism";
  if (!again.ran) {
    // A tripwire's abort in the second process is a finding, not a failure of the check.
    result.verdict = RunVerdict::kNondeterminism;
    result.sentence = "the second run did not end as the first: " + again.error;
    return;
  }
  result.verdict = RunVerdict::kNondeterminism;
  const std::string first = (directory / "trace.first.bin").string();
  const std::string second = (directory / "trace.second.bin").string();
  const Rerun one = rerun_in_new_process(run_json, first);
  const Rerun two = rerun_in_new_process(run_json, second);
  const std::string where = one.ran && two.ran ? first_difference(first, second) : std::string();
  result.sentence = "the same run in a new process went another way: " +
                    (where.empty() ? std::string("two further runs agree with each other") : where);
}

}  // namespace

std::string SeedJob::run_directory() const { return "runs/" + run_name(request); }

std::string SeedJob::replay_command() const {
  return "plumbline replay " + (std::filesystem::path(out) / run_directory() / "run.json").string();
}

RunRequest draw_request(const Scenario& scenario, std::uint64_t seed) {
  KeyedRandom random(seed);
  return {
      .scenario = draw(scenario, random), .seed = seed, .overrides = {}, .trace = kept_records()};
}

bool select_plant(const std::string& id) {
#ifdef PLUMBLINE_PLANTS
  return plants::select(id);
#else
  return id.empty();
#endif
}

std::string run_seed(const SeedJob& job) {
  select_plant(job.plant);
  SimRun run(job.request);
  run.run();
  RunResult result = run.judge();
  const std::filesystem::path directory = std::filesystem::path(job.out) / job.run_directory();
  RunFile file = run_file(job.request, job.plant);
  file.replay = job.replay_command();
  if (job.check_determinism) {
    std::error_code ignored;
    std::filesystem::create_directories(directory, ignored);
    if (save_run(file, (directory / "run.json").string())) check_determinism(directory, result);
  }
  const bool failed = result.verdict != RunVerdict::kPass;
  const bool keep = failed || job.keep_passed;
  if (keep) {
    const Status written =
        write_run_directory(directory.string(), file, result, &run.simulation().trace());
    if (!written) {
      result.verdict = RunVerdict::kInfrastructure;
      result.property = "files";
      result.sentence = written.error().message();
    }
  } else if (job.check_determinism) {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }
  return to_json(ResultLine{.request = job.request,
                            .result = result,
                            .plant = job.plant,
                            .run = keep ? job.run_directory() : std::string(),
                            .replay = job.replay_command()});
}

}  // namespace plumbline::scenarios
