#include "checker/verdict/render.h"

#include <algorithm>
#include <vector>

#include "checker/history/text.h"
#include "checker/verdict/wrap.h"

namespace plumbline::checker {
namespace {

constexpr std::size_t kUndecidedShown = 6;
constexpr std::size_t kOrdersShown = 12;

struct Row {
  std::string index, client, called, returned, call, answer;
};

void pad(std::string& text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
}

std::size_t widest(const std::vector<Row>& rows, std::string Row::*column) {
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, (row.*column).size());
  return width;
}

std::string laid_out(std::vector<Row> rows) {
  for (auto column : {&Row::index, &Row::client, &Row::called, &Row::returned, &Row::call}) {
    const std::size_t width = widest(rows, column);
    for (Row& row : rows) pad(row.*column, width);
  }
  std::string out;
  for (const Row& row : rows) {
    out += "    " + row.index + "  " + row.client + "  " + row.called + " to " + row.returned +
           "  " + row.call + "  " + row.answer + "\n";
  }
  return out;
}

std::string witness_table(const std::vector<std::uint64_t>& witness, const History& history) {
  std::vector<std::int64_t> times;
  std::vector<Row> rows;
  std::vector<const Operation*> operations;
  for (const std::uint64_t index : witness) {
    if (index >= history.operations.size()) continue;
    operations.push_back(&history.operations[index]);
    times.insert(times.end(), {operations.back()->invoked_at, operations.back()->returned_at});
    rows.push_back({"#" + std::to_string(index), "", "", "", "", ""});
  }
  const TimeText time(times);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Operation& op = *operations[i];
    rows[i].client = "c" + std::to_string(op.process);
    rows[i].called = time(op.invoked_at);
    rows[i].returned = time(op.returned_at);
    rows[i].call = call_text(op);
    rows[i].answer = "-> " + answer_text(op);
    if (!op.note().empty()) rows[i].answer += " (" + op.note() + ")";
  }
  return laid_out(std::move(rows));
}

std::string argument_text(const Report& report) {
  std::string out;
  for (const std::string& line : report.argument) out += wrapped(line, 4, 4);
  return out;
}

std::string numbers_text(const OrderTried& tried) {
  std::string out;
  for (const std::uint64_t index : tried.order) {
    out += (out.empty() ? "#" : " #") + std::to_string(index);
  }
  return tried.stands_for > 1 ? out + " ..." : out;
}

std::string failure_text(const OrderTried& tried) {
  std::string out;
  if (tried.fails_at < tried.order.size()) {
    out = "#" + std::to_string(tried.order[tried.fails_at]) + ": ";
  }
  out += tried.why;
  if (tried.stands_for < 2) return out;
  return out + " (" + std::to_string(tried.stands_for) + " orders begin so)";
}

std::string orders_text(const std::vector<OrderTried>& orders) {
  const std::size_t shown = std::min(orders.size(), kOrdersShown);
  std::size_t width = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    width = std::max(width, numbers_text(orders[i]).size());
  }
  std::string out = "    every order that agrees with real time, and what breaks it:\n";
  for (std::size_t i = 0; i < shown; ++i) {
    std::string line = numbers_text(orders[i]);
    pad(line, width);
    out += wrapped("  " + line + "   " + failure_text(orders[i]), 4, width + 3);
  }
  if (shown == orders.size()) return out;
  return out + "      and " + std::to_string(orders.size() - shown) + " more\n";
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string consistency_text(const Report& report) {
  std::string out;
  if (!report.ruled_out.empty()) out = "ruled out: " + listed(report.ruled_out);
  if (!report.still_possible.empty()) {
    out += (out.empty() ? "" : "; ") + ("still possible: " + listed(report.still_possible));
  }
  return out.empty() ? out : wrapped(out, 4, 2);
}

std::string topic_text(const Report& report) {
  if (report.topic.empty()) return "";
  return "    what that means: plumbline explain " + report.topic + "\n";
}

std::string undecided_text(const Report& report) {
  std::string out = "    undecided operations:";
  for (std::size_t i = 0; i < report.undecided.size() && i < kUndecidedShown; ++i) {
    out += " #" + std::to_string(report.undecided[i]);
  }
  if (report.undecided.size() > kUndecidedShown) {
    out += " and " + std::to_string(report.undecided.size() - kUndecidedShown) + " more";
  }
  return out + "\n";
}

}  // namespace

std::string render_text(const Report& report, const History& history) {
  std::string out = "  ";
  out += name_of(report.verdict);
  out += "  " + report.property;
  if (!report.key.empty()) out += " of key " + report.key;
  out += " (" + std::to_string(report.steps) + " steps)\n";
  if (!report.sentence.empty()) out += wrapped(report.sentence, 4);
  if (!report.witness.empty()) out += witness_table(report.witness, history);
  out += argument_text(report);
  if (!report.orders.empty()) out += orders_text(report.orders);
  out += consistency_text(report);
  if (!report.undecided.empty()) out += undecided_text(report);
  return out + topic_text(report);
}

std::string render_text(const CheckResult& result, const History& history) {
  std::string out(name_of(result.verdict));
  out += ": " + std::to_string(result.operations) + " operations on " +
         std::to_string(result.keys) + (result.keys == 1 ? " key" : " keys");
  if (!result.model.empty()) out += ", model " + result.model;
  out += "\n";
  for (const Report& report : result.reports) out += render_text(report, history);
  return out;
}

}  // namespace plumbline::checker
