#include "scenarios/model/cores.h"

#include "scenarios/model/raft_model.h"
#include "scenarios/model/raft_story.h"

namespace plumbline::model {
namespace {

Core raft_core() {
  Core core;
  core.name = "raft";
  core.summary = "one group of nodes/raft, its disks, and every message ever sent";
  core.scopes = standard_raft_scopes();
  core.small_scopes = small_raft_scopes();
  core.plant_scopes = raft_plant_scopes();
  core.words = raft_scope_words();
  core.parse = [](const std::string& text) -> Result<std::string> {
    const Result<RaftScope> scope = parse_raft_scope(text);
    if (!scope) return scope.error();
    return describe(*scope);
  };
  core.model = [](const std::string& scope) -> std::unique_ptr<Model> {
    return std::make_unique<RaftModel>(*parse_raft_scope(scope));
  };
  core.story = [](const std::string& scope) -> std::unique_ptr<Story> {
    return std::make_unique<RaftStory>(*parse_raft_scope(scope));
  };
  return core;
}

}  // namespace

const std::vector<Core>& cores() {
  static const std::vector<Core> all = {raft_core()};
  return all;
}

const Core* find_core(const std::string& name) {
  for (const Core& core : cores()) {
    if (core.name == name) return &core;
  }
  return nullptr;
}

}  // namespace plumbline::model
