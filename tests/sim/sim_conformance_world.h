#pragma once

#include <memory>

#include "sim/world.h"
#include "tests/conformance/conformance_world.h"

namespace plumbline::sim {

// The simulated world under the conformance tests.
class SimConformanceWorld : public conformance::ConformanceWorld {
 public:
  SimConformanceWorld() : simulation_(Options{.seed = 5}) {
    for (const int node : {0, 1}) {
      simulation_.add_node(id(node), "n" + std::to_string(node + 1), [this, node](World& world) {
        worlds_[node] = std::make_unique<World>(world);
        return std::make_unique<Node>();
      });
      simulation_.start(id(node));
    }
  }

  World& world(int node) override { return *worlds_[node]; }
  void spawn(int node, Body body) override {
    ++unfinished_;
    worlds_[node]->tasks.spawn(
        "body", [this, node, running = Running(*this),
                 body = std::move(body)](Yield& yield) mutable { body(yield, *worlds_[node]); });
  }
  bool run() override {
    simulation_.run_until([this] { return unfinished_ == 0; }, simulation_.now() + seconds(600));
    return unfinished_ == 0;
  }
  Address address(int node, int service) override {
    return {"n" + std::to_string(node + 1), static_cast<std::uint16_t>(1'000 + service)};
  }
  void restart(int node) override {
    simulation_.kill(id(node));
    simulation_.start(id(node));
  }
  void stop(int node) override { simulation_.kill(id(node)); }
  bool can_power_cycle() const override { return true; }
  void power_cycle(int node) override {
    simulation_.power_loss(id(node));
    simulation_.start(id(node));
  }

 private:
  // Lives as long as a body: until it has returned or was unwound, or was dropped before it ran.
  struct Running {
    explicit Running(SimConformanceWorld& of) : world(&of) {}
    Running(Running&& other) noexcept : world(std::exchange(other.world, nullptr)) {}
    Running& operator=(Running&&) = delete;
    ~Running() {
      if (world != nullptr) --world->unfinished_;
    }
    SimConformanceWorld* world;
  };
  static NodeId id(int node) { return NodeId(static_cast<std::uint32_t>(node + 1)); }

  int unfinished_ = 0;
  std::unique_ptr<World> worlds_[2];
  Simulation simulation_;
};

}  // namespace plumbline::sim
