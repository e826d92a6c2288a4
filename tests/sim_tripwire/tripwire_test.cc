#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "sim/world.h"

namespace plumbline::sim {
namespace {

#ifdef PLUMBLINE_SANITIZED
#define PLUMB_SKIP_IF_SANITIZED() GTEST_SKIP() << "the tripwire is not in sanitizer builds"
#else
#define PLUMB_SKIP_IF_SANITIZED() static_cast<void>(0)
#endif

// A node whose only task does what no node may.
class LeakyNode : public Node {
 public:
  LeakyNode(World& world, std::function<void()> leak) {
    world.tasks.spawn("leak", [leak = std::move(leak)](Yield&) { leak(); });
  }
};

void run_in_a_node(std::function<void()> leak) {
  Simulation simulation(Options{.seed = 77});
  simulation.add_node(NodeId(3), "n3",
                      [&](World& world) { return std::make_unique<LeakyNode>(world, leak); });
  simulation.run_for(milliseconds(1'500));
  simulation.start(NodeId(3));
  simulation.run_for(seconds(1));
}

volatile std::size_t sink = 0;

struct Leak {
  const char* function;
  std::function<void()> call;
};

const Leak kLeaks[] = {
    {"clock_gettime",
     [] {
       sink = static_cast<std::size_t>(std::chrono::steady_clock::now().time_since_epoch().count());
     }},
    {"clock_gettime",
     [] {
       sink = static_cast<std::size_t>(std::chrono::system_clock::now().time_since_epoch().count());
     }},
    {"time", [] { sink = static_cast<std::size_t>(::time(nullptr)); }},
    {"getenv", [] { sink = std::getenv("HOME") != nullptr; }},
    {"pthread_self", [] { sink = std::hash<std::thread::id>()(std::this_thread::get_id()); }},
    {"getpid", [] { sink = static_cast<std::size_t>(::getpid()); }},
    {"rand", [] { sink = static_cast<std::size_t>(std::rand()); }},
    {"pthread_create", [] { std::thread([] {}).join(); }},
    {"socket", [] { sink = static_cast<std::size_t>(::socket(AF_INET, SOCK_STREAM, 0)); }},
    {"open", [] { sink = static_cast<std::size_t>(::open("/etc/hostname", O_RDONLY)); }},
    {"fopen", [] { sink = std::ifstream("/etc/hostname").good(); }},
    {"stat", [] { sink = std::filesystem::exists("/etc/hostname"); }},
    {"access", [] { sink = static_cast<std::size_t>(::access("/etc/hostname", R_OK)); }},
    {"nanosleep", [] { std::this_thread::sleep_for(std::chrono::nanoseconds(1)); }},
    {"malloc_usable_size",
     [] {
       void* block = std::malloc(10);
       sink = ::malloc_usable_size(block);
       std::free(block);
     }},
};

class TripwireDeathTest : public ::testing::TestWithParam<Leak> {};

// DT-02, DT-05, DT-06, DT-08, DT-09: a leak is named with the node, the simulated time and the
// seed.
TEST_P(TripwireDeathTest, NamesTheFunctionAndWhoCalledIt) {
  PLUMB_SKIP_IF_SANITIZED();
  ::testing::GTEST_FLAG(death_test_style) = "fast";
  const std::string first_line = "nondeterminism: [a-z_]*" + std::string(GetParam().function) +
                                 "[a-z_0-9]* called from simulated code";
  EXPECT_DEATH(run_in_a_node(GetParam().call), first_line);
  EXPECT_DEATH(run_in_a_node(GetParam().call), "n3, incarnation 1, at 1.500000000 s, seed 77");
}

INSTANTIATE_TEST_SUITE_P(Leaks, TripwireDeathTest, ::testing::ValuesIn(kLeaks),
                         [](const auto& info) {
                           return std::string(info.param.function) + "_" +
                                  std::to_string(info.index);
                         });

TEST(Tripwire, LetsEverythingThroughOutsideOfSimulatedCode) {
  for (const Leak& leak : kLeaks) leak.call();
  Simulation simulation(Options{});
  simulation.schedule(simulation.now(), [] {
    for (const Leak& leak : kLeaks) leak.call();
  });
  simulation.run_for(seconds(1));
  SUCCEED();
}

TEST(Tripwire, WhatTheSimulatorItselfDoesForANodeIsAllowed) {
  int done = 0;
  run_in_a_node([&] {
    std::vector<std::string> strings(10'000, "some memory");
    done = static_cast<int>(strings.size());
  });
  EXPECT_EQ(done, 10'000);
}

}  // namespace
}  // namespace plumbline::sim
