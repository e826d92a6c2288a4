#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "tests/sim/script_node.h"

namespace plumbline::sim {
namespace {

constexpr NodeId kServer(1);
constexpr NodeId kClient(2);

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 37 + i / 253);
  return text;
}

// A server that reads everything of one connection, and a client whose code is the test's.
class Pair {
 public:
  using Client = std::function<void(Yield&, World&, Stream&)>;

  Pair(Options options, Client client)
      : client_(std::move(client)), simulation(std::move(options)) {
    add_started(simulation, 1, task([this](Yield& yield, World& world) { serve(yield, world); }));
    add(simulation, 2, task([this](Yield& yield, World& world) {
          asked = simulation.now();
          auto stream = world.streams.connect(yield, {"n1", 80});
          answered = simulation.now();
          connected = stream.ok();
          if (!stream.ok()) error = stream.error().code;
          if (stream.ok() && client_) client_(yield, world, **stream);
        }));
  }
  void start_client() { simulation.start(kClient); }

 private:
  void serve(Yield& yield, World& world) {
    auto listener = std::move(*world.streams.listen({"n1", 80}));
    auto stream = std::move(*listener->accept(yield));
    std::array<char, 1 << 16> buffer;
    for (;;) {
      const auto count = stream->read(yield, buffer);
      server_broken = !count.ok();
      if (!count.ok() || *count == 0) break;
      pieces.insert(*count);
      received.append(buffer.data(), *count);
    }
    finished = !server_broken;
    stream->finish_writing();
    world.tasks.sleep_until(yield, world.clock.now() + seconds(1'000));
  }
  Client client_;

 public:
  std::string received;
  std::set<std::size_t> pieces;
  bool finished = false;
  bool server_broken = false;
  bool connected = false;
  Errc error = Errc::kInvalid;
  TrueTime asked;
  TrueTime answered;
  Simulation simulation;
};

void send_all(Yield& yield, Stream& stream, const std::string& bytes) {
  if (!stream.write(yield, bytes).ok()) return;
  stream.finish_writing();
  std::array<char, 8> buffer;
  static_cast<void>(stream.read(yield, buffer));
}

TEST(SimStreams, ReadersMeetBytesInPiecesButInOrder) {
  const std::string sent = pattern(200'000);
  Pair pair(Options{}, [&](Yield& yield, World&, Stream& stream) {
    for (std::size_t at = 0; at < sent.size(); at += 1'000) {
      ASSERT_TRUE(stream.write(yield, std::string_view(sent).substr(at, 1'000)).ok());
    }
    send_all(yield, stream, "");
  });
  pair.start_client();
  pair.simulation.run_for(seconds(60));
  EXPECT_TRUE(pair.received == sent);
  EXPECT_TRUE(pair.finished);
  EXPECT_TRUE(std::any_of(pair.pieces.begin(), pair.pieces.end(), [](std::size_t n) {
    return n % 1'000 != 0;
  })) << "no chunk was cut inside a write";
}

TEST(SimStreams, NoMoreThanTheWindowIsUnderWay) {
  Options options;
  options.stream_window_bytes = 10'000;
  std::size_t written = 0;
  Pair pair(options, [&](Yield& yield, World&, Stream& stream) {
    for (;;) {
      ASSERT_TRUE(stream.write(yield, "0123456789").ok());
      written += 10;
    }
  });
  pair.start_client();
  pair.simulation.run_for(milliseconds(100));
  EXPECT_TRUE(pair.connected);
  pair.simulation.pause(kServer);
  pair.simulation.run_for(seconds(1));
  EXPECT_LE(written, pair.received.size() + 10'000);
  const std::size_t stalled_at = written;
  pair.simulation.resume(kServer);
  pair.simulation.run_for(seconds(1));
  EXPECT_GT(written, stalled_at);
}

TEST(SimStreams, ABlockedLinkStallsAStreamWithoutLosingBytes) {
  const std::string sent = pattern(500'000);
  Pair pair(Options{},
            [&](Yield& yield, World&, Stream& stream) { send_all(yield, stream, sent); });
  pair.start_client();
  pair.simulation.run_for(milliseconds(5));
  pair.simulation.set_link(kClient, kServer, {.blocked = true});
  pair.simulation.run_for(seconds(10));
  const std::size_t before = pair.received.size();
  EXPECT_LT(before, sent.size());
  pair.simulation.run_for(seconds(10));
  EXPECT_EQ(pair.received.size(), before);
  pair.simulation.set_link(kClient, kServer, {});
  pair.simulation.run_for(seconds(30));
  EXPECT_TRUE(pair.received == sent);
  EXPECT_TRUE(pair.finished);
}

TEST(SimStreams, ConnectingThroughAPartitionHangsUntilItHeals) {
  Pair pair(Options{}, {});
  pair.simulation.set_link(kServer, kClient, {.blocked = true});
  pair.start_client();
  pair.simulation.run_for(seconds(30));
  EXPECT_EQ(pair.answered, TrueTime{});
  pair.simulation.set_link(kServer, kClient, {});
  pair.simulation.run_for(seconds(1));
  EXPECT_TRUE(pair.connected);
}

TEST(SimStreams, ConnectingToAKilledNodeIsRefused) {
  Pair pair(Options{}, {});
  pair.simulation.kill(kServer);
  pair.start_client();
  pair.simulation.run_for(seconds(1));
  EXPECT_EQ(pair.error, Errc::kRefused);
  EXPECT_GT(pair.answered, pair.asked) << "a refusal takes a round trip";
}

TEST(SimStreams, AResetMayStrikeAtAnyByteAndLosesWhatWasNotRead) {
  std::set<std::size_t> lengths;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Options options;
    options.seed = seed;
    const std::string sent = pattern(100'000);
    bool client_saw_it = false;
    Pair pair(options, [&](Yield& yield, World&, Stream& stream) {
      std::array<char, 8> buffer;
      client_saw_it = !stream.write(yield, sent).ok() || !stream.read(yield, buffer).ok();
    });
    pair.simulation.set_link(kClient, kServer, {.reset_ppm = 200'000});
    pair.start_client();
    pair.simulation.run_for(seconds(10));
    EXPECT_EQ(pair.received, sent.substr(0, pair.received.size()));
    EXPECT_EQ(client_saw_it, pair.server_broken);
    if (pair.server_broken) lengths.insert(pair.received.size());
  }
  EXPECT_GT(lengths.size(), 10U);
}

TEST(SimStreams, ResetConnectionsBreaksBothEnds) {
  bool client_broken = false;
  Pair pair(Options{}, [&](Yield& yield, World&, Stream& stream) {
    std::array<char, 8> buffer;
    client_broken = !stream.read(yield, buffer).ok();
  });
  pair.start_client();
  pair.simulation.run_for(seconds(1));
  EXPECT_TRUE(pair.connected);
  pair.simulation.reset_connections(kServer);
  pair.simulation.run_for(seconds(1));
  EXPECT_TRUE(client_broken);
  EXPECT_TRUE(pair.server_broken);
}

TEST(SimStreams, AKillIsNoticedSoonAndAPowerLossLate) {
  for (const CrashKind kind : {CrashKind::kProcess, CrashKind::kPower}) {
    TrueTime noticed;
    Simulation* running = nullptr;
    Pair pair(Options{}, [&](Yield& yield, World&, Stream& stream) {
      std::array<char, 8> buffer;
      EXPECT_EQ(stream.read(yield, buffer).error().code, Errc::kReset);
      noticed = running->now();
    });
    running = &pair.simulation;
    pair.start_client();
    pair.simulation.run_for(seconds(1));
    pair.simulation.crash(kServer, kind);
    pair.simulation.run_for(seconds(60));
    const Duration took = noticed - (TrueTime{} + seconds(1));
    EXPECT_GT(took.ns, 0);
    if (kind == CrashKind::kProcess) {
      EXPECT_LT(took, seconds(1));
    } else {
      EXPECT_GE(took, Options{}.dead_peer_timeout);
    }
  }
}

TEST(SimStreams, AClientThatGivesUpConnectingLeavesNothingBehind) {
  bool accepted = false;
  Simulation simulation(Options{});
  add_started(simulation, 1, task([&](Yield& yield, World& world) {
                auto listener = std::move(*world.streams.listen({"n1", 80}));
                auto stream = std::move(*listener->accept(yield));
                accepted = true;
                std::array<char, 8> buffer;
                EXPECT_FALSE(stream->read(yield, buffer).ok());
              }));
  add(simulation, 2, task([](Yield& yield, World& world) {
        const TaskId connecting = world.tasks.spawn("connect", [&world](Yield& own) {
          static_cast<void>(world.streams.connect(own, {"n1", 80}));
          ADD_FAILURE() << "connected though it was cancelled";
        });
        world.tasks.sleep_until(yield, world.clock.now() + microseconds(50));
        world.tasks.cancel(connecting);
      }));
  simulation.start(kClient);
  simulation.run_for(seconds(10));
  EXPECT_FALSE(accepted);
}

}  // namespace
}  // namespace plumbline::sim
