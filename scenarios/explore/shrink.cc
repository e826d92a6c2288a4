#include "scenarios/explore/shrink.h"

#include <time.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nodes/base/keyed_random.h"
#include "scenarios/explore/seed_job.h"

namespace plumbline::scenarios {
namespace {

using Json = nlohmann::json;

std::uint64_t monotonic_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec);
}

std::string fault_key(const Fault& fault) { return Key("fault.enabled").with(fault.id).text(); }

std::string operation_key(std::uint64_t client, std::uint64_t n) {
  return Key("op.enabled").with(client).with(n).text();
}

// Calls for each client of the scenario with its number and its count of operations.
template <class Call>
void for_each_client(const Scenario& scenario, Call&& call) {
  std::uint64_t client = 0;
  for (const WorkloadSpec& workload : scenario.workloads) {
    for (std::int64_t i = 0; i < workload.clients.low; ++i) {
      call(++client, static_cast<std::uint64_t>(workload.operations.high));
    }
  }
}

// What one run came to, as its process tells it.
std::string judge_run(const RunFile& file) {
  select_plant(file.plant);
  SimRun run({.scenario = file.scenario,
              .seed = file.seed,
              .overrides = file.overrides,
              .trace = {.keep = sim::TraceMemory::Keep::kNothing}});
  run.run();
  const RunResult result = run.judge();
  return Json({{"verdict", name_of(result.verdict)},
               {"property", result.property},
               {"hash", hash_text(result.trace_hash)}})
      .dump();
}

}  // namespace

bool Shrinker::is_taken(const std::string& key) const {
  return std::find(taken_.begin(), taken_.end(), key) != taken_.end();
}

RunFile Shrinker::with_taken(const std::vector<Piece>& more) const {
  RunFile file = run_;
  for (const std::string& key : taken_) file.overrides.push_back({key, 0});
  for (const Piece& piece : more) {
    for (const std::string& key : piece) file.overrides.push_back({key, 0});
  }
  return file;
}

std::vector<Shrinker::Outcome> Shrinker::try_all(const std::vector<std::vector<Piece>>& taken) {
  std::vector<Outcome> outcomes(taken.size());
  std::size_t next = 0;
  ForkPool pool({.jobs = options_.jobs});
  pool.run(
      [&]() -> std::optional<std::pair<std::uint64_t, ForkPool::Job>> {
        if (next == taken.size()) return std::nullopt;
        const std::size_t number = next++;
        return std::pair(
            number, ForkPool::Job([file = with_taken(taken[number])] { return judge_run(file); }));
      },
      [&](std::uint64_t number, const JobEnd& end) {
        const Json answer = Json::parse(end.answer, nullptr, false);
        if (answer.is_object()) {
          outcomes[number] = {answer.value("verdict", ""), answer.value("property", ""),
                              answer.value("hash", "")};
        } else if (end.how != JobEnd::How::kTimedOut) {
          // An assertion that fires in the same place is the same failure.
          const std::string line = end.first_error_line();
          outcomes[number] = {name_of(RunVerdict::kCrash), line.substr(0, line.find(": ", 20)), ""};
        }
      },
      [] { return false; }, [] {});
  trials_ += taken.size();
  return outcomes;
}

bool Shrinker::same_failure(const Outcome& outcome) const {
  return outcome.verdict == wanted_.verdict && outcome.property == wanted_.property;
}

bool Shrinker::out_of_budget() const {
  return trials_ >= options_.trials_max || monotonic_seconds() - started_s_ >= options_.seconds_max;
}

