#pragma once

#include <span>
#include <string_view>

#include "checker/history/history.h"
#include "checker/linear/model.h"

namespace plumbline::checker {

std::span<const ModelInfo> models();
const ModelInfo* model_named(std::string_view name);  // nullptr if there is none.
std::span<const std::string_view> model_names();

// The first model that handles every operation of the history; nullptr if none does.
const ModelInfo* model_for(const History& history);
bool handles_all(const ModelInfo& model, const History& history);

// One factory per model.
std::unique_ptr<Model> make_cas_register(const ModelOptions& options);
std::unique_ptr<Model> make_kv_append(const ModelOptions& options);
std::unique_ptr<Model> make_key_value(const ModelOptions& options);
std::unique_ptr<Model> make_multi_register(const ModelOptions& options);
std::unique_ptr<Model> make_mutex(const ModelOptions& options);
std::unique_ptr<Model> make_owned_mutex(const ModelOptions& options);
std::unique_ptr<Model> make_queue(const ModelOptions& options);
std::unique_ptr<Model> make_unordered_queue(const ModelOptions& options);
std::unique_ptr<Model> make_set(const ModelOptions& options);
std::unique_ptr<Model> make_counter(const ModelOptions& options);
std::unique_ptr<Model> make_mvcc(const ModelOptions& options);

}  // namespace plumbline::checker
