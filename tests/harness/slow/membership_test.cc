// A node that joins a cluster that runs, and a leader that is asked to end.

#include <gtest/gtest.h>

#include <chrono>

#include "nodes/client/admin.h"
#include "nodes/client/kv_client.h"
#include "real/asio/address.h"
#include "real/harness/store_process.h"
#include "tests/real/support.h"

namespace plumbline::harness {
namespace {

using client::Fate;
using Steady = std::chrono::steady_clock;

constexpr std::uint32_t kMembers = 3;
constexpr NodeId kJoiner{kMembers + 1};
// So long that whoever leads sooner was handed the leadership.
constexpr std::int64_t kElectionMs = 4000;

class MembershipTest : public ::testing::Test {
 protected:
  MembershipTest() {
    for (std::uint32_t i = 1; i <= kJoiner.value; ++i) {
      const std::string name = directory_.path() + "/n" + std::to_string(i);
      processes_.push_back(std::make_unique<StoreProcess>(
          StoreProcess::Options{NodeId(i), PLUMBD, name, name + ".log"}));
      servers_.push_back({NodeId(i), processes_.back()->clients_address()});
    }
  }

  StoreProcess& process(NodeId node) { return *processes_.at(node.value - 1); }
  const client::Server& server(NodeId node) { return servers_.at(node.value - 1); }

  void start(NodeId node, std::vector<std::string> flags) {
    for (const auto& peer : processes_) {
      const std::string address = real::text_of(peer->peers_address());
      flags.insert(flags.end(), {"--peer", std::to_string(peer->node().value) + "=" + address});
    }
    flags.insert(flags.end(), {"--members", "1,2,3", "--election-timeout-ms",
                               std::to_string(kElectionMs), "--heartbeat-ms", "200",
                               "--snapshot-log-entries", "50", "--trailing-entries", "10"});
    process(node).set_flags(std::move(flags));
    ASSERT_TRUE(process(node).start().ok());
    EXPECT_TRUE(until([&] { return process(node).is_ready(); }));
  }
  // Asked again and again, for nothing of this process wakes the loop up.
  bool until(const std::function<bool()>& holds) {
    const auto begun = Steady::now();
    while (!holds() && Steady::now() - begun < std::chrono::seconds(30)) {
      loop_.run_until([] { return false; }, milliseconds(5));
    }
    return holds();
  }
  // Runs `body` as a node of this process to its end.
  void run(UniqueFunction<void(World&, Yield&, const client::Options&)> body) {
    real::AsioWorldOptions options;
    options.self = NodeId(900);
    options.seed = 1;
    auto world = real::AsioWorld::open(loop_, std::move(options), sink_);
    ASSERT_TRUE(world.ok());
    bool done = false;
    client::Options store;
    store.servers = servers_;
    (*world)->world().tasks.spawn("test", [&, &ports = (*world)->world()](Yield& yield) {
      body(ports, yield, store);
      done = true;
    });
    EXPECT_TRUE(loop_.run_until([&] { return done; }, seconds(60)));
    (*world)->stop();
  }

  real::TempDirectory directory_;
  real::EventLoop loop_;
  trace::NullSink sink_;
  std::vector<std::unique_ptr<StoreProcess>> processes_;
  std::vector<client::Server> servers_;
};

Instant in(World& world, std::int64_t s) { return world.clock.now() + seconds(s); }

void put_many(World& world, Yield& yield, client::KvClient& store, int from, int to) {
  for (int i = from; i < to; ++i) {
    const std::string key = "k" + std::to_string(i);
    ASSERT_EQ(store.put(yield, key, "v", in(world, 20)).fate, Fate::kOk) << key;
  }
}

std::optional<wire::Status> leader_of(World& world, Yield& yield, client::Admin& admin,
                                      const std::vector<client::Server>& servers) {
  for (const client::Server& server : servers) {
    auto status = admin.status(yield, server, in(world, 1));
    if (status && status->role() == "leader") return status;
  }
  return std::nullopt;
}

// R-raft-19, R-raft-22; and a leader that is asked to end is followed by another at once.
TEST_F(MembershipTest, AnEmptyNodeJoinsBySnapshotAndALeaderThatEndsHandsOver) {
  for (std::uint32_t i = 1; i <= kMembers; ++i) start(NodeId(i), {});
  run([&](World& world, Yield& yield, const client::Options& options) {
    client::KvClient store(world, options);
    put_many(world, yield, store, 0, 200);
  });
  start(kJoiner, {"--join", "--replica", "7"});
  std::optional<wire::Status> before;
  run([&](World& world, Yield& yield, const client::Options& options) {
    client::Admin admin(world, options);
    client::MemberChange change;
    change.kind = client::MemberChange::Kind::kAddVoter;
    change.replica = ReplicaId(7);
    change.node = kJoiner;
    const auto added = admin.change_members(yield, {.changes = {change}}, in(world, 30));
    ASSERT_EQ(added.fate, Fate::kOk) << added.detail;
    client::KvClient store(world, options);
    put_many(world, yield, store, 200, 220);
    before = leader_of(world, yield, admin, servers_);
    const auto joined = admin.status(yield, server(kJoiner), in(world, 5));
    ASSERT_TRUE(before && joined);
    EXPECT_GT(joined->first_index(), 100U) << "what lies before came as a snapshot";
    EXPECT_EQ(before->members().voters_size(), 4);
  });
  ASSERT_TRUE(before);
  StoreProcess& leader = process(NodeId(before->node()));
  const auto asked = Steady::now();
  leader.terminate();
  run([&](World& world, Yield& yield, const client::Options& options) {
    client::KvClient store(world, options);
    put_many(world, yield, store, 220, 240);
    EXPECT_EQ(store.get(yield, "k7", in(world, 5)).value, "v");
    client::Admin admin(world, options);
    const auto after = leader_of(world, yield, admin, servers_);
    ASSERT_TRUE(after);
    EXPECT_NE(after->node(), before->node());
    EXPECT_EQ(after->term(), before->term() + 1) << "one election, and that was won";
  });
  EXPECT_LT(Steady::now() - asked, std::chrono::milliseconds(kElectionMs / 2));
  EXPECT_TRUE(until([&] { return leader.has_ended(); }));
  for (const auto& process : processes_) {
    EXPECT_FALSE(process->died_by_itself()) << *process->died_by_itself();
  }
}

}  // namespace
}  // namespace plumbline::harness
