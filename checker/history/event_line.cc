#include "checker/history/event_line.h"

#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "checker/history/history_format.h"
#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

constexpr std::array<std::string_view, 8> kCallMembers = {
    "type", "index", "process", "time", "function", "key", "arguments", "session"};
constexpr std::array<std::string_view, 8> kReturnMembers = {
    "type", "index", "process", "time", "results", "revision", "server", "note"};
constexpr std::array<std::string_view, 4> kTypes = {"call", "ok", "fail", "unknown"};

std::optional<Outcome> outcome_named(std::string_view name) {
  for (const Outcome outcome : {Outcome::kOk, Outcome::kFail, Outcome::kUnknown}) {
    if (name_of(outcome) == name) return outcome;
  }
  return std::nullopt;
}

enum MemberBit : std::uint32_t {
  kType = 1U << 0,
  kIndex = 1U << 1,
  kProcess = 1U << 2,
  kTime = 1U << 3,
  kFunction = 1U << 4,
  kKey = 1U << 5,
  kArguments = 1U << 6,
  kSession = 1U << 7,
  kResults = 1U << 8,
  kRevision = 1U << 9,
  kServer = 1U << 10,
  kNote = 1U << 11,
};
constexpr std::uint32_t kEither = kType | kIndex | kProcess | kTime;
constexpr std::uint32_t kCallNeeds = kEither | kFunction | kKey;
constexpr std::uint32_t kCallMay = kCallNeeds | kArguments | kSession;
constexpr std::uint32_t kReturnMay = kEither | kResults | kRevision | kServer | kNote;

// Each method takes what it is named after off the front, or says false, after which the line is
// given up.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  std::optional<EventLine> event() {
    if (!take('{')) return std::nullopt;
    do {
      std::string_view name;
      if (!string(name) || !take(':') || !member(name)) return std::nullopt;
    } while (take(','));
    if (!take('}') || at_ != end_ || !complete()) return std::nullopt;
    return std::move(event_);
  }

 private:
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool string(std::string_view& text) {
    if (!take('"')) return false;
    const char* begin = at_;
    while (at_ != end_ && *at_ != '"') {
      if (*at_ < 0x20 || *at_ == '\\') return false;  // Bytes beyond ASCII are negative.
      ++at_;
    }
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    return take('"');
  }

  bool integer(std::int64_t& number) {
    const bool negative = at_ != end_ && *at_ == '-';
    const char* digits = at_ + (negative ? 1 : 0);
    if (digits == end_ || *digits < '0' || *digits > '9') return false;
    const auto [after, error] = std::from_chars(at_, end_, number);
    const bool zero_first = *digits == '0' && (negative || after != digits + 1);
    if (error != std::errc() || zero_first) return false;
    at_ = after;
    return at_ == end_ || (*at_ != '.' && *at_ != 'e' && *at_ != 'E');
  }

  bool word(std::string_view text) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(text)) {
      return false;
    }
    at_ += text.size();
    return true;
  }

  bool value(Value& out, int depth) {
    if (at_ == end_) return false;
    std::int64_t number = 0;
    std::string_view text;
    switch (*at_) {
      case '"':
        if (!string(text)) return false;
        out = Value(text);
        return true;
      case '[': {
        Value::List items;
        if (depth == format::kValueDepthMax || !list(items, depth)) return false;
        out = Value(std::move(items));
        return true;
      }
      case 'n': out = Value(); return word("null");
      case 't': out = Value(true); return word("true");
      case 'f': out = Value(false); return word("false");
      default:
        if (!integer(number)) return false;
        out = Value(number);
        return true;
    }
  }

  bool list(Value::List& items, int depth) {
    if (!take('[')) return false;
    if (take(']')) return true;
    do {
      Value item;
      if (!value(item, depth + 1)) return false;
      items.push_back(std::move(item));
    } while (take(','));
    return take(']');
  }

  bool values(Values& out) {
    items_.clear();
    if (!list(items_, 0)) return false;
    out = items_;
    return true;
  }

  bool pair(SessionSequence& id) {
    return take('[') && integer(id.session) && take(',') && integer(id.sequence) && take(']');
  }

  bool once(MemberBit bit) {
    const bool first = (seen_ & bit) == 0;
    seen_ |= bit;
    return first;
  }

  bool member(std::string_view name) {
    Operation& op = event_.operation;
    if (name == "type") return once(kType) && string(type_);
    if (name == "index") return once(kIndex) && integer(event_.index);
    if (name == "process") return once(kProcess) && integer(op.process);
    if (name == "time") return once(kTime) && integer(event_.time);
    if (name == "function") return once(kFunction) && string(function_);
    if (name == "arguments") return once(kArguments) && values(op.arguments);
    if (name == "results") return once(kResults) && values(op.results);
    if (name == "revision") return once(kRevision) && integer(revision_);
    if (name == "session") return once(kSession) && pair(session_);
    std::string_view text;
    if (name == "key" && once(kKey) && string(text)) {
      op.key = text;
    } else if (name == "server" && once(kServer) && string(text)) {
      op.set_server(text);
    } else if (name == "note" && once(kNote) && string(text)) {
      op.set_note(text);
    } else {
      return false;
    }
    return true;
  }

  bool complete() {
    Operation& op = event_.operation;
    event_.call = type_ == "call";
    if (event_.call) {
      const auto function = function_named(function_);
      if (!function || (seen_ & kCallNeeds) != kCallNeeds) return false;
      op.function = *function;
      op.invoked_at = event_.time;
      if ((seen_ & kSession) != 0) op.set_session(session_);
      return (seen_ & ~kCallMay) == 0;
    }
    const auto outcome = outcome_named(type_);
    if (!outcome || (seen_ & kEither) != kEither) return false;
    op.outcome = *outcome;
    op.returned_at = event_.time;
    if ((seen_ & kRevision) != 0) op.revision = revision_;
    return (seen_ & ~kReturnMay) == 0;
  }

  const char* at_;
  const char* end_;
  std::uint32_t seen_ = 0;
  EventLine event_;
  std::string_view type_;
  std::string_view function_;
  std::int64_t revision_ = 0;
  SessionSequence session_;
  Value::List items_;
};

