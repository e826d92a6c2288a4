#include "checker/formats/jepsen_values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "checker/history/history_format.h"
#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

using Fault = std::optional<std::string>;

// A note is for the reader of a report, and some sources put a page of stack into it.
constexpr std::size_t kNoteBytesMax = 1000;

std::string_view without_colon(std::string_view name) {
  if (name.starts_with(':')) name.remove_prefix(1);
  return name;
}

bool is_pair(const Value& value) { return value.is_list() && value.list().size() == 2; }

// "r", "w" or "append" if it is the name of a micro-operation; otherwise empty.
std::string_view micro_name(const Value& value) {
  if (!value.is_string()) return {};
  const std::string_view name = without_colon(value.text());
  if (name == "r" || name == "read") return "r";
  if (name == "w" || name == "write") return "w";
  return name == "append" ? name : std::string_view{};
}

bool is_micro(const Value& value) {
  if (!value.is_list() || value.list().size() < 2 || value.list().size() > 3) return false;
  return !micro_name(value.list()[0]).empty();
}

bool are_micros(const Value& value) {
  if (!value.is_list() || value.list().empty()) return false;
  return std::all_of(value.list().begin(), value.list().end(), is_micro);
}

// The steps of a transaction in our words; of a call, without what the reads will see.
Fault steps_of(const Value& value, bool call, std::vector<Value>& steps) {
  if (!value.is_list()) return "a transaction must be a list of micro-operations";
  for (const Value& micro : value.list()) {
    if (!is_micro(micro)) {
      return "a micro-operation must be [r, key, nil], [w, key, value] or [append, key, value], "
             "not " +
             to_text(micro);
    }
    const std::string_view name = micro_name(micro.list()[0]);
    const bool blank = micro.list().size() == 2 || (call && name == "r");
    steps.push_back(Value::List{name, micro.list()[1], blank ? Value() : micro.list()[2]});
  }
  return std::nullopt;
}

bool too_deep(const Value& value, int depth) {
  if (!value.is_list()) return false;
  if (depth == format::kValueDepthMax) return true;
  return std::any_of(value.list().begin(), value.list().end(),
                     [&](const Value& item) { return too_deep(item, depth + 1); });
}

const Value* member_of(const Value& map, std::string_view name) {
  if (!map.is_list()) return nullptr;
  for (const Value& pair : map.list()) {
    if (!is_pair(pair) || !pair.list()[0].is_string()) continue;
    if (without_colon(pair.list()[0].text()) == name) return &pair.list()[1];
  }
  return nullptr;
}

Fault transfer_of(const Value& value, std::vector<Value>& arguments) {
  for (const std::string_view name : {"from", "to", "amount"}) {
    const Value* member = member_of(value, name);
    if (member == nullptr) return "a transfer needs :from, :to and :amount";
    arguments.push_back(*member);
  }
  return std::nullopt;
}

// The arguments that a value stands for.
Fault arguments_of(Function function, const Value& value, std::vector<Value>& arguments) {
  switch (function) {
    case Function::kRead:
    case Function::kGet:
    case Function::kDelete:
    case Function::kAcquire:
    case Function::kRelease:
    case Function::kDequeue:
    case Function::kDrain:
    case Function::kGenerate:
    case Function::kState: return std::nullopt;
    case Function::kTxn: return steps_of(value, true, arguments);
    case Function::kTransfer: return transfer_of(value, arguments);
    case Function::kWrite:
    case Function::kPut:
    case Function::kAppend:
    case Function::kEnqueue:
    case Function::kAdd:
    case Function::kRemove: arguments = {value}; return std::nullopt;
    case Function::kCas:
      if (!is_pair(value)) return "a cas must be [expected, new], not " + to_text(value);
      arguments = value.list();
      return std::nullopt;
    case Function::kKv:
    case Function::kCompact:
    case Function::kLeaseGrant:
    case Function::kLeaseKeepAlive:
    case Function::kLeaseRevoke:
    case Function::kWatch:
      if (!value.is_list()) {
        return std::string(name_of(function)) + " needs the list of its arguments";
      }
      arguments = value.list();
      return std::nullopt;
  }
  return std::nullopt;
}

