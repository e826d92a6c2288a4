#include "reports/json_fields.h"
#include "reports/suite_formats.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

Json verdicts_json(const VerdictCounts& counts) {
  Json json = Json::object();
  for (const SeedVerdict verdict : kAllSeedVerdicts) {
    json[std::string(look_of(verdict).name)] = count_of(counts, verdict);
  }
  return json;
}

Json outcomes_json(const OutcomeCounts& counts) {
  return {{"ok", counts.ok}, {"fail", counts.fail}, {"unknown", counts.unknown}};
}

Json line_json(const SeedLine& line) {
  return {{"scenario", line.scenario}, {"seed", seed_text(line.seed)},
          {"cpu_us", line.cpu_us},     {"virtual_ms", line.virtual_ms},
          {"run", line.run},           {"replay", line.replay}};
}

Json cluster_json(const Cluster& cluster) {
  Json examples = Json::array();
  for (const SeedLine& line : cluster.examples) examples.push_back(line_json(line));
  return {{"signature", cluster.signature},
          {"verdict", look_of(cluster.verdict).name},
          {"property", cluster.property},
          {"sentence", cluster.sentence},
          {"count", cluster.count},
          {"first_seed", seed_text(cluster.first().seed)},
          {"scenario", cluster.first().scenario},
          {"replay", cluster.first().replay},
          {"examples", std::move(examples)}};
}

Json totals_json(const SuiteSummary& summary) {
  return {{"seeds", summary.total()},
          {"verdicts", verdicts_json(summary.verdicts)},
          {"operations", outcomes_json(summary.operations)},
          {"events", summary.events},
          {"virtual_ms", summary.virtual_ms},
          {"cpu_us", summary.cpu_us}};
}

Json faults_json(const SuiteSummary& summary) {
  Json json = Json::object();
  for (const auto& [kind, counts] : summary.faults) {
    json[kind] = {
        {"struck", counts.struck}, {"drawn", counts.drawn}, {"seeds_struck", counts.seeds_struck}};
  }
  return json;
}

Json probes_json(const SuiteSummary& summary) {
  Json json = Json::object();
  for (const auto& [name, counts] : summary.probes) {
    json[name] = {{"hits", counts.hits}, {"seeds", counts.seeds}, {"required", counts.required}};
  }
  return json;
}

Json matrix_json(const SuiteSummary& summary) {
  Json json = Json::object();
  for (const auto& [scenario, row] : summary.matrix) {
    for (const auto& [kind, cell] : row) {
      json[scenario][kind] = {{"seeds", cell.seeds},
                              {"failures", cell.failures},
                              {"indeterminate", cell.indeterminate}};
    }
  }
  return json;
}

}  // namespace

std::string suite_json(const SuiteSummary& summary) {
  Json json = {{"format", 1},
               {"builds", summary.builds},
               {"totals", totals_json(summary)},
               {"scenarios", Json::object()},
               {"clusters", Json::array()},
               {"functions", Json::object()},
               {"faults", faults_json(summary)},
               {"faults_impossible", summary.faults_impossible},
               {"first_writes", first_writes_json(summary.first_writes)},
               {"matrix", matrix_json(summary)},
               {"probes", probes_json(summary)},
               {"probes_never_reached", summary.probes_never_reached()},
               {"slowest", Json::array()},
               {"notes", summary.notes}};
  for (const auto& [name, counts] : summary.scenarios) {
    json["scenarios"][name] = verdicts_json(counts);
  }
  for (const Cluster& cluster : summary.clusters) json["clusters"].push_back(cluster_json(cluster));
  for (const auto& [name, counts] : summary.functions) {
    json["functions"][name] = outcomes_json(counts);
  }
  for (const SeedLine* line : summary.slowest(10)) json["slowest"].push_back(line_json(*line));
  return dumped(json, 1) + "\n";
}

}  // namespace plumbline::reports
