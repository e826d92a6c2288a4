#include <fmt/format.h>

#include "reports/suite_formats.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

constexpr std::size_t kBytesMax = 900 * 1024;
constexpr std::size_t kClusters = 50;
constexpr std::size_t kTextMax = 500;

std::string cell(std::string_view value) { return markdown(shortened(value, kTextMax)); }

// A fence longer than any run of backticks in the command, so that the command cannot leave it.
std::string fenced(std::string_view command) {
  const std::string text = plain(command);
  std::string fence = "```";
  while (text.find(fence) != std::string::npos) fence += '`';
  return fence + "\n" + text + "\n" + fence + "\n";
}

std::string headline(const SuiteSummary& summary) {
  return fmt::format("{}, {:.2f} simulated hours, {:.1f} seeds per processor second\n\n",
                     counted(summary.total(), "seed"), summary.virtual_hours(),
                     summary.seeds_per_cpu_second());
}

std::string verdict_table(const SuiteSummary& summary) {
  std::string out = "| scenario |";
  for (const SeedVerdict verdict : kAllSeedVerdicts) {
    out += fmt::format(" {} {} |", look_of(verdict).icon, look_of(verdict).name);
  }
  out += "\n|---|--:|--:|--:|--:|--:|--:|--:|\n";
  const auto row = [&out](std::string_view name, const VerdictCounts& counts) {
    out += fmt::format("| {} |", name);
    for (const std::uint64_t count : counts) out += fmt::format(" {} |", with_commas(count));
    out += '\n';
  };
  for (const auto& [name, counts] : summary.scenarios) row(cell(name), counts);
  row("**all**", summary.verdicts);
  return out + "\n";
}

std::string cluster_text(const Cluster& cluster) {
  const VerdictLook& look = look_of(cluster.verdict);
  std::string out =
      fmt::format("### {} {}: {} ({})\n\n{}\n\n", look.icon, look.word, cell(cluster.shape()),
                  counted(cluster.count, "seed"), cell(cluster.sentence));
  if (!cluster.first().replay.empty()) out += fenced(cluster.first().replay) + "\n";
  return out;
}

std::string clusters(const SuiteSummary& summary) {
  std::string out;
  std::size_t told = 0;
  for (const Cluster& cluster : summary.clusters) {
    std::string text = cluster_text(cluster);
    if (told == kClusters || out.size() + text.size() > kBytesMax / 2) break;
    out += text;
    ++told;
  }
  if (told < summary.clusters.size()) {
    out += fmt::format("... and {} more in suite.html.\n\n", summary.clusters.size() - told);
  }
  return out;
}

std::string function_table(const SuiteSummary& summary) {
  std::string out = "| operation | ok | fail | unknown |\n|---|--:|--:|--:|\n";
  for (const auto& [name, counts] : summary.functions) {
    out += fmt::format("| {} | {} | {} | {} |\n", cell(name), with_commas(counts.ok),
                       with_commas(counts.fail), with_commas(counts.unknown));
  }
  return out + "\n";
}

std::string first_write_table(const SuiteSummary& summary) {
  const std::vector<FirstWriteRow> rows = first_write_rows(summary.first_writes);
  if (rows.empty()) return {};
  std::string out = "First successful write called after a fault:\n\n| fault |";
  std::string line = "|---|";
  for (const std::string& heading : first_write_headings()) {
    out += " " + heading + " |";
    line += "--:|";
  }
  out += "\n" + line + "\n";
  for (const FirstWriteRow& row : rows) {
    out += "| " + cell(row.kind) + " |";
    for (const std::string& number : row.cells) out += " " + number + " |";
    out += "\n";
  }
  return out + "\n";
}

std::string probe_list(const SuiteSummary& summary) {
  const auto never = summary.probes_never_reached();
  std::string out = fmt::format("{} of {} probes reached.", summary.probes.size() - never.size(),
                                summary.probes.size());
  if (!never.empty()) out += " Never reached:";
  for (const std::string& name : never) {
    if (out.size() > 10'000) return out + " ...\n";
    out += " " + cell(name) + (summary.probes.at(name).required ? " (required);" : ";");
  }
  return out + "\n";
}

}  // namespace

std::string suite_markdown(const SuiteSummary& summary) {
  std::string out = "## Plumbline\n\n" + headline(summary);
  for (std::size_t i = 0; i < summary.notes.size() && i < 20; ++i) {
    out += "> Note: " + cell(summary.notes[i]) + "\n\n";
  }
  out += verdict_table(summary) + clusters(summary);
  if (!summary.functions.empty()) out += function_table(summary);
  out += first_write_table(summary) + probe_list(summary);
  if (out.size() <= kBytesMax) return out;
  // Thousands of scenarios: the totals and the failures are what must not be lost.
  return "## Plumbline\n\n" + headline(summary) + clusters(summary);
}

}  // namespace plumbline::reports
