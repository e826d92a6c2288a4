#include "scenarios/explore/plant_hunt.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "scenarios/explore/campaign.h"
#include "scenarios/explore/seed_job.h"
#include "scenarios/spec/seeds.h"

#ifdef PLUMBLINE_PLANTS
#include "plumbline_plants.h"
#endif

namespace plumbline::scenarios {
namespace {

using Json = nlohmann::json;

// First seeds of the repetitions lie so far apart that no two hunts of one plant share a seed.
constexpr std::uint64_t kStartsApart = 1'000'000;

Json to_json(const Hunt& hunt) {
  return {{"plant", hunt.plant},
          {"suite", hunt.suite},
          {"start", hunt.start},
          {"seeds", hunt.seeds},
          {"found", hunt.found},
          {"verdict", hunt.verdict},
          {"property", hunt.property},
          {"seed", hunt.seed},
          {"virtual_ms", hunt.virtual_ms},
          {"cpu_us", hunt.cpu_us},
          {"planted_runs", hunt.planted_runs},
          {"build", hunt.build}};
}

Hunt from_json(const Json& json) {
  Hunt hunt;
  hunt.plant = json.value("plant", "");
  hunt.suite = json.value("suite", "");
  hunt.start = json.value("start", std::uint64_t{0});
  hunt.seeds = json.value("seeds", std::uint64_t{0});
  hunt.found = json.value("found", false);
  hunt.verdict = json.value("verdict", "");
  hunt.property = json.value("property", "");
  hunt.seed = json.value("seed", "");
  hunt.virtual_ms = json.value("virtual_ms", std::uint64_t{0});
  hunt.cpu_us = json.value("cpu_us", std::uint64_t{0});
  hunt.planted_runs = json.value("planted_runs", std::uint64_t{0});
  hunt.build = json.value("build", "");
  return hunt;
}

std::string hunted_seed(const SeedJob& job) {
  std::string line = run_seed(job);
#ifdef PLUMBLINE_PLANTS
  line.pop_back();
  line += ",\"planted\":" + std::to_string(plants::executions) + "}";
#endif
  return line;
}

bool is_find(const std::string& verdict) {
  return verdict == "violation" || verdict == "liveness" || verdict == "crash" ||
         verdict == "nondeterminism";
}

std::uint64_t median(std::vector<std::uint64_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers.empty() ? 0 : numbers[numbers.size() / 2];
}

}  // namespace

std::vector<PlantInfo> woven_plants() {
  std::vector<PlantInfo> plants = {{"", "clean control", PlantKind::kClean, "default"}};
#ifdef PLUMBLINE_PLANTS
  for (const plants::Plant& plant : plumbline::plants::kAll) {
    PlantKind kind = PlantKind::kPlant;
    if (plant.kind == plumbline::plants::Kind::kNeutral) kind = PlantKind::kNeutral;
    if (plant.kind == plumbline::plants::Kind::kDeterminism) kind = PlantKind::kDeterminism;
    plants.push_back({plant.id, plant.title, kind, plant.suite});
  }
#endif
  return plants;
}

void PlantHunt::load() {
  std::ifstream file(std::filesystem::path(options_.out) / "plants.jsonl");
  std::string line;
  while (std::getline(file, line)) {
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_object()) hunts_.push_back(from_json(json));
  }
}

Status PlantHunt::append(const Hunt& hunt) const {
  std::ofstream file(std::filesystem::path(options_.out) / "plants.jsonl", std::ios::app);
  file << to_json(hunt).dump() << std::endl;
  if (!file) return Error{Errc::kIo, "cannot write " + options_.out + "/plants.jsonl"};
  return {};
}

bool PlantHunt::known(const PlantInfo& plant, std::uint64_t start, Hunt& found) const {
  for (const Hunt& hunt : hunts_of(plant)) {
    if (hunt.start != start) continue;
    if (!hunt.found && hunt.seeds < options_.seeds_max) continue;
    found = hunt;
    return true;
  }
  return false;
}

