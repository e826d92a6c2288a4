#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/page.h"
#include "reports/suite_formats.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

constexpr std::size_t kClustersMax = 200;
constexpr std::size_t kSlowest = 20;

SeedVerdict worst_of(const SuiteSummary& summary) {
  for (const SeedVerdict verdict : kAllSeedVerdicts) {
    if (count_of(summary.verdicts, verdict) > 0) return verdict;
  }
  return SeedVerdict::kIndeterminate;
}

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string headline(const SuiteSummary& summary) {
  if (summary.total() == 0) return "Nothing ran";
  std::uint64_t failures = 0;
  for (const SeedVerdict verdict : kAllSeedVerdicts) {
    if (is_failure(verdict)) failures += count_of(summary.verdicts, verdict);
  }
  if (failures == 0) return fmt::format("no failure in {}", counted(summary.total(), "seed"));
  return fmt::format("{} of {} failed, in {}", with_commas(failures),
                     counted(summary.total(), "seed"), counted(summary.clusters.size(), "cluster"));
}

std::string strip(const SuiteSummary& summary) {
  const SeedVerdict worst = worst_of(summary);
  const OutcomeCounts& ops = summary.operations;
  std::string html =
      fmt::format("<div class=\"strip {}\">\n<h1>{} {}</h1>\n<dl class=\"facts\">\n",
                  look_of(worst).name, verdict_badge(worst), markup(headline(summary)));
  for (const SeedVerdict verdict : kAllSeedVerdicts) {
    const VerdictLook& look = look_of(verdict);
    html += fact(fmt::format("{} {}", look.icon, look.name),
                 with_commas(count_of(summary.verdicts, verdict)));
  }
  html += fact("simulated hours", fmt::format("{:.2f}", summary.virtual_hours()));
  html += fact("seeds per processor second", fmt::format("{:.1f}", summary.seeds_per_cpu_second()));
  html += fact("events", with_commas(summary.events));
  html += fact("operations",
               fmt::format("{}: {} ok, {} failed, {} unknown", with_commas(ops.total()),
                           percent_text(ops.ok, ops.total()), percent_text(ops.fail, ops.total()),
                           percent_text(ops.unknown, ops.total())));
  return html + fact("build", joined(summary.builds)) + "</dl>\n</div>\n";
}

