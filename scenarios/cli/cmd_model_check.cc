// plumbline model-check: every state that a few cores can reach within a scope.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "reports/text.h"
#include "scenarios/cli/commands.h"
#include "scenarios/cli/model_plants.h"
#include "scenarios/cli/terminal.h"
#include "scenarios/explore/seed_job.h"
#include "scenarios/model/cores.h"
#include "scenarios/model/engine.h"
#include "scenarios/model/run.h"
#include "scenarios/run/run_directory.h"

namespace plumbline::cli {
namespace {

namespace fs = std::filesystem;
using model::End;
using model::Exploration;

struct ModelArguments {
  std::string core;
  std::vector<std::string> scope;
  std::string replay;
  std::string out;
  std::string plant;
  std::string format = "text";
  TerminalOptions terminal;
  std::uint64_t memory = std::uint64_t{8} << 30;
  std::uint64_t states = UINT64_MAX;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  bool list = false;
  bool plants = false;
  bool small = false;
};

// One scope of one core, with a woven bug or without.
struct Walk {
  std::string core;
  std::string scope;
  std::string plant;
};

// What another process must be about to go on with it.
std::string identity_of(const Walk& walk) {
  return walk.core + " " + walk.scope + (walk.plant.empty() ? "" : " with " + walk.plant) + " by " +
         scenarios::build_id();
}

// What this walk leaves in the folder.
std::string file_of(const Walk& walk, const std::string& folder, const char* kind) {
  std::string name =
      walk.core + "-" + walk.scope + (walk.plant.empty() ? "" : "-" + walk.plant) + kind;
  std::replace(name.begin(), name.end(), ' ', '-');
  return (fs::path(folder) / name).string();
}

const char* words_of(End end) {
  switch (end) {
    case End::kExhausted: return "exhausted";
    case End::kBroken: return "broken";
    case End::kInterrupted: return "interrupted";
    case End::kLimit: return "not exhausted: --states";
    case End::kMemory: return "not exhausted: --memory";
    case End::kDisk: return "not exhausted: disk";
    case End::kRefused: return "refused";
  }
  return "?";
}

Exit exit_of(End end) {
  switch (end) {
    case End::kExhausted: return Exit::kPassed;
    case End::kBroken: return Exit::kViolation;
    case End::kInterrupted: return Exit::kInterrupted;
    case End::kLimit:
    case End::kMemory: return Exit::kIndeterminate;
    case End::kDisk: return Exit::kInfrastructure;
    case End::kRefused: return Exit::kUsage;
  }
  return Exit::kInfrastructure;
}

double per_second(std::uint64_t count, const Exploration& e) {
  return static_cast<double>(count) / std::max(0.001, e.processor_seconds);
}

double bytes_per_state(const Exploration& e) {
  const std::uint64_t bytes = e.visited_bytes + e.trail_bytes + e.frontier_bytes + e.table_bytes;
  return static_cast<double>(bytes) / static_cast<double>(std::max<std::uint64_t>(1, e.states));
}

void tell_heading() {
  std::printf("%-36s %12s %6s %14s %8s %10s %10s %7s  %s\n", "scope", "states", "depth",
              "successors", "seconds", "states/s", "succ/s", "bytes", "end");
}

// Rates are per second of processor time; bytes are of table, trail, widest level and parts, by
// visited state.
void tell_row(const std::string& scope, const Exploration& e) {
  std::printf("%-36s %12llu %6llu %14llu %8.1f %10.0f %10.0f %7.1f  %s\n", scope.c_str(),
              static_cast<unsigned long long>(e.states), static_cast<unsigned long long>(e.depth),
              static_cast<unsigned long long>(e.successors), e.seconds, per_second(e.states, e),
              per_second(e.successors, e), bytes_per_state(e), words_of(e.end));
  std::fflush(stdout);
}

nlohmann::ordered_json json_of(const Walk& walk, const Exploration& e) {
  nlohmann::ordered_json json = {{"core", walk.core},
                                 {"scope", walk.scope},
                                 {"plant", walk.plant},
                                 {"end", words_of(e.end)},
                                 {"states", e.states},
                                 {"depth", e.depth},
                                 {"successors", e.successors},
                                 {"seconds", e.seconds},
                                 {"processor_seconds", e.processor_seconds},
                                 {"visited_bytes", e.visited_bytes},
                                 {"trail_bytes", e.trail_bytes},
                                 {"frontier_bytes", e.frontier_bytes},
                                 {"table_bytes", e.table_bytes}};
  if (e.finding) json["property"] = e.finding->property;
  return json;
}

// What a scope that was exhausted before left in the folder, so that a list of scopes goes on with
// the first that was not.
void keep_exhausted(const Walk& walk, const Exploration& e, const std::string& path) {
  nlohmann::ordered_json json = json_of(walk, e);
  json["identity"] = identity_of(walk);
  std::ofstream(path) << json.dump() << "\n";
}

std::optional<Exploration> exhausted_before(const Walk& walk, const std::string& path) {
  std::ifstream file(path);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object() || json.value("identity", "") != identity_of(walk)) return std::nullopt;
  Exploration e;
  e.states = json.value("states", std::uint64_t{0});
  e.depth = json.value("depth", std::uint64_t{0});
  e.successors = json.value("successors", std::uint64_t{0});
  e.seconds = json.value("seconds", 0.0);
  e.processor_seconds = json.value("processor_seconds", 0.0);
  e.visited_bytes = json.value("visited_bytes", std::uint64_t{0});
  e.trail_bytes = json.value("trail_bytes", std::uint64_t{0});
  e.frontier_bytes = json.value("frontier_bytes", std::uint64_t{0});
  e.table_bytes = json.value("table_bytes", std::uint64_t{0});
  return e;
}

// A line twice a second on a terminal, one every ten seconds in a log.
class ProgressLine {
 public:
  ProgressLine(std::string scope, reports::ProgressStyle style)
      : scope_(std::move(scope)), style_(style) {}

