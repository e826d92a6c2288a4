#include "scenarios/cli/model_plants.h"

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#ifdef PLUMBLINE_PLANTS
#include "plumbline_plants.h"
#endif

#include "scenarios/cli/terminal.h"
#include "scenarios/explore/fork_pool.h"
#include "scenarios/explore/plant_hunt.h"
#include "scenarios/explore/seed_job.h"
#include "scenarios/model/engine.h"
#include "scenarios/model/run.h"

namespace plumbline::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using scenarios::PlantInfo;
using scenarios::PlantKind;

// One scope with one plant on.
struct Walked {
  std::string scope;
  std::string property;  // empty: nothing is broken
  std::uint64_t depth = 0;
  std::uint64_t states = 0;
  double seconds = 0;
  bool planted = false;  // the planted text ran at all
  bool ended = true;     // false: the scope was not exhausted
};

bool planted_text_ran() {
#ifdef PLUMBLINE_PLANTS
  return plants::executions != 0;
#else
  return false;
#endif
}

// In the process of its own.
std::string walk_planted(const ModelHunt& hunt, const std::string& plant,
                         const std::string& scope) {
  scenarios::select_plant(plant);
  const auto walked = hunt.core.model(scope);
  model::ExploreOptions options;
  options.memory_max = hunt.memory;
  const model::Exploration e = model::explore(*walked, options, [](const model::Progress&) {});
  if (e.finding && !hunt.out.empty()) {
    const model::ModelRun run{.core = hunt.core.name,
                              .scope = scope,
                              .plant = plant,
                              .property = e.finding->property,
                              .sentence = e.finding->sentence,
                              .steps = walked->words(e.path)};
    (void)model::save_run(run, (fs::path(hunt.out) / (plant + ".json")).string());
  }
  return json{{"property", e.finding ? e.finding->property : ""},
              {"depth", e.finding ? e.path.size() : e.depth},
              {"states", e.states},
              {"seconds", e.processor_seconds},
              {"planted", planted_text_ran()},
              {"ended", e.end == model::End::kExhausted || e.finding.has_value()}}
      .dump();
}

Walked read_end(const std::string& scope, const scenarios::JobEnd& end) {
  Walked walked{.scope = scope};
  const json answer = json::parse(end.answer, nullptr, false);
  if (end.how != scenarios::JobEnd::How::kFinished || !answer.is_object()) {
    walked.ended = end.how == scenarios::JobEnd::How::kCrashed;
    if (walked.ended) walked.property = "a crash: " + end.first_error_line();
    walked.planted = true;
    return walked;
  }
  walked.property = answer.value("property", "");
  walked.depth = answer.value("depth", std::uint64_t{0});
  walked.states = answer.value("states", std::uint64_t{0});
  walked.seconds = answer.value("seconds", 0.0);
  walked.planted = answer.value("planted", false);
  walked.ended = answer.value("ended", false);
  return walked;
}

Walked walk_in_a_process(const ModelHunt& hunt, const std::string& plant,
                         const std::string& scope) {
  scenarios::ForkPool pool(
      {.jobs = 1, .wall_seconds_max = 1'800, .memory_bytes_max = hunt.memory * 2});
  Walked walked;
  bool given = false;
  pool.run(
      [&]() -> std::optional<std::pair<std::uint64_t, scenarios::ForkPool::Job>> {
        if (std::exchange(given, true)) return std::nullopt;
        return std::pair{std::uint64_t{0}, [&] { return walk_planted(hunt, plant, scope); }};
      },
      [&](std::uint64_t, const scenarios::JobEnd& end) { walked = read_end(scope, end); },
      interrupted, [] {});
  return walked;
}

void tell_row(const PlantInfo& plant, const Walked& walked) {
  const std::string id = plant.id.empty() ? "clean" : plant.id;
  std::printf("| %s | %s | %s | %llu | %llu | %.1f | %s |\n", id.c_str(), plant.title.c_str(),
              walked.scope.c_str(), static_cast<unsigned long long>(walked.depth),
              static_cast<unsigned long long>(walked.states), walked.seconds,
              walked.property.c_str());
  std::fflush(stdout);
}

// Scopes until one breaks. The large ones only for text that ran in a small one.
Walked hunt_one(const ModelHunt& hunt, const PlantInfo& plant) {
  Walked last;
  bool planted = false;
  bool all_ended = true;
  for (std::size_t i = 0; i < hunt.scopes.size() && !interrupted(); ++i) {
    const bool large = i * 3 >= hunt.scopes.size() * 2;
    if (large && !planted && !plant.id.empty()) break;
    last = walk_in_a_process(hunt, plant.id, hunt.scopes[i]);
    if (!last.property.empty()) return last;
    planted = planted || last.planted;
    all_ended = all_ended && last.ended;
  }
  last.scope = "all " + std::to_string(hunt.scopes.size());
  last.property = plant.id.empty() || planted ? "nothing" : "nothing: its text never ran";
  if (!all_ended) last.property += ", and a scope was not exhausted";
  return last;
}

bool is_wanted(const PlantInfo& plant, const std::string& only) {
  if (plant.kind == PlantKind::kDeterminism) return false;
  return only.empty() || only == plant.id || (only == "clean" && plant.id.empty());
}

}  // namespace

Exit hunt_in_model(const ModelHunt& hunt) {
  const std::vector<PlantInfo> plants = scenarios::woven_plants();
  if (plants.size() <= 1) {
    complain(
        "no plants are woven into this build; ./dev build plants makes one that has them, in "
        "build/plants/bin");
    return Exit::kUsage;
  }
  std::error_code ignored;
  if (!hunt.out.empty()) fs::create_directories(hunt.out, ignored);
  std::printf("| plant | what it is | scope | depth | states | seconds | found by |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  Exit exit = Exit::kPassed;
  for (const PlantInfo& plant : plants) {
    if (!is_wanted(plant, hunt.only)) continue;
    const Walked walked = hunt_one(hunt, plant);
    if (interrupted()) return Exit::kInterrupted;
    tell_row(plant, walked);
    const bool alarm = walked.property.rfind("nothing", 0) != 0;
    if (alarm && plant.kind != PlantKind::kPlant) exit = Exit::kViolation;
  }
  return exit;
}

}  // namespace plumbline::cli