// Whether the value of an invocation is [key, value], which a history without keys would not have.
bool looks_independent(Function function, const Value& value) {
  if (!is_pair(value)) return false;
  const Value& inner = value.list()[1];
  switch (function) {
    case Function::kCas:
    case Function::kLeaseGrant: return is_pair(inner);
    case Function::kTxn: return !are_micros(value);
    default: return true;
  }
}

// Functions of which a completion repeats what was asked.
bool repeats_its_value(Function function) {
  return function == Function::kWrite || function == Function::kCas ||
         function == Function::kEnqueue || function == Function::kTransfer;
}

bool answers_with_value(Function function) {
  switch (function) {
    case Function::kRead:
    case Function::kGet:
    case Function::kDequeue:
    case Function::kDrain:
    case Function::kGenerate:
    case Function::kState: return true;
    default: return false;
  }
}

Fault function_of(const JepsenEntry& entry, Function& function) {
  const Value& value = entry[EntryMember::kValue];
  const Value& name = entry[EntryMember::kFunction];
  if (name.is_nil()) {
    function = Function::kTxn;
    return value.is_list() ? std::nullopt : Fault("member :f is missing");
  }
  if (!name.is_string()) return "member :f must be the name of a function";
  const bool micros = are_micros(value) || (is_pair(value) && are_micros(value.list()[1]));
  const auto known = function_named(without_colon(name.text()));
  if (known) function = micros ? Function::kTxn : *known;
  if (known) return std::nullopt;
  return unknown_name("function", without_colon(name.text()), function_names());
}

std::string note_of(const Value& error) {
  if (error.is_nil()) return {};
  std::string text = error.is_string() ? std::string(error.text()) : to_text(error);
  if (text.size() <= kNoteBytesMax) return text;
  // Not in the middle of a character.
  std::size_t end = kNoteBytesMax;
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

Fault set_extras(const JepsenEntry& entry, Operation& op) {
  if (entry.has(EntryMember::kRevision)) {
    const Value& revision = entry[EntryMember::kRevision];
    if (!revision.is_int()) return "member :revision must be an integer";
    op.revision = revision.number();
  }
  const Value& server = entry[EntryMember::kServer];
  if (server.is_string()) op.set_server(server.text());
  op.set_note(note_of(entry[EntryMember::kError]));
  return std::nullopt;
}

Fault set_session(const JepsenEntry& entry, Operation& op) {
  if (!entry.has(EntryMember::kSession)) return std::nullopt;
  const Value& session = entry[EntryMember::kSession];
  if (!is_pair(session) || !session.list()[0].is_int() || !session.list()[1].is_int()) {
    return "member :session must be two integers";
  }
  op.set_session(SessionSequence{session.list()[0].number(), session.list()[1].number()});
  return std::nullopt;
}

}  // namespace

Fault JepsenValues::read_call(const JepsenEntry& entry, Operation& op) {
  if (auto fault = function_of(entry, op.function)) return fault;
  Value value = entry[EntryMember::kValue];
  if (auto fault = unwrap(entry, op, value)) return fault;
  if (too_deep(value, 0)) {
    return "a value is nested more than " + std::to_string(format::kValueDepthMax) + " deep";
  }
  std::vector<Value> arguments;
  if (auto fault = arguments_of(op.function, value, arguments)) return fault;
  op.arguments = arguments;
  if (auto fault = set_session(entry, op)) return fault;
  return fault_of_call(op);
}

