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

constexpr bool kCell = true;
constexpr bool kNoCell = false;
constexpr bool kWhole = false;  // Not keyed.

// In order of preference: the first that handles all operations of a history judges it.
constexpr std::array kModels = {
    ModelInfo{"cas-register", "a register per key: read, write, cas", of_cas_register,
              make_cas_register, kCell},
    ModelInfo{"register", "a register per key: read, write", of_register, make_cas_register, kCell},
    ModelInfo{"kv-append", "a map of token sequences: get, put, delete, append, cas", of_map,
              make_kv_append, kCell},
    ModelInfo{"key-value", "a map of strings: get, put, delete, append, cas", of_map,
              make_key_value},
    ModelInfo{"multi-register", "registers that transactions read and write", of_transactions,
              make_multi_register, kNoCell, kWhole},
    ModelInfo{"mutex", "a lock: acquire, release", of_mutex, make_mutex},
    ModelInfo{"owned-mutex", "a lock that only its holder releases: acquire, release", of_mutex,
              make_owned_mutex},
    ModelInfo{"queue", "first in, first out: enqueue, dequeue, drain", of_queue, make_queue},
    ModelInfo{"unordered-queue", "a queue that keeps no order: enqueue, dequeue, drain", of_queue,
              make_unordered_queue},
    ModelInfo{"set", "a set: add, remove, read", of_set, make_set},
    ModelInfo{"counter", "a number: add, read", of_counter, make_counter},
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
