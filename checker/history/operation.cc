#include "checker/history/operation.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "checker/history/kv_tree.h"

namespace plumbline::checker {
namespace {

struct FunctionInfo {
  Function function;
  std::string_view name;
  std::size_t arguments_min;
  std::size_t arguments_max;
  std::size_t results_min;
  std::size_t results_max;
};

constexpr std::size_t kAny = SIZE_MAX;

constexpr std::array kFunctions = {
    FunctionInfo{Function::kRead, "read", 0, 0, 1, 1},
    FunctionInfo{Function::kWrite, "write", 1, 1, 0, 0},
    FunctionInfo{Function::kCas, "cas", 2, 2, 1, 2},
    FunctionInfo{Function::kPut, "put", 1, 1, 0, 0},
    FunctionInfo{Function::kGet, "get", 0, 0, 1, 1},
    FunctionInfo{Function::kDelete, "delete", 0, 0, 0, 1},
    FunctionInfo{Function::kAppend, "append", 1, 1, 0, 0},
    FunctionInfo{Function::kAcquire, "acquire", 0, 0, 0, 0},
    FunctionInfo{Function::kRelease, "release", 0, 0, 0, 0},
    FunctionInfo{Function::kEnqueue, "enqueue", 1, 1, 0, 0},
    FunctionInfo{Function::kDequeue, "dequeue", 0, 0, 1, 1},
    FunctionInfo{Function::kDrain, "drain", 0, 0, 1, 1},
    FunctionInfo{Function::kAdd, "add", 1, 1, 0, 1},
    FunctionInfo{Function::kRemove, "remove", 1, 1, 0, 1},
    FunctionInfo{Function::kTransfer, "transfer", 3, 3, 0, 0},
    FunctionInfo{Function::kGenerate, "generate", 0, 0, 1, 1},
    FunctionInfo{Function::kTxn, "txn", 0, kAny, 0, kAny},
    FunctionInfo{Function::kKv, "kv", 1, 1, 1, 1},
    FunctionInfo{Function::kCompact, "compact", 1, 1, 0, 1},
    FunctionInfo{Function::kLeaseGrant, "lease-grant", 2, 2, 1, 2},
    FunctionInfo{Function::kLeaseKeepAlive, "lease-keep-alive", 1, 1, 1, 1},
    FunctionInfo{Function::kLeaseRevoke, "lease-revoke", 1, 1, 0, 1},
    FunctionInfo{Function::kWatch, "watch", 1, 1, 0, kAny},
    FunctionInfo{Function::kState, "state", 0, 0, 1, 1},
};

constexpr auto kNames = [] {
  std::array<std::string_view, kFunctions.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kFunctions[i].name;
  return names;
}();

static_assert([] {
  for (std::size_t i = 0; i < kFunctions.size(); ++i) {
    if (static_cast<std::size_t>(kFunctions[i].function) != i) return false;
  }
  return true;
}());

const FunctionInfo& info_of(Function function) {
  return kFunctions[static_cast<std::size_t>(function)];
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

// Each step of a transaction is [what, key, value].
std::optional<std::string> fault_of_steps(const Values& steps) {
  for (const Value& step : steps) {
    const bool good = step.is_list() && step.list().size() == 3 && step.list()[0].is_string();
    if (!good) return "a step of txn must be [what, key, value], not " + to_text(step);
    const std::string_view what = step.list()[0].text();
    if (what == "r" || what == "w" || what == "append") continue;
    return "a step of txn must be r, w or append, not " + std::string(what);
  }
  return std::nullopt;
}

std::optional<std::string> fault_of_txn_answer(const Operation& op) {
  if (op.results.size() != op.arguments.size()) return "txn answers with as many steps as it took";
  if (auto fault = fault_of_steps(op.results)) return fault;
  for (std::size_t i = 0; i < op.results.size(); ++i) {
    const Value::List& asked = op.arguments[i].list();
    const Value::List& told = op.results[i].list();
    if (asked[0] == told[0] && asked[1] == told[1]) continue;
    return "step " + std::to_string(i) + " of txn asks " + to_text(op.arguments[i]) +
           " and is answered " + to_text(op.results[i]);
  }
  return std::nullopt;
}

std::optional<std::string> fault_of_cas_answer(const Operation& op) {
  if (!op.results[0].is_bool()) return "the first result of cas must be true or false";
  if (op.results.size() == 1) return std::nullopt;
  if (op.results[0].truth()) return "a cas that succeeded has no second result";
  return std::nullopt;
}

std::optional<std::string> fault_of_store_call(const Operation& op) {
  switch (op.function) {
    case Function::kKv: return fault_of_kv_request(op.arguments[0]);
    case Function::kWatch: return fault_of_watch_request(op.arguments[0]);
    case Function::kCompact:
    case Function::kLeaseGrant:
    case Function::kLeaseKeepAlive:
    case Function::kLeaseRevoke: return fault_of_integers(name_of(op.function), op.arguments);
    default: return std::nullopt;
  }
}

std::optional<std::string> fault_of_store_answer(const Operation& op) {
  const std::string_view name = name_of(op.function);
  switch (op.function) {
    case Function::kKv: return fault_of_kv_response(op.arguments[0], op.results[0]);
    case Function::kCompact:
    case Function::kLeaseRevoke: return fault_of_integers_or_error(name, op.results, 0);
    case Function::kLeaseGrant: return fault_of_integers_or_error(name, op.results, 2);
    case Function::kLeaseKeepAlive: return fault_of_integers_or_error(name, op.results, 1);
    case Function::kWatch:
      for (const Value& response : op.results) {
        if (auto fault = fault_of_watch_response(response)) return fault;
      }
      return std::nullopt;
    default: return std::nullopt;
  }
}

std::optional<std::string> fault_of_results(const Operation& op) {
  const FunctionInfo& info = info_of(op.function);
  const std::string name(info.name);
  if (op.outcome != Outcome::kOk) {
    if (op.results.empty()) return std::nullopt;
    return "an operation whose outcome is " + std::string(name_of(op.outcome)) + " has no results";
  }
  if (op.results.size() < info.results_min) {
    return name + " answers with at least " + counted(info.results_min, "result");
  }
  if (op.results.size() > info.results_max) {
    return name + " answers with at most " + counted(info.results_max, "result");
  }
  if (op.function == Function::kCas) return fault_of_cas_answer(op);
  if (op.function == Function::kTxn) return fault_of_txn_answer(op);
  if (op.function == Function::kDelete && !op.results.empty() && !op.results[0].is_bool()) {
    return "the result of delete must be true or false";
  }
  return fault_of_store_answer(op);
}

bool reads_only(const Operation& op) {
  switch (op.function) {
    case Function::kRead:
    case Function::kGet:
    case Function::kWatch:
    case Function::kState: return true;
    case Function::kTxn:
      return std::all_of(op.arguments.begin(), op.arguments.end(),
                         [](const Value& step) { return step.list()[0].text() == "r"; });
    default: return false;
  }
}

}  // namespace

const Operation::Details& Operation::details() const {
  static const Details kNoDetails;
  return details_ ? *details_ : kNoDetails;
}

Operation::Details& Operation::own_details() {
  if (!details_) static_cast<std::unique_ptr<Details>&>(details_) = std::make_unique<Details>();
  return *details_;
}

void Operation::set_session(std::optional<SessionSequence> session) {
  if (session != this->session()) own_details().session = session;
}

void Operation::set_server(Text server) {
  if (server != this->server()) own_details().server = std::move(server);
}

void Operation::set_note(Text note) {
  if (note != this->note()) own_details().note = std::move(note);
}

bool operator==(const Operation& a, const Operation& b) {
  return a.process == b.process && a.function == b.function && a.outcome == b.outcome &&
         a.key == b.key && a.arguments == b.arguments && a.results == b.results &&
         a.invoked_at == b.invoked_at && a.returned_at == b.returned_at &&
         a.revision == b.revision && a.details() == b.details();
}

std::string_view name_of(Function function) { return info_of(function).name; }

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk: return "ok";
    case Outcome::kFail: return "fail";
    case Outcome::kUnknown: return "unknown";
  }
  return "";
}

