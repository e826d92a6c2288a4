#pragma once

#include <algorithm>
#include <cstddef>

#include "nodes/raft/types.h"

namespace plumbline::scenarios {

// What a majority is, counted here once more: a check that asked the core would share its mistakes.
inline bool is_majority_of(const raft::Voters& voters, const raft::Voters& agreeing) {
  std::size_t agreed = 0;
  for (const ReplicaId voter : voters) {
    agreed += std::find(agreeing.begin(), agreeing.end(), voter) == agreeing.end() ? 0 : 1;
  }
  return 2 * agreed > voters.size();
}

// In the joint phase of a change both majorities are needed.
inline bool may_decide(const raft::Configuration& configuration, const raft::Voters& agreeing) {
  return is_majority_of(configuration.voters, agreeing) &&
         (configuration.outgoing.empty() || is_majority_of(configuration.outgoing, agreeing));
}

}  // namespace plumbline::scenarios
