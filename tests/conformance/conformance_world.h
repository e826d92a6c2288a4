#pragma once

#include <cstdint>

#include "nodes/base/unique_function.h"
#include "nodes/fiber/fiber.h"
#include "nodes/world/world.h"

namespace plumbline::conformance {

// Two nodes of one world, numbered 0 and 1, both running, with empty disks. Bodies are fibers of a
// node.
class ConformanceWorld {
 public:
  using Body = UniqueFunction<void(Yield&, World&)>;

  virtual ~ConformanceWorld() = default;

  // The node's current World: another one after restart() or power_cycle().
  virtual World& world(int node) = 0;
  // The body starts at the next run().
  virtual void spawn(int node, Body body) = 0;
  // Until every body that was spawned has returned or was ended; false when that takes longer than
  // a generous limit.
  virtual bool run() = 0;
  // Where `node` listens when it is asked for its `service`-th port (0, 1, ...), as the other node
  // would name it. Nobody else uses that port.
  virtual Address address(int node, int service) = 0;

  // The node's process ends at an instant and a new incarnation starts: memory gone, written bytes
  // still there.
  virtual void restart(int node) = 0;
  // The node's process ends and stays away. May be called by a body of the other node.
  virtual void stop(int node) = 0;
  // Worlds that can cut the power of a node, losing all that was not synced as far as the contract
  // allows, say so.
  virtual bool can_power_cycle() const { return false; }
  virtual void power_cycle(int /*node*/) {}
};

}  // namespace plumbline::conformance