Fault JepsenValues::unwrap(const JepsenEntry& entry, Operation& op, Value& value) {
  if (entry.has(EntryMember::kKey)) return set_key(entry[EntryMember::kKey], op);
  if (!independent_) independent_ = looks_independent(op.function, value);
  if (!*independent_) return std::nullopt;
  if (!is_pair(value)) {
    return "the value must be [key, value], as those of all other operations are, not " +
           to_text(value);
  }
  if (auto fault = set_key(value.list()[0], op)) return fault;
  value = Value(value.list()[1]);
  return std::nullopt;
}

// Keys are names. An integer and a string may be written alike, so a history has one kind of them.
Fault JepsenValues::set_key(const Value& key, Operation& op) {
  if (!key.is_string() && !key.is_int()) {
    return "a key must be an integer or a string, not " + to_text(key);
  }
  if (!key_kind_) key_kind_ = key.kind();
  if (key.kind() != *key_kind_) {
    return "key " + to_text(key) + " is " + (key.is_int() ? "an integer" : "a string") +
           ", those before it are not";
  }
  op.key = key.is_int() ? std::to_string(key.number()) : std::string(key.text());
  return std::nullopt;
}

Fault JepsenValues::unwrap_answer(const JepsenEntry& entry, const Operation& op,
                                  Value& value) const {
  if (entry.has(EntryMember::kKey) || !independent_.value_or(false)) return std::nullopt;
  if (!value.is_list() || value.list().empty()) {
    return value.is_nil() ? std::nullopt : Fault("the value must be [key, value]");
  }
  const Value::List& list = value.list();
  const std::string key = list[0].is_int()      ? std::to_string(list[0].number())
                          : list[0].is_string() ? std::string(list[0].text())
                                                : to_text(list[0]);
  if (key != op.key.view()) return "the call was for key " + op.key + ", the answer is for " + key;
  if (list.size() == 2) {
    value = Value(list[1]);
  } else {
    value = Value::List(list.begin() + 1, list.end());
  }
  return std::nullopt;
}

Fault JepsenValues::read_answer(const JepsenEntry& entry, Operation& op) {
  const std::string_view type = without_colon(entry[EntryMember::kType].text());
  if (auto fault = set_extras(entry, op)) return fault;
  if (entry.has(EntryMember::kAnswer)) {
    const Value& answer = entry[EntryMember::kAnswer];
    if (!answer.is_list() || too_deep(answer, -1)) return "member :answer must be a list";
    op.outcome = Outcome::kOk;
    op.results = answer.list();
    return fault_of(op);
  }
  if (type != "ok") {
    op.outcome = type == "fail" ? Outcome::kFail : Outcome::kUnknown;
    return fault_of(op);
  }
  Value value = entry[EntryMember::kValue];
  if (auto fault = unwrap_answer(entry, op, value)) return fault;
  if (auto fault = set_results(entry, std::move(value), op)) return fault;
  return fault_of(op);
}

Fault JepsenValues::set_results(const JepsenEntry& entry, Value value, Operation& op) {
  op.outcome = Outcome::kOk;
  if (too_deep(value, 0)) {
    return "a value is nested more than " + std::to_string(format::kValueDepthMax) + " deep";
  }
  if (op.function == Function::kTxn) {
    std::vector<Value> steps;
    if (auto fault = steps_of(value, false, steps)) return fault;
    op.results = steps;
    return std::nullopt;
  }
  if (repeats_its_value(op.function) && entry.has(EntryMember::kValue) && !value.is_nil()) {
    std::vector<Value> arguments;
    const bool same =
        !arguments_of(op.function, value, arguments) && Values(arguments) == op.arguments;
    if (!same) return "the answer repeats " + to_text(value) + ", which is not what was asked";
  }
  if (answers_with_value(op.function)) op.results = {std::move(value)};
  if (op.function == Function::kCas) op.results = {true};
  return std::nullopt;
}

Value JepsenValues::shape_of(const Operation& op) {
  Value::List shape = {static_cast<std::int64_t>(op.function), op.key.view()};
  shape.insert(shape.end(), op.arguments.begin(), op.arguments.end());
  return shape;
}

}  // namespace plumbline::checker
