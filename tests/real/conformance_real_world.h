#pragma once

#include <array>

#include "real/asio/reserved_port.h"
#include "tests/conformance/conformance_world.h"
#include "tests/real/support.h"

namespace plumbline::real {

// Two AsioWorlds in this process, on one loop, with ports and directories that stay theirs over
// restarts.
class RealConformanceWorld : public conformance::ConformanceWorld {
 public:
  RealConformanceWorld() {
    for (int node = 0; node < kNodes; ++node) start(node);
  }

  World& world(int node) override { return at(node).world->world(); }
  void spawn(int node, Body body) override { waiting_.emplace_back(node, std::move(body)); }
  bool run() override {
    for (auto& [node, body] : std::exchange(waiting_, {})) begin(node, std::move(body));
    return loop_.run_until([this] { return unfinished_ == 0; }, kPatience);
  }
  Address address(int node, int service) override {
    auto& ports = at(node).services;
    while (ports.size() <= static_cast<std::size_t>(service))
      ports.push_back(std::make_unique<ReservedPort>());
    return ports[static_cast<std::size_t>(service)]->address();
  }
  void restart(int node) override {
    at(node).world->stop();
    start(node);
  }
  void stop(int node) override { at(node).world->stop(); }

 private:
  static constexpr int kNodes = 2;
  struct NodeState {
    TempDirectory directory;
    ReservedPort transport;
    std::vector<std::unique_ptr<ReservedPort>> services;
    std::uint32_t incarnation = 0;
    std::unique_ptr<AsioWorld> world;
  };
  // Lives as long as the body that holds it, however that ends.
  struct Unfinished {
    explicit Unfinished(int& its_count) : count(its_count) { ++count; }
    ~Unfinished() { --count; }
    int& count;
  };

  NodeState& at(int node) { return nodes_[static_cast<std::size_t>(node)]; }
  static NodeId id(int node) { return NodeId(static_cast<std::uint32_t>(node) + 1); }
  void start(int node) {
    NodeState& state = at(node);
    AsioWorldOptions options;
    options.self = id(node);
    options.incarnation = Incarnation(++state.incarnation);
    options.directory = state.directory.path();
    options.listen = state.transport.address();
    for (int peer = 0; peer < kNodes; ++peer) options.book[id(peer)] = at(peer).transport.address();
    options.seed = 7;
    auto opened = AsioWorld::open(loop_, std::move(options), sink_);
    PLUMB_ASSERT(opened.ok(), opened.error().message());
    state.world = std::move(*opened);
  }
  void begin(int node, Body body) {
    auto mark = std::make_unique<Unfinished>(unfinished_);
    World& its = world(node);
    its.tasks.spawn("conformance", [mark = std::move(mark), body = std::move(body),
                                    &its](Yield& yield) mutable { body(yield, its); });
  }

  EventLoop loop_;
  trace::NullSink sink_;
  int unfinished_ = 0;
  std::vector<std::pair<int, Body>> waiting_;
  std::array<NodeState, kNodes> nodes_;
};

}  // namespace plumbline::real
