#include "reports/operation_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checker/history/text.h"
#include "reports/operation_text.h"
#include "reports/text.h"
#include "reports/witness_figure.h"

namespace plumbline::reports {
namespace {

using checker::Operation;

constexpr std::size_t kCellMax = 300;
constexpr std::size_t kWitnessRowsMax = 100;

std::string answer_cell(const Operation& op) {
  const std::string answer = cell(checker::answer_text(op));
  if (op.note().empty()) return answer;
  return answer + " <span class=\"dim\">" + cell(op.note().str()) + "</span>";
}

}  // namespace

std::string cell(std::string_view value) { return markup(shortened(value, kCellMax)); }

std::vector<Column> operation_columns() {
  return {{"#", true},       {"", false},   {"called, s", true}, {"returned, s", true},
          {"client → node"}, {"operation"}, {"outcome"},         {"answer"}};
}

std::vector<std::string> operation_cells(const Operation& op, std::uint64_t index,
                                         std::string_view mark) {
  const bool ended = op.returned_at != checker::kNever;
  return {with_commas(index),
          std::string(mark),
          seconds_number(op.invoked_at, 6),
          ended ? seconds_number(op.returned_at, 6) : "never",
          cell(served_by(op)),
          cell(checker::call_text(op)),
          std::string(checker::name_of(op.outcome)),
          answer_cell(op)};
}

std::string operation_counts(const checker::History& history) {
  std::array<std::uint64_t, 3> counts{};
  for (const Operation& op : history.operations) ++counts[static_cast<std::size_t>(op.outcome)];
  return fmt::format("{}: {} ok, {} failed, {} unknown", with_commas(history.operations.size()),
                     with_commas(counts[0]), with_commas(counts[1]), with_commas(counts[2]));
}

std::string witness_table(const checker::History& history,
                          const std::vector<std::uint64_t>& witness) {
  Table table("Witness", operation_columns());
  const std::size_t shown = std::min(witness.size(), kWitnessRowsMax);
  for (std::size_t i = 0; i < shown; ++i) {
    table.row(operation_cells(history.operations[witness[i]], witness[i], "▶"));
  }
  std::string html = fmt::format(
      "<p>{} to show it:</p>\n",
      witness.size() == 1 ? "This one operation suffices"
                          : fmt::format("These {} suffice", counted(witness.size(), "operation")));
  if (shown < witness.size()) {
    html += banner(
        fmt::format("The first {} of {} are listed.", shown, counted(witness.size(), "operation")));
  }
  return html + std::move(table).finish();
}

std::string witness_drawn(const checker::History& history,
                          const std::vector<std::uint64_t>& witness,
                          std::optional<std::uint64_t> broken) {
  std::string html =
      "<h3>In the order of calls and returns (not to scale)</h3>\n<div class=\"scroll\" "
      "tabindex=\"0\" role=\"region\" aria-label=\"Figure of the witness\">\n" +
      witness_figure(history, witness, broken) + "</div>\n";
  if (witness.size() <= kWitnessFigureMax) return html;
  return html + fmt::format("<p class=\"dim\">The first {} of {} are drawn.</p>\n",
                            kWitnessFigureMax, counted(witness.size(), "operation"));
}

}  // namespace plumbline::reports
