#pragma once

#include "nodes/replica/replica.h"
#include "sim/world.h"

namespace plumbline::scenarios {

// The replica that runs on a node and has recovered; nullptr while there is none.
inline const replica::Replica* replica_of(const sim::Simulation& simulation, NodeId node) {
  const auto* replica = static_cast<const replica::Replica*>(simulation.node(node));
  return replica != nullptr && replica->core() != nullptr ? replica : nullptr;
}

}  // namespace plumbline::scenarios
