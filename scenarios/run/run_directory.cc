#include "scenarios/run/run_directory.h"

#include <link.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "checker/history/writer.h"
#include "checker/verdict/verdict_json.h"
#include "scenarios/spec/scenario_file.h"
#include "scenarios/spec/seeds.h"

namespace plumbline::scenarios {
namespace {

using Json = nlohmann::ordered_json;

// What failures of one cause have in common: the property, without what differs from seed to seed.
std::string signature_of(const RunResult& result) {
  std::string signature = std::string(name_of(result.verdict)) + "/" + result.property;
  for (const auto& [kind, tally] : result.faults) {
    // A violation says what is broken, and what a run did not show has no cause in its faults.
    if (result.verdict == RunVerdict::kViolation || result.verdict == RunVerdict::kIndeterminate ||
        tally.struck == 0) {
      continue;
    }
    signature += std::string("+") + name_of(kind);
  }
  return result.verdict == RunVerdict::kPass ? std::string() : signature;
}

Json head(const RunRequest& request, RunVerdict verdict, const std::string& plant) {
  Json line;
  line["v"] = 1;
  line["type"] = "seed";
  line["build"] = build_id();
  if (!plant.empty()) line["plant"] = plant;
  line["scenario"] = request.scenario.name;
  line["scenario_hash"] = scenario_hash_text(request.scenario);
  line["seed"] = seed_text(request.seed);
  line["verdict"] = name_of(verdict);
  line["election_timeout_ms"] = request.scenario.cluster.election_timeout_ms.low;
  return line;
}

Json in_us(const std::vector<Duration>& waits) {
  Json list = Json::array();
  for (const Duration wait : waits) list.push_back(wait.ns / 1'000);
  return list;
}

Json first_writes_json(const std::map<std::string, FirstWrites>& all) {
  Json json = Json::object();
  for (const auto& [kind, waits] : all) {
    json[kind] = {{"after_start_us", in_us(waits.after_start)},
                  {"after_end_us", in_us(waits.after_end)},
                  {"never", waits.never}};
  }
  return json;
}

void add_counts(Json& line, const RunResult& result) {
  Outcomes all;
  Json functions = Json::object();
  for (const auto& [function, outcomes] : result.functions) {
    functions[function] = {
        {"ok", outcomes.ok}, {"fail", outcomes.fail}, {"unknown", outcomes.unknown}};
    all.ok += outcomes.ok;
    all.fail += outcomes.fail;
    all.unknown += outcomes.unknown;
  }
  line["ops"] = all.ok + all.fail + all.unknown;
  line["ok"] = all.ok;
  line["fail"] = all.fail;
  line["unknown"] = all.unknown;
  line["functions"] = std::move(functions);
  Json faults = Json::object();
  for (const auto& [kind, tally] : result.faults) {
    faults[name_of(kind)] = {{"struck", tally.struck}, {"drawn", tally.drawn}};
  }
  line["faults"] = std::move(faults);
  line["faults_impossible"] = Json::array();
  for (const FaultKind kind : result.faults_impossible)
    line["faults_impossible"].push_back(name_of(kind));
  line["first_writes"] = first_writes_json(result.first_writes);
  line["probes"] = result.probes;
  if (!result.unused_overrides.empty()) line["unused_overrides"] = result.unused_overrides;
}

Json fault_json(const FaultPeriod& period, TrueTime run_ended) {
  const TrueTime end = std::min(period.ended, run_ended);
  return {{"id", period.fault.id},
          {"kind", name_of(period.fault.kind)},
          {"family", name_of(family_of(period.fault.kind))},
          {"nodes", period.fault.nodes},
          {"start_ms", period.started.ns / 1'000'000},
          {"end_ms", end.ns / 1'000'000},
          {"amount", period.fault.amount},
          {"struck", period.struck}};
}

Status write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) return Error{Errc::kIo, "cannot write " + path.string()};
  return {};
}

std::string verdict_json(const RunResult& result) {
  Json verdict;
  verdict["format"] = 1;
  verdict["verdict"] = name_of(result.verdict);
  verdict["property"] = result.property;
  verdict["sentence"] = result.sentence;
  verdict["at_ms"] = result.at.ns / 1'000'000;
  verdict["at_event"] = result.at_event;
  verdict["reports"] = Json::parse(checker::to_json(result.checked))["reports"];
  verdict["faults"] = Json::array();
  for (const FaultPeriod& period : result.fault_periods) {
    verdict["faults"].push_back(fault_json(period, result.ended));
  }
  return verdict.dump(1) + "\n";
}

// The linker's fingerprint of this very program, from its note: changes with every change of the
// code.
std::string linked_program_id() {
  std::string id;
  ::dl_iterate_phdr(
      [](dl_phdr_info* program, std::size_t, void* out) {
        for (int i = 0; i < program->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = program->dlpi_phdr[i];
          if (header.p_type != PT_NOTE) continue;
          const char* at = reinterpret_cast<const char*>(program->dlpi_addr + header.p_vaddr);
          const char* const end = at + header.p_memsz;
          while (at + sizeof(ElfW(Nhdr)) <= end) {
            ElfW(Nhdr) note;
            std::memcpy(&note, at, sizeof(note));
            const char* const name = at + sizeof(note);
            const char* const content = name + (note.n_namesz + 3) / 4 * 4;
            if (note.n_type == NT_GNU_BUILD_ID &&
                std::string_view(name, note.n_namesz).starts_with("GNU")) {
              std::uint64_t first = 0;
              std::memcpy(&first, content, sizeof(first));
              *static_cast<std::string*>(out) = hash_text(first).substr(0, 12);
            }
            at = content + (note.n_descsz + 3) / 4 * 4;
          }
        }
        return 1;  // the first object is the program itself
      },
      &id);
  return id;
}

}  // namespace

