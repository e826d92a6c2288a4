#include "checker/formats/micro.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "checker/history/history_format.h"
#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kMsMax = std::int64_t{1} << 40;  // Some thirty years.
constexpr std::size_t kTextBytesMax = std::size_t{16} << 20;

constexpr std::array<std::pair<std::string_view, Function>, 9> kShort = {{
    {"r", Function::kRead},
    {"w", Function::kWrite},
    {"del", Function::kDelete},
    {"acq", Function::kAcquire},
    {"rel", Function::kRelease},
    {"enq", Function::kEnqueue},
    {"deq", Function::kDequeue},
    {"rem", Function::kRemove},
    {"gen", Function::kGenerate},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_in_word(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; }

std::optional<Function> function_of(std::string_view name) {
  for (const auto& [shorter, function] : kShort) {
    if (shorter == name) return function;
  }
  return function_named(name);
}

// A parser over the text; what is wrong first sticks and ends the text.
class MicroParser {
 public:
  explicit MicroParser(std::string_view text) : text_(text) {}

  History parse() {
    while (!failed()) {
      skip_blank();
      if (at_ == text_.size()) break;
      if (!take(';') && !take('\n')) operation();
    }
    if (appends_) turn_digits_into_lists();
    sort_by_call();
    return std::move(history_);
  }

  bool failed() const { return !reason_.empty(); }
  std::string reason() const {
    return "column " + std::to_string(column_of(fault_at_)) + ": " + reason_;
  }
  std::uint64_t line() const {
    return 1 + static_cast<std::uint64_t>(
                   std::count(text_.begin(), text_.begin() + static_cast<long>(fault_at_), '\n'));
  }

 private:
  void fail(std::string reason) { fail_at(at_, std::move(reason)); }
  void fail_at(std::size_t at, std::string reason) {
    if (failed()) return;
    reason_ = std::move(reason);
    fault_at_ = at;
    at_ = text_.size();
  }

  std::size_t column_of(std::size_t at) const {
    const auto start = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
    return start == std::string_view::npos ? at + 1 : at - start;
  }

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool take(char c) {
    if (at_ == text_.size() || peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(std::string("'") + c + "' must stand here");
  }
  void skip_blank() {
    while (at_ < text_.size()) {
      const char c = peek();
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ' ' || c == '\t' || c == ',' || c == '\r') {
        ++at_;
      } else {
        return;
      }
    }
  }
  bool at_end_of_operation() {
    skip_blank();
    return at_ == text_.size() || peek() == ';' || peek() == '\n';
  }

  std::int64_t integer() {
    std::int64_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc()) {
      fail("an integer of 64 bits must stand here");
      return 0;
    }
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  std::string_view word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_in_word(peek())) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool begins_value() const {
    const char c = peek();
    return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '"' || c == '[';
  }

  Value value(int depth = 0) {
    const char c = peek();
    if (is_digit(c) || c == '-') return integer();
    if (c == '"') return quoted();
    if (c == '[') return list(depth);
    if (!is_letter(c) && c != '_') {
      fail("a value must stand here");
      return {};
    }
    const std::string_view name = word();
    if (name == "nil") return {};
    if (name == "true") return true;
    if (name == "false") return false;
    return Value(name);
  }

  Value quoted() {
    const std::size_t begin = ++at_;
    const auto end = text_.find('"', begin);
    if (end == std::string_view::npos) {
      fail_at(begin - 1, "the quote is not closed");
      return {};
    }
    at_ = end + 1;
    return Value(text_.substr(begin, end - begin));
  }

  Value list(int depth) {
    const std::size_t begin = at_++;
    if (depth == format::kValueDepthMax) {
      fail_at(begin, "lists are nested at most " + std::to_string(depth) + " deep");
    }
    Value::List items;
    for (skip_blank(); !failed() && !take(']'); skip_blank()) {
      if (at_ == text_.size()) {
        fail_at(begin, "the list is not closed");
      } else {
        items.push_back(value(depth + 1));
      }
    }
    return items;
  }

  void operation() {
    Operation op;
    const std::size_t begin = at_;
    if (!take('c') || !is_digit(peek())) {
      return fail_at(begin, "an operation begins with its client: c1");
    }
    op.process = integer();
    skip_blank();
    op.outcome = Outcome::kOk;
    timed_ = false;
    const std::size_t what_at = at_;
    const std::string_view name = word();
    if (peek() == '(') {
      call(op, name, what_at);
    } else {
      at_ = what_at;
      steps(op);
    }
    skip_blank();
    if (take('-')) answer(op);
    while (!failed() && !at_end_of_operation()) addition(op);
    finish(op, begin);
  }

  void call(Operation& op, std::string_view name, std::size_t name_at) {
    const auto function = function_of(name);
    if (!function) return fail_at(name_at, unknown_name("function", name, function_names()));
    op.function = *function;
    expect('(');
    std::vector<Value> arguments;
    for (skip_blank(); !failed() && !take(')'); skip_blank()) arguments.push_back(value());
    op.arguments = arguments;
    if (!fault_of_call(op) || arguments.empty()) return;
    const Value& key = arguments.front();
    op.key = key.is_string() ? std::string(key.text()) : to_text(key);
    op.arguments = std::vector<Value>(arguments.begin() + 1, arguments.end());
    if (auto fault = fault_of_call(op)) fail_at(name_at, *fault);
  }

  void steps(Operation& op) {
    op.function = Function::kTxn;
    std::vector<Value> asked;
    std::vector<Value> told;
    while (!failed() && begins_step()) {
      Value::List step = one_step();
      told.push_back(step);
      if (step[0] == Value("r")) step[2] = Value();
      asked.push_back(std::move(step));
      skip_blank();
    }
    if (asked.empty())
      fail("a function with its arguments, or a step such as ax1, must stand here");
    op.arguments = asked;
    op.results = told;
  }

  bool begins_step() const {
    const char c = peek();
    if ((c != 'a' && c != 'w' && c != 'r') || !is_letter(peek(1))) return false;
    const char next = peek(2);
    return !is_letter(next);
  }

  Value::List one_step() {
    const char what = peek();
    const Value key = text_.substr(at_ + 1, 1);
    at_ += 2;
    Value seen;
    const char c = peek();
    if (c == '[' || c == '"' || is_digit(c) || c == '-') {
      seen = value();
    } else if (!take('_') && what != 'r') {
      fail("a value must stand here");
    }
    appends_ = appends_ || what == 'a';
    return {what == 'a' ? "append" : what == 'w' ? "w" : "r", key, std::move(seen)};
  }

  void answer(Operation& op) {
    expect('>');
    std::vector<Value> results;
    for (skip_blank(); !failed() && begins_value() && !begins_addition(); skip_blank()) {
      results.push_back(value());
    }
    if (results.empty()) fail("a value must stand here");
    op.results = results;
  }

  std::string_view word_ahead() const {
    std::size_t end = at_;
    while (end < text_.size() && is_in_word(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  bool begins_addition() const {
    const std::string_view name = word_ahead();
    if (name == "ok" || name == "fail" || name == "unknown") return true;
    if (peek() == 's' && is_digit(peek(1))) return name.find('.') != std::string_view::npos;
    if (peek() != '[') return false;
    std::size_t at = at_ + 1;
    while (at < text_.size() && is_digit(text_[at])) ++at;
    return at > at_ + 1 && text_.substr(at, 2) == "..";
  }

  void addition(Operation& op) {
    if (peek() == '[') return times(op);
    if (take('@')) {
      op.revision = integer();
      return;
    }
    const std::size_t begin = at_;
    const std::string_view name = word_ahead();
    if (peek() == 's' && is_digit(peek(1))) return session(op);
    at_ += name.size();
    if (name == "ok") return;
    if (name == "fail" || name == "unknown") {
      op.outcome = name == "fail" ? Outcome::kFail : Outcome::kUnknown;
      return;
    }
    fail_at(begin, "times, an outcome, @revision or the next operation must stand here");
  }

  void session(Operation& op) {
    ++at_;
    SessionSequence id;
    id.session = integer();
    expect('.');
    id.sequence = integer();
    op.set_session(id);
  }

  void times(Operation& op) {
    const std::size_t begin = at_++;
    const std::int64_t call = integer();
    expect('.');
    expect('.');
    std::int64_t end = call;
    const bool returned = peek() != ']';
    if (returned) end = integer();
    expect(']');
    if (call < 0 || call > kMsMax || end > kMsMax) fail_at(begin, "times are 0 to 2^40 ms");
    if (end < call) fail_at(begin, "the operation returns before its call");
    if (failed()) return;
    timed_ = true;
    op.invoked_at = call * kMs;
    op.returned_at = returned ? end * kMs : kNever;
    if (!returned) op.outcome = Outcome::kUnknown;
    clock_ = std::max(clock_, end * kMs);
  }

  void finish(Operation& op, std::size_t begin) {
    if (failed()) return;
    if (!timed_) {
      op.invoked_at = clock_ + kMs;
      op.returned_at = clock_ = clock_ + 2 * kMs;
    }
    if (op.outcome != Outcome::kOk) op.results.clear();
    if (auto fault = fault_of(op)) return fail_at(begin, *fault);
    history_.operations.push_back(std::move(op));
  }

  void turn_digits_into_lists() {
    for (Operation& op : history_.operations) {
      if (op.function != Function::kTxn) continue;
      for (Value& step : op.results) {
        Value::List parts = step.list();
        if (parts[0] != Value("r") || !parts[2].is_int() || parts[2].number() < 0) continue;
        Value::List digits;
        for (const char c : std::to_string(parts[2].number())) digits.push_back(c - '0');
        parts[2] = std::move(digits);
        step = std::move(parts);
      }
    }
  }

  // Also finds what only the whole can get wrong, such as two calls of a client at once.
  void sort_by_call() {
    std::vector<std::size_t> order(history_.operations.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto& ops = history_.operations;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return ops[a].invoked_at < ops[b].invoked_at;
    });
    History sorted;
    for (const std::size_t i : order)
      sorted.operations.push_back(std::move(history_.operations[i]));
    history_ = std::move(sorted);
    if (auto fault = fault_of(history_)) fail_at(0, *fault);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string reason_;
  std::size_t fault_at_ = 0;
  History history_;
  std::int64_t clock_ = 0;
  bool timed_ = false;
  bool appends_ = false;
};

}  // namespace

Result<History> parse_micro(std::string_view text, const std::string& file) {
  MicroParser parser(text);
  History history = parser.parse();
  if (!parser.failed()) return history;
  return Problem{Problem::Kind::kMalformed, file, parser.line(), parser.reason()};
}

Status stream_micro(std::istream& in, const std::string& file, const Params&,
                    const TakeOperation& take) {
  std::string text;
  std::array<char, 4096> chunk{};
  while (in && text.size() <= kTextBytesMax) {
    in.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return Problem{Problem::Kind::kIo, file, 0, "cannot be read"};
  if (text.size() > kTextBytesMax) {
    return Problem{Problem::Kind::kMalformed, file, 0,
                   "longer than " + std::to_string(kTextBytesMax) + " bytes"};
  }
  auto history = parse_micro(text, file);
  if (!history) return history.problem();
  std::uint64_t index = 0;
  for (Operation& op : history.value().operations) take(index++, std::move(op));
  return Done{};
}

bool looks_like_micro(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  line.remove_prefix(begin);
  if (!line.starts_with('c')) return false;
  const auto end = line.find_first_not_of("0123456789", 1);
  return end != std::string_view::npos && end > 1 && (line[end] == ' ' || line[end] == '\t');
}

}  // namespace plumbline::checker
