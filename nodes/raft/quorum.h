#pragma once

#include <cstddef>

#include "nodes/raft/types.h"

namespace plumbline::raft {

// Every majority of the house is computed here: votes, commits, reads and check-quorum.

// The fewest voters of which any two choices overlap.
std::size_t quorum_size(std::size_t voters);

bool contains(const Voters& voters, ReplicaId id);

// Whether those who agree are a quorum. `agreeing` is a set; members that are not voters do not
// count.
bool is_quorum(const Configuration& configuration, const Voters& agreeing);

// The highest index that a quorum holds, where the replica voters[i] holds held[i].
LogIndex quorum_index(const Configuration& configuration, InlineVector<LogIndex, 7> held);

}  // namespace plumbline::raft
