#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

#include "tests/sim/script_node.h"

namespace plumbline::sim {
namespace {

constexpr std::uint32_t kNodes = 3;

// A cluster that uses every port: messages, streams, disk, timers, randomness; its nodes react to
// what they get.
void talk(Yield& yield, World& world) {
  auto file = world.disk.open(yield, "log",
                              world.incarnation.value == 1 ? OpenMode::kCreate : OpenMode::kWrite);
  for (std::uint64_t i = 0; i < 40; ++i) {
    const std::uint64_t pause = world.random.below(Key("test.pause").with(i), 5'000);
    world.tasks.sleep_until(yield,
                            world.clock.now() + microseconds(static_cast<std::int64_t>(pause)));
    for (std::uint32_t to = 1; to <= kNodes; ++to)
      world.transport.send(NodeId(to), {"talk", i, 0}, std::to_string(i));
    if (!file.ok()) continue;
    static_cast<void>((*file)->write(yield, i * 100, std::string(100, 'x')));
    if (i % 4 == 0) static_cast<void>((*file)->sync(yield));
  }
}

void call_each_other(Yield& yield, World& world) {
  auto stream = world.streams.connect(yield, {"n1", 80});
  if (!stream.ok()) return;
  static_cast<void>((*stream)->write(yield, std::string(3'000, 's')));
  (*stream)->finish_writing();
}

void serve(Yield& yield, World& world) {
  auto listener = world.streams.listen({"n1", 80});
  if (!listener.ok()) return;
  for (;;) {
    auto stream = (*listener)->accept(yield);
    std::array<char, 512> buffer;
    for (;;) {
      const auto count = (*stream)->read(yield, buffer);
      if (!count.ok() || *count == 0) break;
    }
  }
}

void start_node(World& world) {
  world.transport.set_receiver([&world](NodeId from, BytesView bytes) {
    if (bytes.size() == 1)
      world.transport.send(from, {"echo", static_cast<std::uint64_t>(bytes[0]), 0}, "an echo");
  });
  world.tasks.spawn("talk", [&world](Yield& yield) { talk(yield, world); });
  world.tasks.spawn("call", [&world](Yield& yield) { call_each_other(yield, world); });
  if (world.self.value == 1)
    world.tasks.spawn("serve", [&world](Yield& yield) { serve(yield, world); });
}

struct Outcome {
  std::uint64_t hash = 0;
  std::uint64_t total = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(std::uint64_t seed, TraceMemory memory = {}) {
  Options options;
  options.seed = seed;
  options.trace = memory;
  options.network.loss_ppm = 50'000;
  options.network.duplicate_ppm = 50'000;
  options.network.tail_ppm = 50'000;
  options.clock.drift_ppm_max = 100;
  Simulation simulation(options);
  for (std::uint32_t id = 1; id <= kNodes; ++id) add_started(simulation, id, start_node);
  simulation.schedule(TrueTime{} + milliseconds(20), [&] { simulation.power_loss(NodeId(2)); });
  simulation.schedule(TrueTime{} + milliseconds(30), [&] { simulation.start(NodeId(2)); });
  simulation.schedule(TrueTime{} + milliseconds(40),
                      [&] { simulation.set_link(NodeId(1), NodeId(3), {.blocked = true}); });
  simulation.schedule(TrueTime{} + milliseconds(50), [&] { simulation.kill(NodeId(1)); });
  simulation.run_for(seconds(2));
  return {simulation.trace().hash(), simulation.trace().total()};
}

TEST(Determinism, TheSameSeedGivesTheSameTraceAndAnotherSeedAnother) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome first = run(seed);
    EXPECT_GT(first.total, 500U);
    EXPECT_EQ(first, run(seed));
    EXPECT_NE(first.hash, run(seed + 1'000).hash);
  }
}

TEST(Determinism, WhatIsKeptOfTheTraceDoesNotChangeItsHash) {
  const Outcome last = run(7, {.keep = TraceMemory::Keep::kLast, .count = 10});
  EXPECT_EQ(last, run(7, {.keep = TraceMemory::Keep::kNothing}));
  EXPECT_EQ(last, run(7, {.keep = TraceMemory::Keep::kAll}));
}

// -- Keyed randomness: the outcome of every decision about a message is a function of seed and key
// alone.

struct Traffic {
  std::vector<Override> overrides;
  bool unrelated_draws = false;
  std::uint64_t skipped = UINT64_MAX;  // the message that is not sent at all
};

// What became of each message: lost, or the times of its arrivals relative to its sending.
using Fates = std::map<std::string, std::vector<std::int64_t>>;

// Nodes send on a fixed timetable and do not react, so that only decisions can differ between two
// runs.
Fates fates(const Traffic& traffic) {
  Options options;
  options.seed = 11;
  options.overrides = traffic.overrides;
  options.network.loss_ppm = 200'000;
  options.network.duplicate_ppm = 200'000;
  options.network.tail_ppm = 100'000;
  Fates found;
  std::map<std::string, TrueTime> sent;
  Simulation simulation(options);
  for (std::uint32_t id = 1; id <= kNodes; ++id) {
    add(simulation, id, [&](World& world) {
      world.transport.set_receiver([&](NodeId, BytesView bytes) {
        found[std::string(bytes)].push_back((simulation.now() - sent.at(std::string(bytes))).ns);
      });
      world.tasks.spawn("sender", [&](Yield& yield) {
        for (std::uint64_t i = 0; i < 100; ++i) {
          world.tasks.sleep_until(yield, world.clock.now() + milliseconds(1));
          if (traffic.unrelated_draws) world.random.bits(Key("test.unrelated").with(i));
          for (std::uint32_t to = 1; to <= kNodes; ++to) {
            if (world.self.value == 1 && to == 2 && i == traffic.skipped) continue;
            const std::string name = std::to_string(world.self.value) + ">" + std::to_string(to) +
                                     " " + std::to_string(i);
            sent[name] = simulation.now();
            found[name];
            world.transport.send(NodeId(to), {"m", i, 0}, name);
          }
        }
      });
    });
  }
  for (std::uint32_t id = 1; id <= kNodes; ++id) simulation.start(NodeId(id));
  if (traffic.unrelated_draws) simulation.random().bits(Key("test.unrelated_of_the_world"));
  simulation.run_for(seconds(10));
  EXPECT_TRUE(simulation.random().unused_overrides().empty());
  return found;
}

TEST(KeyedRandomness, OneDrawMoreOfAnUnrelatedKeyChangesNoOtherDecision) {
  const Fates plain = fates({});
  EXPECT_EQ(plain.size(), 900U);
  EXPECT_EQ(plain, fates({.unrelated_draws = true}));
}

TEST(KeyedRandomness, OneMessageLessChangesNoOtherDecision) {
  Fates plain = fates({});
  Fates without = fates({.skipped = 50});
  EXPECT_FALSE(without.contains("1>2 50"));
  plain.erase("1>2 50");
  EXPECT_EQ(plain, without);
}

TEST(KeyedRandomness, AnOverriddenLossChangesNoOtherDecision) {
  Fates plain = fates({});
  // A message that arrived, taken away by an override.
  std::uint64_t arrived = 0;
  while (plain.at("1>2 " + std::to_string(arrived)).empty()) ++arrived;
  const std::string name = "1>2 " + std::to_string(arrived);
  const std::string key = "net.loss(m)/1/1/2/" + std::to_string(arrived) + "/0/0";
  Fates lost = fates({.overrides = {{key, 1}}});
  EXPECT_TRUE(lost.at(name).empty());
  plain.erase(name);
  lost.erase(name);
  EXPECT_EQ(plain, lost);
}

}  // namespace
}  // namespace plumbline::sim
