#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "nodes/fiber/fiber.h"
#include "sim/world.h"

namespace plumbline::sim {

// A node whose code is a function of the test, called at each start.
class ScriptNode : public Node {
 public:
  using Script = std::function<void(World&)>;
  ScriptNode(World& world, const Script& script) { script(world); }
};

inline void add(
    Simulation& simulation, std::uint32_t id, ScriptNode::Script script = [](World&) {}) {
  simulation.add_node(NodeId(id), "n" + std::to_string(id),
                      [script = std::move(script)](World& world) {
                        return std::make_unique<ScriptNode>(world, script);
                      });
}

inline void add_started(
    Simulation& simulation, std::uint32_t id, ScriptNode::Script script = [](World&) {}) {
  add(simulation, id, std::move(script));
  simulation.start(NodeId(id));
}

// A script that runs `body` as the node's only task.
inline ScriptNode::Script task(std::function<void(Yield&, World&)> body) {
  return [body = std::move(body)](World& world) {
    world.tasks.spawn("script", [&world, body](Yield& yield) { body(yield, world); });
  };
}

}  // namespace plumbline::sim
