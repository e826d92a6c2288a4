#include "reports/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/operation_table.h"
#include "reports/operation_text.h"
#include "reports/page.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

using checker::History;
using checker::OrderTried;
using checker::Report;

constexpr std::size_t kArgumentLinesMax = 60;
constexpr std::size_t kLineMax = 4'000;
constexpr std::size_t kOrdersOpen = 12;

void drop_strangers(std::vector<std::uint64_t>& indices, const History& history) {
  std::erase_if(indices, [&](std::uint64_t index) { return index >= history.operations.size(); });
}

std::string argument(const Report& report) {
  if (report.argument.empty()) return "";
  std::string html = "<div>\n<h3>The proof</h3>\n<ol class=\"proof\">\n";
  const std::size_t shown = std::min(report.argument.size(), kArgumentLinesMax);
  for (std::size_t i = 0; i < shown; ++i) {
    html += "<li>" + markup(shortened(report.argument[i], kLineMax)) + "\n";
  }
  html += "</ol>\n";
  if (shown < report.argument.size()) {
    html += fmt::format("<p class=\"dim\">and {} more.</p>\n",
                        counted(report.argument.size() - shown, "line"));
  }
  return html + "</div>\n";
}

// "#1 → #2 → ✖ #3", and how many orders begin so if there are several.
std::string order_cell(const OrderTried& tried) {
  std::string html;
  for (std::size_t i = 0; i < tried.order.size(); ++i) {
    if (i > 0) html += " → ";
    html += i == tried.fails_at ? fmt::format("<b class=\"nowrap\">✖ #{}</b>", tried.order[i])
                                : fmt::format("#{}", tried.order[i]);
  }
  if (tried.stands_for == 1) return html;
  return html +
         fmt::format(" … <span class=\"dim\">({})</span>", counted(tried.stands_for, "order"));
}

std::string orders_rows(const History& history, const std::vector<OrderTried>& orders,
                        std::size_t from, std::size_t to, std::string_view caption) {
  Table table(caption, {{"order"}, {"first that is wrong"}, {"why"}});
  for (std::size_t i = from; i < to; ++i) {
    const OrderTried& tried = orders[i];
    table.row({order_cell(tried), cell(short_text(history.operations[tried.order[tried.fails_at]])),
               cell(tried.why)});
  }
  return std::move(table).finish();
}

std::string orders_table(const History& history, const Report& report) {
  const std::vector<OrderTried>& orders = report.orders;
  if (orders.empty()) return "";
  std::uint64_t all = 0;
  for (const OrderTried& tried : orders) all += tried.stands_for;
  const std::string count = counted(all, "order");
  std::string html =
      fmt::format("<div>\n<h3>{}</h3>\n", all == 1 ? "The only order that agrees with real time"
                                                   : "Every order that agrees with real time");
  const std::size_t open = std::min(orders.size(), kOrdersOpen);
  html += orders_rows(history, orders, 0, open,
                      all == 1 ? "It is wrong" : "All " + count + " are wrong");
  if (open < orders.size()) {
    html += fmt::format("<details><summary>{} more</summary>\n", orders.size() - open) +
            orders_rows(history, orders, open, orders.size(), "The others") + "</details>\n";
  }
  return html + "</div>\n";
}

}  // namespace

Report fitted(Report report, const History& history) {
  drop_strangers(report.witness, history);
  drop_strangers(report.undecided, history);
  std::erase_if(report.orders, [&](const checker::OrderTried& tried) {
    const auto stranger = [&](std::uint64_t index) { return index >= history.operations.size(); };
    return tried.fails_at >= tried.order.size() ||
           std::any_of(tried.order.begin(), tried.order.end(), stranger);
  });
  return report;
}

// The operation at which each order breaks, if it is one and the same.
std::optional<std::uint64_t> broken_in_all(const Report& report) {
  std::optional<std::uint64_t> broken;
  for (const checker::OrderTried& tried : report.orders) {
    const std::uint64_t index = tried.order[tried.fails_at];
    if (broken && *broken != index) return std::nullopt;
    broken = index;
  }
  return broken;
}

std::string argument_and_orders(const History& history, const Report& report) {
  const std::string columns = argument(report) + orders_table(history, report);
  return columns.empty() ? "" : "<div class=\"columns\">\n" + columns + "</div>\n";
}

}  // namespace plumbline::reports
