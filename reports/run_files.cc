#include "reports/run_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/history/reader.h"
#include "checker/verdict/verdict_json.h"
#include "reports/json_fields.h"
#include "reports/proof.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kLastSecond = 1'000 * kMillisecond;

checker::Problem malformed(const std::string& file, std::string reason) {
  return {.kind = checker::Problem::Kind::kMalformed,
          .file = file,
          .line = 0,
          .reason = std::move(reason)};
}

std::string node_list(const Json& fault) {
  const Json& nodes = member(fault, "nodes");
  const bool clients = text_in(fault, "family") == "client";
  std::string list;
  for (const Json& node : nodes) {
    if (!list.empty()) list += ", ";
    if (node.is_number()) list += clients ? "c" : "n";
    list += node.is_string() ? node.get<std::string>() : dumped(node);
  }
  return list;
}

std::optional<std::int64_t> nanoseconds_in(const Json& object, const char* milliseconds) {
  const auto ms = number_in(object, milliseconds);
  if (!ms || *ms < 0 || *ms > 9e12) return std::nullopt;
  return static_cast<std::int64_t>(*ms * static_cast<double>(kMillisecond));
}

FaultPeriod fault_of(const Json& json) {
  FaultPeriod fault{.id = text_in(json, "id"),
                    .kind = text_in(json, "kind"),
                    .family = text_in(json, "family"),
                    .nodes = node_list(json),
                    .amount = text_in(json, "amount")};
  if (fault.family.empty()) fault.family = "other";
  if (fault.amount == "0") fault.amount.clear();
  fault.start_ns = nanoseconds_in(json, "start_ms").value_or(0);
  fault.end_ns = nanoseconds_in(json, "end_ms").value_or(checker::kNever);
  return fault;
}

void take_run(const Json& json, RunFiles& run) {
  const Json& scenario = member(json, "scenario");
  run.scenario = scenario.is_string() ? scenario.get<std::string>() : text_in(scenario, "name");
  if (scenario.is_object()) run.scenario_json = dumped(scenario, 2);
  const auto seed = seed_in(json, "seed");
  run.seed = seed ? seed_text(*seed) : text_in(json, "seed");
  run.build = text_in(json, "build");
  run.plant = text_in(json, "plant");
  run.trace_hash = text_in(json, "trace_hash");
  run.replay = text_in(json, "replay");
  run.property = text_in(json, "property");
  run.verdict = seed_verdict_named(text_in(json, "verdict")).value_or(run.verdict);
  for (const Json& override : member(json, "overrides")) {
    run.overrides.emplace_back(text_in(override, "key"), text_in(override, "value"));
  }
}

// verdict.json holds the checkers' reports among other things; their own strict reader knows how
// keys and sentences that are no UTF-8 are written.
void take_reports(const Json& reports, const std::string& file, RunFiles& run) {
  const Json whole = {{"plumbline_verdict", 1}, {"verdict", "valid"}, {"model", ""},
                      {"operations", 0},        {"keys", 0},          {"reports", reports}};
  auto result = checker::check_result_from_json(dumped(whole), file);
  if (!result) {
    run.notes.push_back(result.problem().text());
    return;
  }
  run.reports = std::move(result.value().reports);
}

void take_verdict(const Json& json, const std::string& file, RunFiles& run) {
  run.verdict = seed_verdict_named(text_in(json, "verdict")).value_or(run.verdict);
  if (const std::string property = text_in(json, "property"); !property.empty()) {
    run.property = property;
  }
  run.sentence = text_in(json, "sentence");
  run.at_ns = nanoseconds_in(json, "at_ms");
  if (member(json, "at_event").is_number()) run.at_event = count_in(json, "at_event");
  if (member(json, "reports").is_array()) take_reports(member(json, "reports"), file, run);
  for (const Json& fault : member(json, "faults")) run.faults.push_back(fault_of(fault));
}

void read_verdict(const std::string& file, RunFiles& run) {
  const auto content = file_content(file);
  const Json json = content ? parsed(*content) : Json();
  if (!json.is_object()) {
    run.notes.push_back(file + (content ? ": is no JSON object" : ": cannot be read"));
    return;
  }
  take_verdict(json, file, run);
}

void read_history(const std::string& file, RunFiles& run) {
  auto history = checker::read_history_file(file);
  if (history) {
    run.history = std::move(history.value());
  } else {
    run.notes.push_back(history.problem().text());
  }
}

void read_trace(const std::string& file, RunFiles& run) {
  auto trace = reports::read_trace(file);
  if (!trace) {
    run.notes.push_back(trace.problem().text());
    return;
  }
  run.trace = std::move(trace.value());
  run.notes.insert(run.notes.end(), run.trace.notes.begin(), run.trace.notes.end());
}

// A report names operations by index; one that does not fit the history is of no use to anybody.
void drop_strange_witnesses(RunFiles& run) {
  for (checker::Report& report : run.reports) {
    const std::size_t named = report.witness.size();
    report = fitted(std::move(report), run.history);
    const std::size_t strange = named - report.witness.size();
    if (strange == 0) continue;
    run.notes.push_back(fmt::format("{} of the witness {} not in the history",
                                    counted(strange, "operation"), strange == 1 ? "is" : "are"));
  }
}

void end_open_faults(RunFiles& run) {
  const std::int64_t end = run.end_ns();
  for (FaultPeriod& fault : run.faults) {
    if (fault.end_ns == checker::kNever) fault.end_ns = std::max(end, fault.start_ns);
  }
}

}  // namespace

const checker::Report* RunFiles::finding() const {
  const checker::Report* worst = nullptr;
  for (const checker::Report& report : reports) {
    if (report.verdict == checker::Verdict::kValid) continue;
    if (worst == nullptr || worst->verdict < report.verdict) worst = &report;
  }
  return worst;
}

std::int64_t RunFiles::end_ns() const {
  std::int64_t end = at_ns.value_or(0);
  for (const checker::Operation& op : history.operations) {
    end = std::max(end, op.returned_at == checker::kNever ? op.invoked_at : op.returned_at);
  }
  for (const TraceRecord& record : trace.records) end = std::max(end, record.time_ns);
  for (const FaultPeriod& fault : faults) {
    end = std::max(end, fault.end_ns == checker::kNever ? fault.start_ns : fault.end_ns);
  }
  return end;
}

TimeWindow RunFiles::violation_window() const {
  const std::int64_t end = end_ns();
  const checker::Report* report = finding();
  if (report != nullptr && !report->witness.empty() && report->from <= report->to) {
    return {report->from, std::max(report->from, std::min(report->to, end))};
  }
  // The file tells whole milliseconds; what happened later within that one belongs to it.
  const std::int64_t seen = at_ns ? *at_ns + kMillisecond - 1 : end;
  return {std::max<std::int64_t>(0, seen - kLastSecond), seen};
}

checker::Result<RunFiles> load_run_files(const std::string& directory) {
  const std::string file = directory + "/run.json";
  const auto content = file_content(file);
  if (!content) {
    return checker::Problem{
        .kind = checker::Problem::Kind::kIo, .file = file, .line = 0, .reason = "cannot be read"};
  }
  const Json json = parsed(*content);
  if (!json.is_object()) return malformed(file, "is no JSON object");
  RunFiles run;
  take_run(json, run);
  if (run.replay.empty()) run.replay = "plumbline replay " + file;
  read_verdict(directory + "/verdict.json", run);
  read_history(directory + "/history.jsonl", run);
  read_trace(directory + "/trace.bin", run);
  drop_strange_witnesses(run);
  end_open_faults(run);
  return run;
}

}  // namespace plumbline::reports
