#include "nodes/raft/roles.h"

#include <algorithm>

#include "nodes/raft/quorum.h"

namespace plumbline::raft {

bool Ballot::grant(ReplicaId voter) {
  if (contains(granted, voter)) return false;
  granted.push_back(voter);
  return true;
}

Progress* Leader::find(ReplicaId id) {
  auto* peer =
      std::find_if(peers.begin(), peers.end(), [&](const Progress& p) { return p.id == id; });
  return peer == peers.end() ? nullptr : peer;
}

}  // namespace plumbline::raft