bool Shrinker::reduce(std::vector<Piece>& pieces, const Tick& tick) {
  bool any = false;
  std::size_t chunk = pieces.size();
  while (chunk > 0 && !pieces.empty() && !out_of_budget()) {
    std::size_t from = 0;
    bool reduced = false;
    while (from < pieces.size() && !out_of_budget()) {
      // As many neighbouring chunks as run at once; the first that can go, goes.
      std::vector<std::vector<Piece>> candidates;
      for (std::size_t at = from; at < pieces.size() && candidates.size() < options_.jobs;
           at += chunk) {
        const auto begin = pieces.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end =
            pieces.begin() + static_cast<std::ptrdiff_t>(std::min(at + chunk, pieces.size()));
        candidates.emplace_back(begin, end);
      }
      const std::vector<Outcome> outcomes = try_all(candidates);
      const auto gone = std::find_if(outcomes.begin(), outcomes.end(),
                                     [&](const Outcome& outcome) { return same_failure(outcome); });
      if (gone == outcomes.end()) {
        from += chunk * candidates.size();
        continue;
      }
      const std::size_t which = static_cast<std::size_t>(gone - outcomes.begin());
      for (const Piece& piece : candidates[which])
        taken_.insert(taken_.end(), piece.begin(), piece.end());
      from += which * chunk;
      const auto begin = pieces.begin() + static_cast<std::ptrdiff_t>(from);
      pieces.erase(begin, begin + static_cast<std::ptrdiff_t>(candidates[which].size()));
      any = reduced = true;
      tick(trials_, size());
    }
    if (chunk == 1 && !reduced) break;
    chunk = chunk == 1 ? 1 : chunk / 2;
  }
  return any;
}

std::vector<Shrinker::Piece> Shrinker::fault_pieces() const {
  std::vector<Piece> pieces;
  for (const Fault& fault : run_.scenario.faults) {
    if (!is_taken(fault_key(fault))) pieces.push_back({fault_key(fault)});
  }
  return pieces;
}

std::vector<Shrinker::Piece> Shrinker::client_pieces() const {
  std::vector<Piece> pieces;
  for_each_client(run_.scenario, [&](std::uint64_t client, std::uint64_t operations) {
    Piece piece;
    for (std::uint64_t n = 0; n < operations; ++n) {
      if (!is_taken(operation_key(client, n))) piece.push_back(operation_key(client, n));
    }
    if (!piece.empty()) pieces.push_back(std::move(piece));
  });
  return pieces;
}

std::vector<Shrinker::Piece> Shrinker::operation_pieces() const {
  std::vector<Piece> pieces;
  for (const Piece& client : client_pieces()) {
    for (const std::string& key : client) pieces.push_back({key});
  }
  return pieces;
}

ShrinkSize Shrinker::size() const {
  return {.faults = fault_pieces().size(),
          .clients = client_pieces().size(),
          .operations = operation_pieces().size()};
}

ShrinkEnd Shrinker::shrink(const Tick& tick) {
  started_s_ = monotonic_seconds();
  ShrinkEnd end;
  for (const Override& item : run_.overrides) {
    if (item.value == 0) taken_.push_back(item.key);
  }
  std::erase_if(run_.overrides, [](const Override& item) { return item.value == 0; });
  end.before = size();
  wanted_ = try_all({{}}).front();
  const bool passes = wanted_.verdict == name_of(RunVerdict::kPass) || wanted_.verdict.empty() ||
                      wanted_.verdict == name_of(RunVerdict::kIndeterminate);
  end.failed_at_all = !passes;
  if (end.failed_at_all) {
    for (bool any = true; any && !out_of_budget();) {
      any = false;
      for (const auto pieces_of :
           {&Shrinker::fault_pieces, &Shrinker::client_pieces, &Shrinker::operation_pieces}) {
        std::vector<Piece> pieces = (this->*pieces_of)();
        any = reduce(pieces, tick) || any;
      }
    }
  }
  end.smallest = with_taken({});
  const Outcome last = try_all({{}}).front();
  end.smallest.trace_hash = last.trace_hash;
  end.smallest.verdict = last.verdict;
  end.smallest.property = last.property;
  end.smallest.build = build_id();
  end.after = size();
  end.trials = trials_;
  end.seconds = monotonic_seconds() - started_s_;
  return end;
}

}  // namespace plumbline::scenarios
