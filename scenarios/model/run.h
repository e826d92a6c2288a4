#pragma once

#include <string>
#include <vector>

#include "nodes/base/result.h"

namespace plumbline::model {

// A way through a model that breaks something, as a file that a person can read and that
// `plumbline model-check --replay` makes again.
struct ModelRun {
  std::string core;
  std::string scope;
  std::string plant;
  std::string property;
  std::string sentence;
  std::vector<std::string> steps;  // in the words of the core's model

  friend bool operator==(const ModelRun&, const ModelRun&) = default;
};

Status save_run(const ModelRun& run, const std::string& path);
Result<ModelRun> load_run(const std::string& path);

}  // namespace plumbline::model