  void update(const model::Progress& progress) {
    if (style_ == reports::ProgressStyle::kNone) return;
    const bool bar = style_ == reports::ProgressStyle::kBar;
    if (progress.seconds < next_) return;
    next_ = progress.seconds + (bar ? 0.5 : 10);
    std::fprintf(
        stderr, "%s%s: depth %llu, %llu states, %llu of this depth to go, %.0f s%s",
        bar ? "\r\033[K" : "", scope_.c_str(), static_cast<unsigned long long>(progress.depth),
        static_cast<unsigned long long>(progress.states),
        static_cast<unsigned long long>(progress.frontier), progress.seconds, bar ? "" : "\n");
  }
  void clear() const {
    if (style_ == reports::ProgressStyle::kBar) std::fprintf(stderr, "\r\033[K");
  }

 private:
  std::string scope_;
  reports::ProgressStyle style_;
  double next_ = 1;
};

// Step by step, what the cores said beside it. False when the run cannot be made.
bool tell_story(const model::Core& core, const model::ModelRun& run,
                std::optional<model::Finding>& finding) {
  const auto story = core.story(run.scope);
  for (std::size_t i = 0; i < run.steps.size(); ++i) {
    std::printf("%3zu  %s\n", i + 1, run.steps[i].c_str());
    const std::optional<std::string> refused = story->make(run.steps[i]);
    for (const std::string& line : story->take_lines()) std::printf("       %s\n", line.c_str());
    if (refused) {
      std::printf("step %zu %s\n", i + 1, refused->c_str());
      return false;
    }
    finding = story->finding();
    if (finding) break;
  }
  return true;
}

void tell_failure(const model::Core& core, const ModelArguments& arguments, const Walk& walk,
                  const Exploration& e, const std::vector<std::string>& steps) {
  const model::ModelRun run{.core = core.name,
                            .scope = walk.scope,
                            .plant = arguments.plant,
                            .property = e.finding->property,
                            .sentence = e.finding->sentence,
                            .steps = steps};
  std::optional<model::Finding> again;
  tell_story(core, run, again);
  std::printf("%s: %s\n", run.property.c_str(), run.sentence.c_str());
  const std::string folder = arguments.out.empty() ? "out/model-check" : arguments.out;
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  const std::string path = file_of(walk, folder, ".json");
  if (const Status saved = model::save_run(run, path); !saved) complain(saved.error().message());
  std::printf("replay: plumbline model-check --replay %s\n", path.c_str());
}

void tell_result(const ModelArguments& arguments, const Walk& walk, const Exploration& e) {
  if (arguments.format == "json") {
    std::printf("%s\n", json_of(walk, e).dump().c_str());
  } else {
    tell_row(walk.scope, e);
  }
}

// What is to be told beside the row.
void tell_end(const ModelArguments& arguments, const Exploration& e) {
  if (e.end == End::kRefused) {
    complain(e.refusal + "; take another --out, or remove the file to begin again");
  }
  const bool goes_on = e.end == End::kInterrupted || e.end == End::kLimit || e.end == End::kMemory;
  if (!goes_on) return;
  std::fprintf(stderr,
               arguments.out.empty()
                   ? "plumbline: nothing was kept; with --out DIR a walk can be gone on with\n"
                   : "plumbline: the same command goes on from here\n");
}

model::ExploreOptions options_of(const ModelArguments& arguments, const Walk& walk) {
  model::ExploreOptions options;
  options.jobs = arguments.jobs;
  options.memory_max = arguments.memory;
  options.states_max = arguments.states;
  options.interrupted = interrupted;
  if (arguments.out.empty()) return options;
  options.folder = arguments.out;
  options.checkpoint = file_of(walk, arguments.out, ".walk");
  options.identity = identity_of(walk);
  return options;
}

Exit walk_scope(const model::Core& core, const std::string& scope,
                const ModelArguments& arguments) {
  const Walk walk{core.name, scope, arguments.plant};
  const std::string exhausted =
      arguments.out.empty() ? "" : file_of(walk, arguments.out, ".exhausted");
  if (!exhausted.empty()) {
    if (const auto before = exhausted_before(walk, exhausted)) {
      tell_result(arguments, walk, *before);
      return Exit::kPassed;
    }
  }
  const auto walked = core.model(scope);
  ProgressLine line(scope, progress_style(arguments.terminal));
  const Exploration e =
      model::explore(*walked, options_of(arguments, walk),
                     [&](const model::Progress& progress) { line.update(progress); });
  line.clear();
  tell_result(arguments, walk, e);
  tell_end(arguments, e);
  if (e.finding) tell_failure(core, arguments, walk, e, walked->words(e.path));
  if (e.end == End::kExhausted && !exhausted.empty()) keep_exhausted(walk, e, exhausted);
  return exit_of(e.end);
}

Exit walk_all(const model::Core& core, const std::vector<std::string>& scopes,
              const ModelArguments& arguments) {
  std::error_code error;
  if (!arguments.out.empty()) fs::create_directories(arguments.out, error);
  if (error) {
    complain(arguments.out + ": " + error.message());
    return Exit::kInfrastructure;
  }
  if (arguments.format == "text") tell_heading();
  Exit exit = Exit::kPassed;
  for (const std::string& scope : scopes) {
    exit = worst(exit, walk_scope(core, scope, arguments));
    if (exit == Exit::kViolation || interrupted()) break;
  }
  return exit;
}

Exit replay(const ModelArguments& arguments) {
  const Result<model::ModelRun> run = model::load_run(arguments.replay);
  if (!run) {
    complain(run.error().message());
    return Exit::kUsage;
  }
  const model::Core* core = model::find_core(run->core);
  if (core == nullptr || !core->parse(run->scope)) {
    complain(arguments.replay + ": no core " + run->core + " with scope \"" + run->scope + "\"");
    return Exit::kUsage;
  }
  if (!scenarios::select_plant(run->plant)) {
    complain("the run needs the plant " + run->plant +
             ", which only the woven build has (./dev build plants)");
    return Exit::kUsage;
  }
  std::optional<model::Finding> finding;
  if (!tell_story(*core, *run, finding)) return Exit::kUsage;
  if (!finding) {
    std::printf("nothing is broken; recorded was %s: %s\n", run->property.c_str(),
                run->sentence.c_str());
    return Exit::kPassed;
  }
  std::printf("%s: %s\n", finding->property.c_str(), finding->sentence.c_str());
  return Exit::kViolation;
}

void list_cores() {
  for (const model::Core& core : model::cores()) {
    std::printf("%s: %s\n", core.name.c_str(), core.summary.c_str());
    for (const std::string& line : core.words) std::printf("  %s\n", line.c_str());
    std::printf("walked when no scope is named:\n");
    for (const std::string& scope : core.scopes) std::printf("  %s\n", scope.c_str());
  }
}

Result<std::vector<std::string>> chosen_scopes(const model::Core& core,
                                               const ModelArguments& arguments) {
  std::string text;
  for (const std::string& word : arguments.scope) text += word + " ";
  if (arguments.small) return core.small_scopes;
  if (text.empty()) return arguments.plants ? core.plant_scopes : core.scopes;
  const Result<std::string> scope = core.parse(text);
  if (!scope) return scope.error();
  return std::vector<std::string>{*scope};
}

const model::Core* chosen_core(const std::string& name) {
  const model::Core* core = model::find_core(name);
  if (core != nullptr) return core;
  std::vector<std::string> names;
  for (const model::Core& one : model::cores()) names.push_back(one.name);
  const std::string nearest = nearest_of(name, names);
  complain("there is no model of " + name +
           (nearest.empty() ? "; --list shows them" : "; did you mean " + nearest + "?"));
  return nullptr;
}

Exit run_model_check(const ModelArguments& arguments) {
  if (arguments.list) {
    list_cores();
    return Exit::kPassed;
  }
  catch_interrupts();
  if (!arguments.replay.empty()) return replay(arguments);
  const model::Core* core = chosen_core(arguments.core);
  if (core == nullptr) return Exit::kUsage;
  const auto scopes = chosen_scopes(*core, arguments);
  if (!scopes) {
    complain(scopes.error().detail + "; plumbline model-check --list shows the words");
    return Exit::kUsage;
  }
  if (arguments.plants) {
    return hunt_in_model({.core = *core,
                          .scopes = *scopes,
                          .only = arguments.plant,
                          .out = arguments.out,
                          .jobs = arguments.jobs,
                          .memory = arguments.memory});
  }
  if (!scenarios::select_plant(arguments.plant)) {
    complain("there is no plant " + arguments.plant +
             " in this build; ./dev build plants makes one that has them, in build/plants/bin");
    return Exit::kUsage;
  }
  return walk_all(*core, *scopes, arguments);
}

}  // namespace