std::optional<Function> function_named(std::string_view name) {
  for (const FunctionInfo& info : kFunctions) {
    if (info.name == name) return info.function;
  }
  return std::nullopt;
}

std::span<const std::string_view> function_names() { return kNames; }

std::optional<std::string> fault_of_call(const Operation& op) {
  const FunctionInfo& info = info_of(op.function);
  if (op.invoked_at < 0) return "the time of the call is negative";
  if (op.arguments.size() < info.arguments_min || op.arguments.size() > info.arguments_max) {
    return std::string(info.name) + " takes " + counted(info.arguments_min, "argument") + ", not " +
           std::to_string(op.arguments.size());
  }
  if (op.function == Function::kTxn) return fault_of_steps(op.arguments);
  if (op.function == Function::kAppend && (op.arguments[0].is_list() || op.arguments[0].is_nil())) {
    return "append takes one token, neither nil nor a list";
  }
  return fault_of_store_call(op);
}

std::optional<std::string> fault_of(const Operation& op) {
  if (auto fault = fault_of_call(op)) return fault;
  if (op.returned_at < 0) return "the time of the return is negative";
  if (op.returned_at < op.invoked_at) return "the operation returns before its call";
  if (op.returned_at == kNever && op.outcome != Outcome::kUnknown) {
    return "an operation that never returned can only be unknown";
  }
  return fault_of_results(op);
}

bool is_answered_swap(const Operation& op) {
  return op.function == Function::kCas && op.outcome == Outcome::kOk && op.results[0].truth();
}

Effect effect_of(const Operation& op) {
  if (op.outcome == Outcome::kFail || reads_only(op)) return Effect::kNone;
  if (op.outcome == Outcome::kUnknown) return Effect::kMaybe;
  switch (op.function) {
    case Function::kCas: return is_answered_swap(op) ? Effect::kSome : Effect::kNone;
    case Function::kDelete:
      // A delete that does not say whether there was something may not have changed anything.
      if (op.results.empty()) return Effect::kMaybe;
      return op.results[0].truth() ? Effect::kSome : Effect::kNone;
    case Function::kAdd:
    case Function::kRemove:
    case Function::kKv:
    case Function::kDrain: return Effect::kMaybe;
    case Function::kDequeue: return op.results[0].is_nil() ? Effect::kNone : Effect::kSome;
    default: return Effect::kSome;
  }
}

const Value* shown_value(const Operation& op) {
  if (op.outcome != Outcome::kOk) return nullptr;
  switch (op.function) {
    case Function::kRead:
    case Function::kGet: return &op.results[0];
    case Function::kCas:
      if (op.results[0].truth()) return &op.arguments[0];
      return op.results.size() == 2 ? &op.results[1] : nullptr;
    default: return nullptr;
  }
}

const Value* written_value(const Operation& op) {
  switch (op.function) {
    case Function::kWrite:
    case Function::kPut:
    case Function::kAppend:
    case Function::kEnqueue:
    case Function::kAdd: return &op.arguments[0];
    case Function::kCas: return &op.arguments[1];
    default: return nullptr;
  }
}

}  // namespace plumbline::checker
