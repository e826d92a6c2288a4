#pragma once

#include <optional>

#include "nodes/raft/types.h"

namespace plumbline::raft {

// Who is what in a configuration, and how one is made of another.

// Of either phase of a change.
bool is_voter(const Configuration& configuration, ReplicaId id);
const Learner* find_learner(const Configuration& configuration, ReplicaId id);
// A voter or a learner.
bool is_member(const Configuration& configuration, ReplicaId id);
// Of both phases of a change, sorted by id.
Voters voters_of(const Configuration& configuration);
// Voters and learners, sorted by id.
Voters members_of(const Configuration& configuration);
// Zero for a replica whose place is not known.
NodeId node_of(const Configuration& configuration, ReplicaId id);

// The configuration that asks for all of `changes` at once; joint when voters change (thesis 4.3).
// Nothing when they contradict the configuration or each other, when an id was used before, or when
// no voter would be left. REQUIRES: `from` is not joint.
std::optional<Configuration> change(const Configuration& from, const MemberChanges& changes);
// The second half of a joint change.
Configuration leave_joint(const Configuration& joint);

}  // namespace plumbline::raft