void add_model_check(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<ModelArguments>();
  CLI::App* command =
      app.add_subcommand("model-check", "Walk every state that a few cores can reach");
  command->add_option("CORE", arguments->core, "whose states; --list shows which there are");
  command->add_option("SCOPE", arguments->scope,
                      "what may happen how often, such as E2 R2 C1 pre-vote; a list of scopes "
                      "without it");
  command->add_flag("--list", arguments->list, "the cores, their scopes and words");
  command->add_flag("--small", arguments->small, "only scopes that take a second");
  command->add_option("--replay", arguments->replay, "tell a saved run again");
  command->add_option("--jobs", arguments->jobs, "threads")->capture_default_str();
  command->add_option("--memory", arguments->memory, "bytes at most, 8G for example")
      ->transform(CLI::AsSizeValue(false));
  command->add_option("--states", arguments->states, "stop after so many");
  command->add_option(
      "--out", arguments->out,
      "where runs that break something are kept, and walks that end early: the same "
      "command goes on with them");
  command->add_option("--plant", arguments->plant, "with a woven bug on");
  command->add_flag("--plants", arguments->plants,
                    "look for each woven bug, and say in which scope it is found");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("--progress", arguments->terminal.progress, "auto, bar, plain or none")
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}));
  command->callback([arguments, &exit] {
    if (arguments->core.empty() && !arguments->list && arguments->replay.empty()) {
      arguments->core = "raft";
    }
    exit = run_model_check(*arguments);
  });
}

}  // namespace plumbline::cli
