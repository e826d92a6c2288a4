#pragma once

#include <span>
#include <string_view>

#include "checker/history/history.h"
#include "checker/linear/model.h"

namespace plumbline::checker {

std::span<const ModelInfo> models();
const ModelInfo* model_named(std::string_view name);  // nullptr if there is none.
std::span<const std::string_view> model_names();

// The first model that handles every function of the history; nullptr if none does.
const ModelInfo* model_for(const History& history);
bool handles_all(const ModelInfo& model, const History& history);

// One factory per model file.
std::unique_ptr<Model> make_cas_register();
std::unique_ptr<Model> make_kv_append();
std::unique_ptr<Model> make_mvcc();

}  // namespace plumbline::checker
