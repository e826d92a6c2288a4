#pragma once

#include <cstddef>

#include "nodes/raft/types.h"

namespace plumbline::raft {

// More than half.
std::size_t quorum_size(std::size_t voters);
bool contains(const Voters& voters, ReplicaId id);

// Whether those who agree are a majority of the voters, and in the joint phase of a change of the
// voters before as well (thesis 4.3). Who has no vote does not count; nobody is no majority.
bool is_quorum(const Configuration& configuration, const Voters& agreeing);

struct Held {
  ReplicaId by;
  LogIndex index;
};
// The highest index that a quorum holds. Of who is not listed nothing is held.
LogIndex quorum_index(const Configuration& configuration, const InlineVector<Held, 8>& held);

}  // namespace plumbline::raft
