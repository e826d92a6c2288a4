#include "checker/linear/models.h"

#include <algorithm>
#include <array>

namespace plumbline::checker {
namespace {

bool of_register(Function function) {
  return function == Function::kRead || function == Function::kWrite || function == Function::kCas;
}

bool of_map(Function function) { return function <= Function::kAppend; }

bool of_mvcc(Function function) {
  return function == Function::kKv || function == Function::kCompact;
}

// In order of preference: the first that handles all functions of a history judges it.
constexpr std::array kModels = {
    ModelInfo{"cas-register", "a register per key: read, write, cas; nil at first", of_register,
              make_cas_register},
    ModelInfo{"kv-append", "a map of token sequences: get, put, delete, append, cas", of_map,
              make_kv_append},
    ModelInfo{"mvcc", "a store of revisions: put, range, delete, txn, compact", of_mvcc, make_mvcc},
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
                     [&](const Operation& op) { return model.handles(op.function); });
}

const ModelInfo* model_for(const History& history) {
  for (const ModelInfo& model : kModels) {
    if (handles_all(model, history)) return &model;
  }
  return nullptr;
}

}  // namespace plumbline::checker