void call_from(LineJson& line, EventLine& event) {
  Operation& op = event.operation;
  line.expect_only(kCallMembers);
  event.index = line.integer("index");
  op.process = line.integer("process");
  op.invoked_at = event.time = line.integer("time");
  const std::string function = line.bytes("function");
  op.key = line.bytes("key");
  op.arguments = line.values_if_any("arguments");
  op.set_session(line.session_if_any("session"));
  if (!line.fault().empty()) return;
  const auto known = function_named(function);
  if (!known) return line.blame(unknown_name("function", function, function_names()));
  op.function = *known;
}

void return_from(LineJson& line, EventLine& event) {
  Operation& op = event.operation;
  line.expect_only(kReturnMembers);
  event.index = line.integer("index");
  op.process = line.integer("process");
  op.returned_at = event.time = line.integer("time");
  op.results = line.values_if_any("results");
  op.revision = line.integer_if_any("revision");
  op.set_server(line.bytes_if_any("server"));
  op.set_note(line.bytes_if_any("note"));
}

}  // namespace

std::optional<EventLine> scan_event(std::string_view text) { return Scanner(text).event(); }

EventLine event_from(LineJson& line) {
  EventLine event;
  const std::string type = line.bytes("type");
  if (!line.fault().empty()) return event;
  event.call = type == "call";
  if (event.call) {
    call_from(line, event);
    return event;
  }
  const auto outcome = outcome_named(type);
  if (!outcome) {
    line.blame(unknown_name("type", type, kTypes));
    return event;
  }
  event.operation.outcome = *outcome;
  return_from(line, event);
  return event;
}

}  // namespace plumbline::checker