// A run directory as a relative link, or nothing for a name that could lead anywhere else: the page
// may have come from another machine.
std::string link_to(const SeedLine& line) {
  const std::string seed = seed_text(line.seed);
  const bool safe = line.run.starts_with("runs/") && line.run.find("..") == std::string::npos;
  if (!safe) return markup(seed);
  std::string path;
  for (const char c : line.run) {
    const bool plain_character = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                                 c == '/';
    path +=
        plain_character ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return fmt::format("<a href=\"{}/report.html\">{}</a>", path, seed);
}

std::string cluster_html(const Cluster& cluster) {
  std::string html = fmt::format(
      "<div class=\"strip {}\">\n<h3>{} {}: {}</h3>\n<p>{}</p>\n", look_of(cluster.verdict).name,
      verdict_badge(cluster.verdict), markup(shortened(cluster.shape(), 200)),
      counted(cluster.count, "seed"), markup(shortened(cluster.sentence, 2000)));
  html += command_box(cluster.first().replay) + "<p>Seeds:";
  const char* before = "";
  for (const SeedLine& line : cluster.examples) {
    html += fmt::format("{} {} of {}", before, link_to(line), markup(line.scenario));
    before = ";";
  }
  const std::uint64_t more = cluster.count - std::min(cluster.count, cluster.examples.size());
  if (more > 0) html += fmt::format(" and {} more", with_commas(more));
  return html + "</p>\n</div>\n";
}

std::string clusters(const SuiteSummary& summary) {
  if (summary.clusters.empty()) return section("failures", "Failures", "<p>None.</p>\n");
  std::string html;
  for (std::size_t i = 0; i < summary.clusters.size() && i < kClustersMax; ++i) {
    html += cluster_html(summary.clusters[i]);
  }
  if (summary.clusters.size() > kClustersMax) {
    html += banner(
        fmt::format("{} more clusters are in suite.json", summary.clusters.size() - kClustersMax));
  }
  return section("failures", "Failures, by what they have in common", html);
}

std::string scenario_table(const SuiteSummary& summary) {
  std::vector<Column> columns = {{"scenario"}, {"seeds", true}};
  for (const SeedVerdict verdict : kAllSeedVerdicts)
    columns.push_back({look_of(verdict).name, true});
  Table table("Verdicts by scenario", columns);
  for (const auto& [name, counts] : summary.scenarios) {
    std::vector<std::string> cells = {markup(name), with_commas(total_of(counts))};
    for (const std::uint64_t count : counts) cells.push_back(with_commas(count));
    table.row(cells);
  }
  return section("scenarios", "Scenarios", std::move(table).finish());
}

std::string matrix_cell(const MatrixCell& cell) {
  std::string html = with_commas(cell.seeds);
  if (cell.failures > 0) html += fmt::format(" <b>✖ {}</b>", with_commas(cell.failures));
  if (cell.indeterminate > 0) html += fmt::format(" ? {}", with_commas(cell.indeterminate));
  return html;
}

// A kind per row, because there are many kinds and few scenarios.
std::string matrix(const SuiteSummary& summary) {
  std::set<std::string> kinds;
  for (const auto& [scenario, row] : summary.matrix) {
    for (const auto& [kind, cell] : row) kinds.insert(kind);
  }
  std::vector<Column> columns = {{"fault that struck"}};
  for (const auto& [scenario, row] : summary.matrix) columns.push_back({scenario, true});
  Table table("Seeds by scenario and fault kind (✖ failed, ? indeterminate)", columns);
  for (const std::string& kind : kinds) {
    std::vector<std::string> cells = {markup(kind)};
    for (const auto& [scenario, row] : summary.matrix) {
      const auto found = row.find(kind);
      cells.push_back(found == row.end() ? "-" : matrix_cell(found->second));
    }
    table.row(cells);
  }
  return section("matrix", "Scenario and fault kind", std::move(table).finish());
}

std::string functions(const SuiteSummary& summary) {
  Table table(
      "Operations by outcome",
      {{"operation"}, {"ok", true}, {"failed", true}, {"unknown", true}, {"share ok", true}, {""}});
  for (const auto& [name, counts] : summary.functions) {
    table.row({markup(name), with_commas(counts.ok), with_commas(counts.fail),
               with_commas(counts.unknown), percent_text(counts.ok, counts.total()),
               counts.ok == 0 ? "<b>⚠ never succeeded</b>" : ""});
  }
  return section("operations", "Operations", std::move(table).finish());
}

std::string faults(const SuiteSummary& summary) {
  Table table("Faults", {{"kind"}, {"drawn", true}, {"struck", true}, {"seeds", true}, {""}});
  for (const auto& [kind, counts] : summary.faults) {
    std::string remark;
    if (counts.struck == 0) remark = "<b>⚠ never struck</b>";
    if (summary.faults_impossible.contains(kind)) remark += " not possible in some clusters";
    table.row({markup(kind), with_commas(counts.drawn), with_commas(counts.struck),
               with_commas(counts.seeds_struck), remark});
  }
  for (const std::string& kind : summary.faults_impossible) {
    if (!summary.faults.contains(kind)) table.row({markup(kind), "-", "-", "-", "not possible"});
  }
  return section("faults", "Faults", std::move(table).finish());
}

std::string first_writes(const SuiteSummary& summary) {
  std::vector<Column> columns = {{"fault"}, {"since"}};
  const std::vector<std::string>& headings = first_write_headings();
  for (std::size_t i = 1; i < headings.size(); ++i) columns.push_back({headings[i], true});
  Table table("Time from a fault to the success of the first write called since", columns);
  for (const FirstWriteRow& row : first_write_rows(summary.first_writes)) {
    std::vector<std::string> cells = {markup(row.kind)};
    cells.insert(cells.end(), row.cells.begin(), row.cells.end());
    table.row(cells);
  }
  return section("first-writes", "First write after each fault", std::move(table).finish());
}

std::string probes(const SuiteSummary& summary) {
  const auto never = summary.probes_never_reached();
  std::string html = fmt::format("<p>{} of {} rare branches were reached.</p>\n",
                                 summary.probes.size() - never.size(), summary.probes.size());
  Table table("Rare branches", {{"branch"}, {"times", true}, {"seeds", true}, {""}},
              Table::Filter::kBox);
  const auto row = [&](const std::string& name, const ProbeCounts& counts) {
    const bool missed = counts.hits == 0;
    table.row({markup(name), with_commas(counts.hits), with_commas(counts.seeds),
               !missed           ? ""
               : counts.required ? "<b>⚠ never reached, required</b>"
                                 : "⚠ never reached"},
              missed ? "hit" : "");
  };
  for (const std::string& name : never) row(name, summary.probes.at(name));
  for (const auto& [name, counts] : summary.probes) {
    if (counts.hits > 0) row(name, counts);
  }
  return section("probes", "Rare branches", html + std::move(table).finish());
}

std::string slowest(const SuiteSummary& summary) {
  Table table("Seeds by processor time", {{"scenario"},
                                          {"seed"},
                                          {"verdict"},
                                          {"processor ms", true},
                                          {"simulated s", true},
                                          {"events", true}});
  for (const SeedLine* line : summary.slowest(kSlowest)) {
    table.row({markup(line->scenario), seed_text(line->seed),
               std::string(look_of(line->verdict).name),
               fmt::format("{:.1f}", static_cast<double>(line->cpu_us) / 1000.0),
               fmt::format("{:.1f}", static_cast<double>(line->virtual_ms) / 1000.0),
               with_commas(line->events)});
  }
  return section("slowest", "Slowest seeds", std::move(table).finish());
}

}  // namespace

std::string suite_page(const SuiteSummary& summary) {
  std::string body = strip(summary);
  for (const std::string& note : summary.notes) body += banner(note);
  body += clusters(summary) + scenario_table(summary) + matrix(summary) + functions(summary) +
          faults(summary) + first_writes(summary) + probes(summary) + slowest(summary);
  return whole_page("Plumbline: " + headline(summary), body);
}

}  // namespace plumbline::reports
