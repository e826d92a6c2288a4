#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "tests/sim/script_node.h"

namespace plumbline::sim {
namespace {

constexpr NodeId kOne(1);
constexpr NodeId kTwo(2);
constexpr NodeId kThree(3);

// Every node sends one message a millisecond to every other and counts what it gets, by sender.
class Mesh {
 public:
  explicit Mesh(Options options, std::uint32_t nodes = 3) : simulation(std::move(options)) {
    for (std::uint32_t id = 1; id <= nodes; ++id) add(simulation, id, script(nodes));
    for (const NodeId id : simulation.nodes()) simulation.start(id);
  }

  int between(NodeId from, NodeId to) const {
    const auto found = counts.find({from, to});
    return found == counts.end() ? 0 : found->second;
  }
  // What arrives from now on, for a while.
  void listen_anew(Duration time) {
    counts.clear();
    simulation.run_for(time);
  }

  Simulation simulation;
  std::map<std::pair<NodeId, NodeId>, int> counts;

 private:
  ScriptNode::Script script(std::uint32_t nodes) {
    return [this, nodes](World& world) {
      world.transport.set_receiver([this, &world](NodeId from, BytesView) {
        ++counts[{from, world.self}];
      });
      world.tasks.spawn("sender", [&world, nodes](Yield& yield) {
        for (std::uint64_t i = 0;; ++i) {
          for (std::uint32_t to = 1; to <= nodes; ++to) {
            if (to != world.self.value) world.transport.send(NodeId(to), {"ping", i, 0}, "ping");
          }
          world.tasks.sleep_until(yield, world.clock.now() + milliseconds(1));
        }
      });
    };
  }
};

TEST(Net, DeliversEverythingOverAHealthyLink) {
  Mesh mesh(Options{});
  mesh.listen_anew(seconds(1));
  EXPECT_NEAR(mesh.between(kOne, kTwo), 1'000, 2);
  EXPECT_NEAR(mesh.between(kThree, kTwo), 1'000, 2);
}

TEST(Net, ABlockedLinkCutsOneDirectionOnly) {
  Mesh mesh(Options{});
  mesh.simulation.run_for(seconds(1));
  mesh.simulation.set_link(kOne, kTwo, {.blocked = true});
  mesh.simulation.run_for(milliseconds(10));  // what was under way arrives
  mesh.listen_anew(seconds(1));
  EXPECT_EQ(mesh.between(kOne, kTwo), 0);
  EXPECT_NEAR(mesh.between(kTwo, kOne), 1'000, 2);
  EXPECT_NEAR(mesh.between(kOne, kThree), 1'000, 2);
  mesh.simulation.set_link(kOne, kTwo, {});
  mesh.listen_anew(seconds(1));
  EXPECT_NEAR(mesh.between(kOne, kTwo), 1'000, 2) << "what a partition dropped does not come back";
}

TEST(Net, AClogHoldsMessagesAndReleasesThem) {
  Mesh mesh(Options{});
  mesh.simulation.run_for(seconds(1));
  mesh.simulation.set_link(kOne, kTwo, {.clogged = true});
  mesh.simulation.run_for(milliseconds(10));
  mesh.listen_anew(seconds(1));
  EXPECT_EQ(mesh.between(kOne, kTwo), 0);
  mesh.simulation.set_link(kOne, kTwo, {});
  mesh.listen_anew(milliseconds(100));
  EXPECT_NEAR(mesh.between(kOne, kTwo), 1'110, 3);
}

TEST(Net, LossAndDuplicatesOfALinkAddToItsSettings) {
  Options options;
  options.network.loss_ppm = 100'000;
  Mesh mesh(options);
  mesh.simulation.set_link(kOne, kTwo, {.loss_ppm = 400'000});
  mesh.simulation.set_link(kTwo, kOne, {.duplicate_ppm = 500'000});
  mesh.listen_anew(seconds(10));
  EXPECT_NEAR(mesh.between(kOne, kTwo), 5'000, 250);
  EXPECT_NEAR(mesh.between(kTwo, kOne), 9'000 * 3 / 2, 350);
  EXPECT_NEAR(mesh.between(kOne, kThree), 9'000, 150);
}

TEST(Net, MessagesOvertakeEachOther) {
  Simulation simulation(Options{});
  std::string order;
  add_started(simulation, 1, [&](World& world) {
    world.transport.set_receiver([&](NodeId, BytesView bytes) { order += bytes; });
  });
  add_started(simulation, 2, [](World& world) {
    for (char c = 'a'; c <= 'z'; ++c)
      world.transport.send(kOne, {"letter", static_cast<std::uint64_t>(c), 0}, std::string(1, c));
  });
  simulation.run_for(seconds(1));
  EXPECT_EQ(order.size(), 26U);
  EXPECT_NE(order, "abcdefghijklmnopqrstuvwxyz");
}

TEST(Net, ASlowLinkDelaysByAtMostWhatItSays) {
  Options options;
  Simulation simulation(options);
  TrueTime arrived;
  add_started(simulation, 1, [&](World& world) {
    world.transport.set_receiver([&](NodeId, BytesView) { arrived = simulation.now(); });
  });
  add(simulation, 2, [](World& world) { world.transport.send(kOne, {"m", 0, 0}, "m"); });
  simulation.set_link_settings(kTwo, kOne, {.delay_min = seconds(2), .delay_max = seconds(2)});
  simulation.set_link(kTwo, kOne, {.extra_delay_max = seconds(3)});
  simulation.start(kTwo);
  simulation.run_for(seconds(10));
  EXPECT_GE(arrived.ns, seconds(2).ns);
  EXPECT_LE(arrived.ns, seconds(5).ns);
}

// A message to an earlier incarnation never reaches a later one; one from an earlier incarnation
// does arrive.
TEST(Net, MessagesOutliveTheirSenderButNotTheirReceiver) {
  Options options;
  options.network.delay_min = options.network.delay_max = seconds(1);
  Simulation simulation(options);
  std::string got_by_one;
  add_started(simulation, 1, [&](World& world) {
    world.transport.set_receiver([&](NodeId, BytesView bytes) { got_by_one += bytes; });
    if (world.incarnation.value > 1) return;
    world.tasks.call_at(world.clock.now() + milliseconds(1), [&world] {
      world.transport.send(kTwo, {"m", 0, 0}, "from the first incarnation");
    });
  });
  std::string got_by_two;
  add_started(simulation, 2, [&](World& world) {
    world.transport.set_receiver([&](NodeId, BytesView bytes) { got_by_two += bytes; });
    world.transport.send(kOne, {"m", 0, 0}, "to the first incarnation");
  });
  simulation.run_for(milliseconds(500));
  simulation.kill(kOne);
  simulation.start(kOne);
  simulation.run_for(seconds(5));
  EXPECT_EQ(got_by_one, "");
  EXPECT_EQ(got_by_two, "from the first incarnation");
}

TEST(Net, TheTraceTellsTheFateOfEachMessage) {
  Options options;
  options.trace.keep = TraceMemory::Keep::kAll;
  options.network.loss_ppm = 200'000;
  Simulation simulation(options);
  add_started(simulation, 1,
              [](World& world) { world.transport.set_receiver([](NodeId, BytesView) {}); });
  add(simulation, 2, [](World& world) {
    for (std::uint64_t i = 0; i < 100; ++i) world.transport.send(kOne, {"m", i, 0}, "m");
    world.transport.send(NodeId(77), {"m", 100, 0}, "m");
  });
  simulation.start(kTwo);
  simulation.run_for(microseconds(500));
  simulation.kill(kOne);
  simulation.run_for(seconds(1));
  std::map<std::string, int> counts;
  for (const TraceRecord& record : simulation.trace().kept())
    ++counts[simulation.trace().kind(record.kind)->name];
  EXPECT_EQ(counts["net.send"], 101);
  EXPECT_EQ(counts["net.nobody"], 1);
  EXPECT_GT(counts["net.lost"], 5);
  EXPECT_GT(counts["net.stale"], 5);
  EXPECT_EQ(counts["net.lost"] + counts["net.deliver"] + counts["net.stale"], 100);
}

}  // namespace
}  // namespace plumbline::sim
