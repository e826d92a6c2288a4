#include "nodes/client/session_file.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/nodes_client/fixture.h"

namespace plumbline::client::test {
namespace {

constexpr std::uint64_t kBlock = SessionFile::kBlock;

// Runs `body` as the code of a client that uses its disk alone.
void on_a_disk(const std::function<void(Yield&, World&)>& body) {
  Bench bench(1);
  bench.run({}, [&](Yield& yield, World& world, KvClient&) { body(yield, world); });
}

Bytes read_file(Yield& yield, Disk& disk) {
  auto file = std::move(*disk.open(yield, "session", OpenMode::kRead));
  Bytes bytes(*file->size(yield), '\0');
  EXPECT_EQ(*file->read(yield, 0, bytes), bytes.size());
  return bytes;
}

void replace_file(Yield& yield, Disk& disk, BytesView bytes) {
  static_cast<void>(disk.remove(yield, "session"));
  auto file = std::move(*disk.open(yield, "session", OpenMode::kCreate));
  EXPECT_TRUE(file->write(yield, 0, bytes));
}

TEST(SessionFile, ReservesABlockAtATime) {
  on_a_disk([](Yield& yield, World& world) {
    SessionFile file(world.disk);
    EXPECT_FALSE(file.load(yield).id);
    SessionState state{.id = SessionId(7)};
    ASSERT_TRUE(file.reserve(yield, state));
    EXPECT_EQ(state.next, Sequence(1)) << "reserved, not used";
    EXPECT_EQ(state.reserved_to, Sequence(1 + kBlock));
    state.next = state.reserved_to;
    ASSERT_TRUE(file.reserve(yield, state));
    EXPECT_EQ(state.reserved_to, Sequence(1 + 2 * kBlock));
  });
}

TEST(SessionFile, GoesOnBehindEveryNumberThatMayHaveBeenUsed) {
  on_a_disk([](Yield& yield, World& world) {
    SessionState state{.id = SessionId(7), .next = Sequence(5), .reserved_to = Sequence(5)};
    ASSERT_TRUE(SessionFile(world.disk).reserve(yield, state));
    const SessionState again = SessionFile(world.disk).load(yield);
    EXPECT_EQ(again.id, SessionId(7));
    EXPECT_EQ(again.next, Sequence(5 + kBlock));
    EXPECT_EQ(again.reserved_to, again.next)
        << "nothing may be used before a new block is reserved";
  });
}

TEST(SessionFile, WhatCannotBeReadMeansANewSession) {
  on_a_disk([](Yield& yield, World& world) {
    SessionFile file(world.disk);
    SessionState state{.id = SessionId(7)};
    ASSERT_TRUE(file.reserve(yield, state));
    const Bytes good = read_file(yield, world.disk);
    for (std::size_t size = 0; size < good.size(); ++size) {
      replace_file(yield, world.disk, BytesView(good).substr(0, size));
      EXPECT_FALSE(file.load(yield).id) << "cut to " << size << " bytes";
    }
    for (std::size_t at = 0; at < good.size() - 4; ++at) {  // the last four are not used
      Bytes bad = good;
      bad[at] ^= 4;
      replace_file(yield, world.disk, bad);
      EXPECT_FALSE(file.load(yield).id) << "byte " << at << " is wrong";
    }
    replace_file(yield, world.disk, Bytes(good.size(), '\0'));
    EXPECT_FALSE(file.load(yield).id);
    replace_file(yield, world.disk, good);
    EXPECT_EQ(file.load(yield).id, SessionId(7)) << "and the file as it was is good";
  });
}

TEST(SessionFile, ALeftOverTemporaryFileIsNoHindrance) {
  on_a_disk([](Yield& yield, World& world) {
    auto left = std::move(*world.disk.open(yield, "session.new", OpenMode::kCreate));
    EXPECT_TRUE(left->write(yield, 0, "half a session"));
    SessionFile file(world.disk);
    EXPECT_FALSE(file.load(yield).id);
    SessionState state{.id = SessionId(7)};
    EXPECT_TRUE(file.reserve(yield, state));
    EXPECT_EQ(file.load(yield).id, SessionId(7));
  });
}

// R-raft-25: a number used for two commands would have the second answered with the first one's
// reply. The client is killed and loses its power at whatever moment, also in the middle of a disk
// call.
TEST(KvClientSessions, NoNumberIsUsedForTwoCommandsWheneverTheClientDies) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Bench bench(1, {.seed = seed});
    std::uint64_t opened = 0;
    bench.server(1).answer = [&](Yield& yield, World& world, Stream& stream,
                                 const wire::ClientRequest& request) {
      const bool opens = request.command().kind() == wire::Command::OPEN_SESSION;
      with_session(opens ? ++opened : 0, always(wire::ClientReply::OK))(yield, world, stream,
                                                                        request);
    };
    int command = 0;
    bench.set_client({.session = true}, [&](Yield& yield, World& world, KvClient& store) {
      for (;;) store.put(yield, "k", std::to_string(++command), world.clock.now() + seconds(2));
    });
    for (std::uint64_t life = 0; life < 20; ++life) {
      bench.simulation.start(Bench::kClient);
      const Key key = Key("test.life").with(life);
      const Duration time =
          bench.simulation.random().between(key, microseconds(500), milliseconds(150));
      bench.simulation.run_for(time);
      const sim::CrashKind kind = life % 2 == 0 ? sim::CrashKind::kPower : sim::CrashKind::kProcess;
      if (life % 3 == 0) {
        bench.simulation.crash_in_disk_call(Bench::kClient, kind);
        bench.simulation.run_for(milliseconds(300));
      }
      bench.simulation.crash(Bench::kClient, kind);
    }
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> used;
    for (const wire::ClientRequest& request : bench.seen()) {
      const wire::Command& sent = request.command();
      if (sent.kind() == wire::Command::OPEN_SESSION) continue;
      const auto [place, fresh] = used.try_emplace({sent.session(), sent.sequence()}, sent.value());
      EXPECT_EQ(place->second, sent.value())
          << "session " << sent.session() << ", " << sent.sequence();
    }
    EXPECT_GT(used.size(), 100U);
    EXPECT_LT(opened, 8U) << "most restarts go on in the session that they find";
  }
}

TEST(KvClientSessions, ARestartGoesOnInItsSession) {
  Bench bench(1);
  bench.all_answer(with_session(9, always(wire::ClientReply::OK)));
  const auto three_puts = [](Yield& yield, World& world, KvClient& store) {
    for (int i = 0; i < 3; ++i) store.put(yield, "k", "v", world.clock.now() + seconds(2));
  };
  bench.run({.session = true}, three_puts);
  bench.simulation.power_loss(Bench::kClient);
  bench.run({.session = true}, three_puts);
  std::vector<std::uint64_t> sequences;
  for (const wire::ClientRequest& request : bench.seen())
    sequences.push_back(request.command().sequence());
  EXPECT_EQ(sequences,
            (std::vector<std::uint64_t>{0, 1, 2, 3, kBlock + 1, kBlock + 2, kBlock + 3}));
}

}  // namespace
}  // namespace plumbline::client::test
