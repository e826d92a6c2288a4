#include "checker/linear/models.h"

#include <algorithm>
#include <array>

namespace plumbline::checker {
namespace {

bool of_cas_register(const Operation& op) {
  const Function f = op.function;
  return f == Function::kRead || f == Function::kWrite || f == Function::kCas;
}

bool of_register(const Operation& op) {
  return op.function == Function::kRead || op.function == Function::kWrite;
}

bool of_map(const Operation& op) { return op.function <= Function::kAppend; }

bool of_transactions(const Operation& op) { return op.function == Function::kTxn; }

bool of_mutex(const Operation& op) {
  return op.function == Function::kAcquire || op.function == Function::kRelease;
}

bool of_queue(const Operation& op) {
  const Function f = op.function;
  return f == Function::kEnqueue || f == Function::kDequeue || f == Function::kDrain;
}

// Sets and counters have functions in common; what a read answered tells them apart.
bool of_set(const Operation& op) {
  if (op.function == Function::kAdd || op.function == Function::kRemove) return true;
  if (op.function != Function::kRead) return false;
  return op.results.empty() || op.results[0].is_list() || op.results[0].is_nil();
}

bool of_counter(const Operation& op) {
  if (op.function == Function::kAdd) return op.arguments.empty() || op.arguments[0].is_int();
  return op.function == Function::kRead && (op.results.empty() || op.results[0].is_int());
}

bool of_mvcc(const Operation& op) {
  return op.function == Function::kKv || op.function == Function::kCompact;
}

// In order of preference: the first that handles all operations of a history judges it.
constexpr std::array kModels = {
    ModelInfo{.name = "cas-register",
              .summary = "a register per key: read, write, cas",
              .handles = of_cas_register,
              .make = make_cas_register,
              .cell = true,
              .zones = true},
    ModelInfo{.name = "register",
              .summary = "a register per key: read, write",
              .handles = of_register,
              .make = make_cas_register,
              .cell = true,
              .zones = true},
    ModelInfo{.name = "kv-append",
              .summary = "a map of token sequences: get, put, delete, append, cas",
              .handles = of_map,
              .make = make_kv_append,
              .cell = true,
              .sequences = true},
    ModelInfo{.name = "key-value",
              .summary = "a map of strings: get, put, delete, append, cas",
              .handles = of_map,
              .make = make_key_value},
    ModelInfo{.name = "multi-register",
              .summary = "registers that transactions read and write",
              .handles = of_transactions,
              .make = make_multi_register,
              .keyed = false},
    ModelInfo{.name = "mutex",
              .summary = "a lock: acquire, release",
              .handles = of_mutex,
              .make = make_mutex},
    ModelInfo{.name = "owned-mutex",
              .summary = "a lock that only its holder releases: acquire, release",
              .handles = of_mutex,
              .make = make_owned_mutex},
    ModelInfo{.name = "queue",
              .summary = "first in, first out: enqueue, dequeue, drain",
              .handles = of_queue,
              .make = make_queue},
    ModelInfo{.name = "unordered-queue",
              .summary = "a queue that keeps no order: enqueue, dequeue, drain",
              .handles = of_queue,
              .make = make_unordered_queue},
    ModelInfo{
        .name = "set", .summary = "a set: add, remove, read", .handles = of_set, .make = make_set},
    ModelInfo{.name = "counter",
              .summary = "a number: add, read",
              .handles = of_counter,
              .make = make_counter},
    ModelInfo{.name = "mvcc",
              .summary = "a store of revisions: put, range, delete, txn, compact",
              .handles = of_mvcc,
              .make = make_mvcc,
              .keyed = false},
};

constexpr auto kNames = [] {
  std::array<std::string_view, kModels.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kModels[i].name;
  return names;
}();

}  // namespace

std::span<const ModelInfo> models() { return kModels; }

std::span<const std::string_view> model_names() { return kNames; }

const ModelInfo* model_named(std::string_view name) {
  for (const ModelInfo& model : kModels) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

bool handles_all(const ModelInfo& model, const History& history) {
  return std::all_of(history.operations.begin(), history.operations.end(),
                     [&](const Operation& op) { return model.handles(op); });
}

const ModelInfo* model_for(const History& history) {
  for (const ModelInfo& model : kModels) {
    if (handles_all(model, history)) return &model;
  }
  return nullptr;
}

}  // namespace plumbline::checker