Hunt PlantHunt::hunt(const PlantInfo& plant, std::uint64_t start,
                     const std::function<bool()>& interrupted) {
  Hunt hunt{.plant = plant.id, .suite = plant.suite, .start = start, .build = build_id()};
  const std::vector<Scenario>& suite = options_.suites.at(plant.suite);
  const std::uint64_t first = 1 + start * kStartsApart;
  std::uint64_t next = 0;
  std::uint64_t lowest = options_.seeds_max;  // number of the lowest seed that failed
  const auto job_of = [&](std::uint64_t number) {
    const std::uint64_t seed = first + number;
    SeedJob job{
        .request = draw_request(suite[seed % suite.size()], seed),
        .plant = plant.id,
        .out = (std::filesystem::path(options_.out) / (plant.id.empty() ? "clean" : plant.id))
                   .string()};
    job.check_determinism = plant.kind == PlantKind::kDeterminism;
    return job;
  };
  ForkPool pool(options_.pool);
  pool.run(
      [&]() -> std::optional<std::pair<std::uint64_t, ForkPool::Job>> {
        // What lies behind a find need not run.
        if (next >= std::min(options_.seeds_max, lowest)) return std::nullopt;
        const std::uint64_t number = next++;
        return std::pair(number,
                         ForkPool::Job([job = job_of(number)] { return hunted_seed(job); }));
      },
      [&](std::uint64_t number, const JobEnd& end) {
        const bool answered = end.how == JobEnd::How::kFinished && !end.answer.empty();
        const Json line =
            Json::parse(answered ? end.answer : Campaign::line_of_dead_job(job_of(number), end),
                        nullptr, false);
        hunt.cpu_us += end.cpu_us;
        if (!line.is_object()) return;
        hunt.virtual_ms += line.value("virtual_ms", std::uint64_t{0});
        hunt.planted_runs += line.value("planted", std::uint64_t{0}) > 0 ? 1 : 0;
        if (!is_find(line.value("verdict", "")) || number >= lowest) return;
        lowest = number;
        hunt.found = true;
        hunt.verdict = line.value("verdict", "");
        hunt.property = line.value("property", "");
        if (hunt.verdict == "crash") hunt.property = line.value("sentence", "");
        hunt.seed = seed_text(first + number);
      },
      interrupted, [] {});
  hunt.seeds = hunt.found ? lowest + 1 : next;
  return hunt;
}

Status PlantHunt::run(const std::function<bool()>& interrupted,
                      const std::function<void(const PlantInfo&, const Hunt&)>& tell) {
  std::error_code error;
  std::filesystem::create_directories(options_.out, error);
  load();
  for (const PlantInfo& plant : options_.plants) {
    const bool chosen =
        options_.only.empty() ||
        std::find(options_.only.begin(), options_.only.end(), plant.id) != options_.only.end();
    if (!chosen) continue;
    const bool must_be_found =
        plant.kind == PlantKind::kPlant || plant.kind == PlantKind::kDeterminism;
    const std::uint64_t starts = must_be_found ? options_.starts : 1;
    for (std::uint64_t start = 0; start < starts && !interrupted(); ++start) {
      Hunt one;
      if (!known(plant, start, one)) {
        one = hunt(plant, start, interrupted);
        if (!one.found && interrupted()) return {};
        hunts_.push_back(one);
        if (const Status written = append(one); !written) return written;
      }
      tell(plant, one);
      if (!one.found) break;  // after one full miss no repeats
    }
  }
  return {};
}

std::vector<Hunt> PlantHunt::hunts_of(const PlantInfo& plant) const {
  std::vector<Hunt> found;
  for (const Hunt& hunt : hunts_) {
    const bool same = hunt.plant == plant.id && hunt.suite == plant.suite;
    if (same && hunt.build == build_id()) found.push_back(hunt);
  }
  return found;
}

std::string hunt_table(const std::vector<PlantInfo>& plants, const PlantHunt& hunt) {
  std::string table =
      "| plant | known bug | suite | found after seeds (median, each) | by | simulated s | "
      "processor s |\n";
  table += "|---|---|---|---|---|---|---|\n";
  for (const PlantInfo& plant : plants) {
    const std::vector<Hunt> hunts = hunt.hunts_of(plant);
    if (hunts.empty()) continue;
    std::vector<std::uint64_t> seeds;
    std::map<std::string, int> properties;
    std::string each;
    std::uint64_t virtual_ms = 0;
    std::uint64_t cpu_us = 0;
    for (const Hunt& one : hunts) {
      virtual_ms += one.virtual_ms;
      cpu_us += one.cpu_us;
      each += (each.empty() ? "" : " ") +
              (one.found ? std::to_string(one.seeds) : ">" + std::to_string(one.seeds));
      seeds.push_back(one.found ? one.seeds : UINT64_MAX);
      if (one.found) ++properties[one.property];
    }
    std::string by;
    for (const auto& [property, times] : properties) {
      by += (by.empty() ? "" : ", ") + property + (times > 1 ? " x" + std::to_string(times) : "");
    }
    const std::uint64_t middle = median(seeds);
    const std::string found = middle == UINT64_MAX ? "not found (" + each + ")"
                                                   : std::to_string(middle) + " (" + each + ")";
    table += "| " + (plant.id.empty() ? std::string("clean") : plant.id) + " | " + plant.title +
             " | " + plant.suite + " | " + found + " | " + (by.empty() ? "nothing" : by) + " | " +
             std::to_string(virtual_ms / 1000) + " | " + std::to_string(cpu_us / 1'000'000) + "." +
             std::to_string(cpu_us / 100'000 % 10) + " |\n";
  }
  return table;
}

bool all_as_expected(const std::vector<PlantInfo>& plants, const PlantHunt& hunt) {
  for (const PlantInfo& plant : plants) {
    const bool should = plant.kind == PlantKind::kPlant || plant.kind == PlantKind::kDeterminism;
    for (const Hunt& one : hunt.hunts_of(plant)) {
      if (one.found != should) return false;
    }
  }
  return true;
}

}  // namespace plumbline::scenarios
