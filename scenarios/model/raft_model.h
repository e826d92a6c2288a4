#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/model/model.h"
#include "scenarios/model/raft_safety.h"
#include "scenarios/model/raft_settle.h"
#include "scenarios/model/raft_words.h"

namespace plumbline::model {

RaftState initial_state(RaftSpace& space);

// A few production cores (nodes/raft), their disks, and every message ever sent.
class RaftModel : public Model {
 public:
  explicit RaftModel(const RaftScope& scope);

  std::unique_ptr<Walker> walker() override;
  Bytes initial() override;
  std::uint64_t fingerprint_of_initial() override;
  Bytes save_parts() override;
  bool load_parts(BytesView parts) override;
  std::uint64_t table_bytes() const override { return space_.bytes(); }

  RaftSpace& space() { return space_; }

  std::vector<std::string> words(const std::vector<Action>& path) override;

 private:
  RaftStepWords step_of(Action action) const;
  bool make_again(const RaftSpace::Recipe& recipe, RaftSteps& steps, RaftSafety& safety);

  RaftSpace space_;
  RaftState initial_;
};

}  // namespace plumbline::model
