#pragma once

#include <cstdint>
#include <optional>

#include "scenarios/model/raft_state.h"
#include "scenarios/model/raft_steps.h"

namespace plumbline::model {

// What may still become of a message that is never lost.
enum class Fate : std::uint8_t {
  kAlive,
  // All it can do is to make its receiver answer with a later term. Of all such messages from one
  // replica to another one is as good as any.
  kTrigger,
  // All it can do is to tell its receiver a later term. Who says so does not matter.
  kInforms,
  // Nothing.
  kSpent,
};

// Judges the messages of one state by what its replicas are and can still become.
//
// Everything here is a belief about the core (that it ignores what is old, that a doubled append
// changes nothing), and a belief could hide the very bug it is about. So a message is dropped only
// after the core has been stepped on it (raft_settle.h).
class RaftFates {
 public:
  RaftFates(const RaftSpace& space, RaftSteps& steps, const RaftState& state);

  Fate of(std::uint32_t message);

 private:
  const RaftFacts& receiver() const { return *facts_[to_]; }
  const RaftFacts& sender() const { return *facts_[from_]; }
  bool terms_may_grow() const;
  Fate trigger() const;
  Fate informs(std::uint8_t term) const;

  Fate of_vote(const raft::Message& m) const;
  Fate of_vote_reply(const raft::Message& m) const;
  Fate of_pre_vote(const raft::Message& m) const;
  Fate of_pre_vote_reply(const raft::Message& m) const;
  Fate of_append(const raft::Message& m);
  Fate of_stale_append();
  Fate of_append_reply(const raft::Message& m) const;
  bool is_covered(const raft::Message& m) const;
  bool answer_is_known(std::uint32_t message);

  const RaftSpace& space_;
  RaftSteps& steps_;
  const RaftState& state_;
  const RaftFacts* facts_[kNodesMax];
  std::uint8_t last_term_ = 0;  // the latest that any replica is in
  unsigned to_ = 0;
  unsigned from_ = 0;
  std::uint32_t message_ = 0;
};

}  // namespace plumbline::model
