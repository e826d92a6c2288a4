#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nodes/base/result.h"
#include "scenarios/model/model.h"

namespace plumbline::model {

// A core whose states can be walked. Adding one is a line in cores.cc.
struct Core {
  std::string name;
  std::string summary;
  // What is walked when no scope is named, in the words of `parse`.
  std::vector<std::string> scopes;
  // Small enough for every test run.
  std::vector<std::string> small_scopes;
  // Where plants are looked for, small scopes first.
  std::vector<std::string> plant_scopes;
  // What a scope may be made of, a line each.
  std::vector<std::string> words;
  // The scope in its own words, or what is wrong with it.
  std::function<Result<std::string>(const std::string&)> parse;
  // REQUIRES of both: the scope is as `parse` gives it.
  std::function<std::unique_ptr<Model>(const std::string&)> model;
  std::function<std::unique_ptr<Story>(const std::string&)> story;
};

const std::vector<Core>& cores();
// Null when there is none.
const Core* find_core(const std::string& name);

}  // namespace plumbline::model
