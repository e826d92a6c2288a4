#include "checker/verdict/render.h"

#include <algorithm>
#include <vector>

#include "checker/history/text.h"

namespace plumbline::checker {
namespace {

constexpr std::size_t kUndecidedShown = 6;

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
  if (!report.sentence.empty()) out += "    " + report.sentence + "\n";
  if (!report.witness.empty()) out += witness_table(report.witness, history);
  if (!report.undecided.empty()) out += undecided_text(report);
  return out;
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
