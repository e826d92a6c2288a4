#include "tests/checker/txn/notation.h"

#include <cctype>
#include <set>
#include <sstream>

#include "checker/history/text.h"

namespace plumbline::checker {
namespace {

constexpr std::int64_t kMs = 1'000'000;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

Value list_of_digits(std::string_view digits) {
  Value::List list;
  for (const char digit : digits) list.emplace_back(digit - '0');
  return Value(std::move(list));
}

Value read_value(std::string_view text) {
  if (text.empty() || text[0] != '=') return list_of_digits(text);
  return text == "=nil" ? Value() : Value(text[1] - '0');
}

void set_times(Operation& op, const std::string& word) {
  const std::size_t dash = word.find('-');
  op.invoked_at = std::stoll(word.substr(0, dash)) * kMs;
  const std::string end = word.substr(dash + 1);
  op.returned_at = end.empty() ? kNever : std::stoll(end) * kMs;
}

void add_step(Operation& op, const std::string& word) {
  const Value key(word.substr(1, 1));
  const std::string rest = word.substr(2);
  if (word[0] == 'r') {
    op.arguments = [&] {
      Value::List steps(op.arguments.begin(), op.arguments.end());
      steps.push_back(Value(Value::List{"r", key, Value()}));
      return steps;
    }();
  }
  const Value step = word[0] == 'r'
                         ? Value(Value::List{"r", key, read_value(rest)})
                         : Value(Value::List{word[0] == 'a' ? "append" : "w", key,
                                             rest == "=" ? Value() : Value(rest[0] - '0')});
  Value::List results(op.results.begin(), op.results.end());
  results.push_back(step);
  op.results = results;
  if (word[0] == 'r') return;
  Value::List arguments(op.arguments.begin(), op.arguments.end());
  arguments.push_back(step);
  op.arguments = arguments;
}

Operation transaction(const std::string& row, std::int64_t process) {
  Operation op;
  op.process = process;
  op.function = Function::kTxn;
  op.outcome = Outcome::kOk;
  op.returned_at = 1000 * kMs;
  std::istringstream words(row);
  for (std::string word; words >> word;) {
    if (word == "!") {
      op.outcome = Outcome::kFail;
    } else if (word == "?") {
      op.outcome = Outcome::kUnknown;
    } else if (word[0] == 'c') {
      op.process = std::stoll(word.substr(1));
    } else if (word[0] == '@') {
      op.revision = std::stoll(word.substr(1));
    } else if (is_digit(word[0])) {
      set_times(op, word);
    } else {
      add_step(op, word);
    }
  }
  if (op.outcome != Outcome::kOk) op.results.clear();
  return op;
}

}  // namespace

History txns(const std::vector<std::string>& rows) {
  History history;
  for (const std::string& row : rows) {
    const auto own_process = 100 + static_cast<std::int64_t>(history.operations.size());
    history.operations.push_back(transaction(row, own_process));
  }
  return history;
}

std::string topics(const std::vector<Report>& reports) {
  std::set<std::string> all;
  for (const Report& report : reports) {
    if (report.verdict == Verdict::kUnknown) all.insert("undecided");
    if (report.verdict == Verdict::kInvalid) all.insert(report.topic);
    if (report.verdict != Verdict::kValid) continue;
    for (const std::string& line : report.argument) all.insert(line.substr(0, line.find(',')));
  }
  std::string out;
  for (const std::string& topic : all) out += (out.empty() ? "" : " ") + topic;
  return out;
}

std::string shown(const History& history) {
  std::string out;
  for (const Operation& op : history.operations) {
    out += "c" + std::to_string(op.process) + " " + std::to_string(op.invoked_at) + "-" +
           (op.returned_at == kNever ? "" : std::to_string(op.returned_at)) + " " + call_text(op) +
           " -> " + answer_text(op) + "\n";
  }
  return out;
}

}  // namespace plumbline::checker
