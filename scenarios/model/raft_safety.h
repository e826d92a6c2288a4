#pragma once

#include <optional>
#include <vector>

#include "scenarios/model/raft_state.h"
#include "scenarios/model/raft_steps.h"

namespace plumbline::model {

// What binds replicas together, checked after each step of one of them: I1, I3, I4, I5, I6. Keeps
// the history of the state up to date.
class RaftSafety {
 public:
  explicit RaftSafety(RaftSpace& space);

  // `state` is the one after a step of replica `who`, whose history is still the one before.
  std::optional<Finding> stepped(RaftState& state, unsigned who, std::uint32_t before,
                                 const RaftSteps::Outcome& outcome);
  // As a recipe says that a history was made.
  void extend_again(const RaftSpace::Recipe& recipe);

 private:
  std::optional<Finding> elected(const RaftState& state, unsigned who) const;
  std::optional<Finding> committed(const RaftState& state, unsigned who,
                                   std::uint32_t before) const;
  std::optional<Finding> matching(const RaftState& state, unsigned who) const;
  bool is_on_a_quorum(const RaftState& state, std::size_t index, unsigned who,
                      std::uint32_t before) const;
  std::optional<Finding> base_is_committed(const RaftState& state, unsigned who) const;
  std::optional<Finding> configurations_overlap(std::uint32_t before, std::uint32_t after) const;

  // The history once this replica's term and commit index are known.
  std::uint32_t extended(std::uint32_t history, std::uint32_t replica, bool elected,
                         std::uint8_t least_term);
  std::uint32_t extend(std::uint32_t history, std::uint32_t replica, bool elected,
                       std::uint8_t least_term);

  struct Extension {
    std::uint64_t key = 0;
    std::uint32_t history = 0;
  };

  RaftSpace& space_;
  std::vector<Extension> known_;  // a cache: one place for each key
};

}  // namespace plumbline::model
