#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/suite_formats.h"
#include "reports/terminal.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

constexpr std::size_t kNameMax = 28;

constexpr std::size_t kColumnMin = 8;

// A column for what a reader looks for even if there is none of it, and for what there is.
std::vector<SeedVerdict> columns_for(const SuiteSummary& summary) {
  std::vector<SeedVerdict> columns = {SeedVerdict::kPass};
  for (const SeedVerdict verdict : kAllSeedVerdicts) {
    const bool rare = verdict > SeedVerdict::kLiveness && count_of(summary.verdicts, verdict) == 0;
    if (!rare && verdict != SeedVerdict::kPass) columns.push_back(verdict);
  }
  return columns;
}

struct Layout {
  std::vector<SeedVerdict> columns;
  std::size_t name_width = kColumnMin;
  bool colour = false;
};

std::size_t width_of(SeedVerdict verdict) {
  return std::max(look_of(verdict).name.size(), kColumnMin);
}

std::string row(const Layout& layout, std::string_view name, const VerdictCounts& counts) {
  std::string out =
      fmt::format("{:<{}} {:>9}", name, layout.name_width, with_commas(total_of(counts)));
  for (const SeedVerdict verdict : layout.columns) {
    const std::uint64_t count = count_of(counts, verdict);
    const std::string number = fmt::format(" {:>{}}", with_commas(count), width_of(verdict));
    out += coloured(number, verdict, layout.colour && count > 0);
  }
  return out + "\n";
}

std::string header(const Layout& layout) {
  std::string out = fmt::format("{:<{}} {:>9}", "scenario", layout.name_width, "seeds");
  for (const SeedVerdict verdict : layout.columns) {
    out += fmt::format(" {:>{}}", look_of(verdict).name, width_of(verdict));
  }
  return out + "\n";
}

std::string totals(const SuiteSummary& summary) {
  const OutcomeCounts& ops = summary.operations;
  return fmt::format(
      "{}, {:.2f} simulated hours, {:.1f} seeds per processor second\n"
      "{}: {} ok, {} fail, {} unknown; {}\n",
      counted(summary.total(), "seed"), summary.virtual_hours(), summary.seeds_per_cpu_second(),
      counted(ops.total(), "operation"), percent_text(ops.ok, ops.total()),
      percent_text(ops.fail, ops.total()), percent_text(ops.unknown, ops.total()),
      counted(summary.events, "event"));
}

std::string first_writes(const SuiteSummary& summary) {
  const std::vector<FirstWriteRow> rows = first_write_rows(summary.first_writes);
  if (rows.empty()) return {};
  std::string out =
      fmt::format("\n{:<20} {:>6} {:>8} {:>10} {:>9} {:>9}   election timeouts\n",
                  "first write after", "since", "times", "median ms", "p95 ms", "max ms");
  for (const FirstWriteRow& row : rows) {
    const std::vector<std::string>& c = row.cells;
    out += fmt::format("{:<20} {:>6} {:>8} {:>10} {:>9} {:>9}   {:>6} {:>6} {:>6}{}\n",
                       shortened(plain(row.kind), 20), c[0], c[1], c[2], c[3], c[4], c[5], c[6],
                       c[7], c[8].empty() || c[8] == "0" ? "" : "  never " + c[8]);
  }
  return out;
}

std::string cautions(const SuiteSummary& summary) {
  std::string out;
  for (const auto& [name, counts] : summary.functions) {
    if (counts.ok == 0) out += fmt::format("caution: {} never succeeded\n", plain(name));
  }
  if (summary.lacks_probes()) {
    for (const auto& [name, counts] : summary.probes) {
      if (!counts.required || counts.hits > 0) continue;
      out += fmt::format("caution: required probe {} was never reached\n", plain(name));
    }
  }
  for (const std::string& note : summary.notes) out += "note: " + plain(note) + "\n";
  return out;
}

std::string cluster_lines(const Cluster& cluster, bool colour) {
  std::string out = coloured(std::string(look_of(cluster.verdict).word), cluster.verdict, colour) +
                    fmt::format("  {}  {}, first {} of {}\n", plain(cluster.shape()),
                                counted(cluster.count, "seed"), seed_text(cluster.first().seed),
                                plain(cluster.first().scenario));
  if (!cluster.sentence.empty()) out += "  " + plain(cluster.sentence) + "\n";
  if (!cluster.first().replay.empty()) out += "  replay:  " + plain(cluster.first().replay) + "\n";
  return out;
}

}  // namespace

std::string suite_table(const SuiteSummary& summary, const TableOptions& options) {
  Layout layout{.columns = columns_for(summary), .colour = options.colour};
  for (const auto& [name, counts] : summary.scenarios) {
    layout.name_width = std::max(layout.name_width, std::min(plain(name).size(), kNameMax));
  }
  std::string out = header(layout);
  for (const auto& [name, counts] : summary.scenarios) {
    out += row(layout, shortened(name, kNameMax), counts);
  }
  if (summary.scenarios.size() != 1) out += row(layout, "all", summary.verdicts);
  out += "\n" + totals(summary) + first_writes(summary) + cautions(summary);
  for (std::size_t i = 0; i < summary.clusters.size() && i < options.clusters_max; ++i) {
    out += "\n" + cluster_lines(summary.clusters[i], options.colour);
  }
  if (summary.clusters.size() > options.clusters_max) {
    out += fmt::format("\n... and {} more failure clusters in suite.html\n",
                       summary.clusters.size() - options.clusters_max);
  }
  return out;
}

}  // namespace plumbline::reports
