#include "reports/check_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "reports/operation_table.h"
#include "reports/page.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

using checker::History;
using checker::Report;
using checker::Verdict;

constexpr std::size_t kFindingRowsMax = 100;
constexpr std::size_t kCheckRowsMax = 100;
constexpr std::size_t kKeyRowsMax = 100;

std::string verdict_cell(Verdict verdict) {
  constexpr std::array<std::string_view, 3> kIcons = {"✔", "?", "✖"};
  return fmt::format("<span class=\"nowrap\"><span aria-hidden=\"true\">{}</span> {}</span>",
                     kIcons[static_cast<std::size_t>(verdict)], name_of(verdict));
}

// ---- keys ----

struct KeyRow {
  std::string_view key;
  std::array<std::uint64_t, 3> outcomes{};
  Verdict verdict = Verdict::kValid;

  std::uint64_t operations() const { return outcomes[0] + outcomes[1] + outcomes[2]; }
};

struct KeyRows {
  std::vector<KeyRow> rows;  // The worst first.
  // Whether something was found that belongs to no row: about several keys, or about one within
  // transactions.
  bool more_found = false;
};

KeyRows key_rows(const checker::CheckResult& result, const History& history) {
  KeyRows keys;
  std::vector<KeyRow>& rows = keys.rows;
  std::unordered_map<std::string_view, std::size_t> at;  // Looked up only; never walked.
  for (const checker::Operation& op : history.operations) {
    const auto [known, fresh] = at.try_emplace(op.key, rows.size());
    if (fresh) rows.push_back({op.key, {}, Verdict::kValid});
    ++rows[known->second].outcomes[static_cast<std::size_t>(op.outcome)];
  }
  for (const Report& report : result.reports) {
    const auto known = at.find(report.key);
    if (report.key.empty() || known == at.end()) {
      keys.more_found |= report.verdict != Verdict::kValid;
      continue;
    }
    Verdict& verdict = rows[known->second].verdict;
    verdict = merge(verdict, report.verdict);
  }
  std::sort(rows.begin(), rows.end(), [](const KeyRow& a, const KeyRow& b) {
    return std::make_tuple(b.verdict, a.key) < std::make_tuple(a.verdict, b.key);
  });
  return keys;
}

}  // namespace

std::string findings_table(const std::vector<Report>& findings, std::size_t in_full) {
  const std::size_t shown = std::min(findings.size(), kFindingRowsMax);
  Table table("Findings, the worst first",
              {{"", true}, {"verdict"}, {"property"}, {"key"}, {"anomaly"}, {"why"}});
  for (std::size_t i = 0; i < shown; ++i) {
    const Report& report = findings[i];
    std::string number = std::to_string(i + 1);
    if (i == 0) number = "<a href=\"#verdict\">1</a>";
    if (i > 0 && i < in_full) number = fmt::format("<a href=\"#finding-{0}\">{0}</a>", i + 1);
    table.row({number, verdict_cell(report.verdict), cell(report.property), cell(report.key),
               cell(report.topic), cell(report.sentence)});
  }
  const std::string html = std::move(table).finish();
  if (shown == findings.size()) return html;
  return banner(fmt::format("{} of {} are listed.", shown, counted(findings.size(), "finding"))) +
         html;
}

std::string checks_section(const checker::CheckResult& result) {
  // One row per property and verdict: a history of many keys has many reports on one property.
  struct Sum {
    std::uint64_t reports = 0;
    std::uint64_t steps = 0;
    std::uint64_t undecided = 0;
  };
  std::map<std::pair<std::string_view, Verdict>, Sum> sums;
  for (const Report& report : result.reports) {
    Sum& sum = sums[{report.property, report.verdict}];
    ++sum.reports;
    sum.steps += report.steps;
    sum.undecided += report.undecided.size();
  }
  Table table("Checks", {{"property"},
                         {"verdict"},
                         {"reports", true},
                         {"steps", true},
                         {"undecided operations", true}});
  std::size_t rows = 0;
  for (const auto& [name, sum] : sums) {
    if (++rows > kCheckRowsMax) break;
    table.row({cell(name.first), verdict_cell(name.second), with_commas(sum.reports),
               with_commas(sum.steps), with_commas(sum.undecided)});
  }
  return section("checks", "What was checked",
                 "<p class=\"dim\">Budgets are counted in steps, so a verdict is the same on every "
                 "machine.</p>\n" +
                     std::move(table).finish());
}

std::string keys_section(const checker::CheckResult& result, const History& history) {
  if (history.operations.empty()) return "";
  const KeyRows keys = key_rows(result, history);
  const std::vector<KeyRow>& rows = keys.rows;
  const std::size_t shown = std::min(rows.size(), kKeyRowsMax);
  Table table("Keys", {{"key"},
                       {"operations", true},
                       {"ok", true},
                       {"failed", true},
                       {"unknown", true},
                       {"verdict"}});
  for (std::size_t i = 0; i < shown; ++i) {
    const KeyRow& row = rows[i];
    const bool open = keys.more_found && row.verdict == Verdict::kValid;
    table.row({row.key.empty() ? "<span class=\"dim\">the whole store</span>" : cell(row.key),
               with_commas(row.operations()), with_commas(row.outcomes[0]),
               with_commas(row.outcomes[1]), with_commas(row.outcomes[2]),
               open ? "nothing of its own" : verdict_cell(row.verdict)});
  }
  std::string html;
  if (shown < rows.size()) {
    html += banner(
        fmt::format("{} of {} are listed, the worst first.", shown, counted(rows.size(), "key")));
  }
  return section("keys", "Keys", html + std::move(table).finish());
}

}  // namespace plumbline::reports
