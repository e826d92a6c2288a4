#include "checker/history/operation.h"

#include <array>
#include <cstddef>

namespace plumbline::checker {
namespace {

struct FunctionInfo {
  Function function;
  std::string_view name;
  std::size_t arguments;
  std::size_t results_min;
  std::size_t results_max;
};

constexpr std::array kFunctions = {
    FunctionInfo{Function::kRead, "read", 0, 1, 1},      //
    FunctionInfo{Function::kWrite, "write", 1, 0, 0},    //
    FunctionInfo{Function::kCas, "cas", 2, 1, 2},        //
    FunctionInfo{Function::kPut, "put", 1, 0, 0},        //
    FunctionInfo{Function::kGet, "get", 0, 1, 1},        //
    FunctionInfo{Function::kDelete, "delete", 0, 0, 1},  //
    FunctionInfo{Function::kAppend, "append", 1, 0, 0},
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

bool is_bool(const Value& value) { return value.kind() == Value::Kind::kBool; }

std::optional<std::string> fault_of_cas_answer(const Operation& op) {
  if (!is_bool(op.results[0])) return "the first result of cas must be true or false";
  if (op.results.size() == 1) return std::nullopt;
  if (op.results[0].truth()) return "a cas that succeeded has no second result";
  return std::nullopt;
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
  if (op.function == Function::kDelete && !op.results.empty() && !is_bool(op.results[0])) {
    return "the result of delete must be true or false";
  }
  return std::nullopt;
}

}  // namespace

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
  if (op.arguments.size() != info.arguments) {
    return std::string(info.name) + " takes " + counted(info.arguments, "argument") + ", not " +
           std::to_string(op.arguments.size());
  }
  if (op.function == Function::kAppend && (op.arguments[0].is_list() || op.arguments[0].is_nil())) {
    return "append takes one token, neither nil nor a list";
  }
  return std::nullopt;
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
  const bool reads = op.function == Function::kRead || op.function == Function::kGet;
  if (op.outcome == Outcome::kFail || reads) return Effect::kNone;
  if (op.outcome == Outcome::kUnknown) return Effect::kMaybe;
  if (op.function == Function::kCas) return is_answered_swap(op) ? Effect::kSome : Effect::kNone;
  if (op.function != Function::kDelete) return Effect::kSome;
  // A delete that does not say whether there was something may not have changed anything.
  if (op.results.empty()) return Effect::kMaybe;
  return op.results[0].truth() ? Effect::kSome : Effect::kNone;
}

const Value* shown_value(const Operation& op) {
  if (op.outcome != Outcome::kOk) return nullptr;
  switch (op.function) {
    case Function::kRead:
    case Function::kGet: return &op.results[0];
    case Function::kCas:
      if (op.results[0].truth()) return &op.arguments[0];
      return op.results.size() == 2 ? &op.results[1] : nullptr;
    case Function::kWrite:
    case Function::kPut:
    case Function::kDelete:
    case Function::kAppend: return nullptr;
  }
  return nullptr;
}

const Value* written_value(const Operation& op) {
  switch (op.function) {
    case Function::kWrite:
    case Function::kPut:
    case Function::kAppend: return &op.arguments[0];
    case Function::kCas: return &op.arguments[1];
    case Function::kRead:
    case Function::kGet:
    case Function::kDelete: return nullptr;
  }
  return nullptr;
}

}  // namespace plumbline::checker