std::string hash_text(std::uint64_t hash) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (int i = 15; i >= 0; --i, hash >>= 4) text[static_cast<std::size_t>(i)] = kDigits[hash & 15];
  return text;
}

std::string build_id() {
  std::string id = PLUMBLINE_VERSION;
#ifdef __clang__
  id += " clang-" __clang_version__;
#else
  id += " g++-" __VERSION__;
#endif
#ifdef PLUMBLINE_PLANTS
  id += " woven";
#endif
#ifdef PLUMBLINE_SANITIZED
  id += " sanitized";
#endif
  static const std::string program = linked_program_id();
  return program.empty() ? id : id + " " + program;
}

std::string run_name(const RunRequest& request) {
  return request.scenario.name + "-" + seed_text(request.seed);
}

RunFile run_file(const RunRequest& request, const std::string& plant) {
  RunFile file;
  file.scenario = request.scenario;
  file.seed = request.seed;
  file.overrides = request.overrides;
  file.plant = plant;
  file.build = build_id();
  return file;
}

std::string to_json(const ResultLine& line) {
  const RunResult& result = line.result;
  Json json = head(line.request, result.verdict, line.plant);
  json["property"] = result.property;
  json["sentence"] = result.sentence;
  json["signature"] = signature_of(result);
  json["trace_hash"] = hash_text(result.trace_hash);
  json["events"] = result.events;
  add_counts(json, result);
  json["durable_images_checked"] = result.durable_images_checked;
  json["virtual_ms"] = result.ended.ns / 1'000'000;
  if (!line.run.empty()) json["run"] = line.run;
  json["replay"] = line.replay;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string crash_line(const RunRequest& request, RunVerdict verdict, const std::string& sentence,
                       const std::string& plant, const std::string& run,
                       const std::string& replay) {
  Json json = head(request, verdict, plant);
  json["property"] = name_of(verdict);
  json["sentence"] = sentence;
  // The site of an assertion, without the values of this seed.
  json["signature"] =
      std::string(name_of(verdict)) + "/" + sentence.substr(0, sentence.find(": ", 20));
  if (!run.empty()) json["run"] = run;
  json["replay"] = replay;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Status write_run_directory(const std::string& directory, const RunFile& file,
                           const RunResult& result, const sim::TraceRecorder* trace) {
  const std::filesystem::path path(directory);
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return Error{Errc::kIo, "cannot make " + directory + ": " + error.message()};
  RunFile complete = file;
  complete.trace_hash = hash_text(result.trace_hash);
  complete.verdict = name_of(result.verdict);
  complete.property = result.property;
  if (const Status saved = save_run(complete, (path / "run.json").string()); !saved) return saved;
  if (const Status saved = write_text(path / "verdict.json", verdict_json(result)); !saved)
    return saved;
  checker::History history = result.history;
  history.meta.scenario = file.scenario.name;
  history.meta.seed = seed_text(file.seed);
  if (const auto saved = checker::write_history((path / "history.jsonl").string(), history);
      !saved) {
    return Error{Errc::kIo, saved.problem().text()};
  }
  return trace == nullptr ? Status() : trace->write((path / "trace.bin").string());
}

}  // namespace plumbline::scenarios
