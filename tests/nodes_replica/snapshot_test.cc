// Snapshots and compaction, through whole clusters.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "nodes/replica/replica.h"
#include "tests/nodes_replica/cluster.h"

namespace plumbline::replica::test {
namespace {

using client::Fate;
using client::KvClient;

Instant in(World& world, Duration time) { return world.clock.now() + time; }

// Small logs, and snapshots that travel in many pieces.
void small_logs(ReplicaOptions& options) {
  options.log.segment_bytes = 16 * 1024;
  options.snapshot_log_bytes = 32 * 1024;
  options.raft.trailing_entries = 16;
  options.snapshot_send = {.chunk_bytes = 512, .window_chunks = 3};
}

constexpr std::uint64_t kLogBound = 256 * 1024;

void write(Cluster& cluster, int count, int first = 0, std::size_t bytes = 500) {
  cluster.call([=](Yield& yield, World& world, KvClient& store) {
    for (int i = first; i < first + count; ++i) {
      const Bytes key = "k" + std::to_string(i % 40);
      const Bytes value = std::to_string(i) + Bytes(bytes, 'v');
      ASSERT_EQ(store.put(yield, key, value, in(world, seconds(10))).fate, Fate::kOk) << i;
    }
  });
}

void expect_equal_states(Cluster& cluster) {
  const bool settled = cluster.settle();
  for (const NodeId node : cluster.nodes) {
    if (settled || !cluster.simulation.is_up(node)) continue;
    ADD_FAILURE() << "n" << node.value << ": " << cluster.replica(node).describe();
  }
  ASSERT_TRUE(settled);
  const Replica& first = cluster.replica(*cluster.leader());
  for (const NodeId node : cluster.nodes) {
    if (!cluster.simulation.is_up(node)) continue;
    EXPECT_EQ(cluster.replica(node).machine().digest(), first.machine().digest()) << node.value;
    EXPECT_EQ(cluster.replica(node).machine().values(), first.machine().values()) << node.value;
  }
}

// R-raft-22.
TEST(Snapshots, KeepTheLogBoundedUnderConstantWrites) {
  for (const std::uint32_t nodes : {1, 3}) {
    Cluster cluster({.nodes = nodes, .tune = small_logs});
    cluster.elect();
    for (int round = 0; round < 8; ++round) {
      write(cluster, 200, round * 200);
      for (const NodeId node : cluster.nodes) {
        EXPECT_LE(cluster.replica(node).log_bytes(), kLogBound) << "round " << round;
      }
    }
    for (const NodeId node : cluster.nodes) {
      EXPECT_GT(cluster.replica(node).core()->base().index, LogIndex(1000));
      EXPECT_GE(cluster.replica(node).core()->snapshot().index,
                cluster.replica(node).core()->base().index);
    }
    expect_equal_states(cluster);
  }
}

// Bounded by what it takes of the disk, and by nothing else.
void bounded_logs(ReplicaOptions& options) {
  options.log.segment_bytes = 16 * 1024;
  options.snapshot_log_bytes = 0;
  options.snapshot_log_entries = 0;
  options.log_bytes_max = kLogBound;
}

std::uint64_t longest_log(const Cluster& cluster) {
  std::uint64_t longest = 0;
  for (const NodeId node : cluster.nodes) {
    longest = std::max(longest, cluster.replica(node).log_bytes());
  }
  return longest;
}

// R-raft-22: a sync of one small value takes a sector or more, and of large ones a few fill it. A
// follower takes what it is sent, so how far it goes beyond is the order of things in time.
TEST(Snapshots, KeepTheLogWithinWhatItMayTakeOfTheDisk) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{10'000}}) {
    Cluster cluster({.tune = bounded_logs});
    cluster.elect();
    std::uint64_t longest = 0;
    std::uint64_t leaders = 0;
    for (int round = 0; round < 40; ++round) {
      write(cluster, bytes == 1 ? 50 : 10, round * 10, bytes);
      longest = std::max(longest, longest_log(cluster));
      leaders = std::max(leaders, cluster.replica(*cluster.leader()).log_bytes());
    }
    EXPECT_LE(leaders, kLogBound) << bytes;
    EXPECT_LE(longest, 2 * kLogBound) << bytes;
    for (const NodeId node : cluster.nodes) {
      EXPECT_GT(cluster.replica(node).core()->snapshot().index, LogIndex(100)) << bytes;
    }
    expect_equal_states(cluster);
  }
}

// R-raft-22: while a snapshot takes long, commands are refused for certain, and go on after it.
TEST(Snapshots, HoldCommandsUpRatherThanBreakTheLogsBound) {
  Cluster cluster({.nodes = 1, .tune = [](ReplicaOptions& options) {
                     bounded_logs(options);
                     options.snapshot_send.bytes_per_second = 50'000;
                   }});
  const NodeId only = cluster.elect();
  int refused = 0;
  cluster.call([&](Yield& yield, World& world, KvClient& store) {
    const auto put = [&](int i) {
      const Bytes key = "k" + std::to_string(i);
      return store.put(yield, key, Bytes(10'000, 'v'), in(world, milliseconds(200))).fate;
    };
    for (int i = 0; i < 20; ++i) {
      // One that is sent just before its deadline is unknown.
      for (Fate fate = put(i); fate != Fate::kOk; fate = put(i)) {
        refused += fate == Fate::kFailed ? 1 : 0;
        ASSERT_LT(refused, 200);
      }
      ASSERT_LE(cluster.replica(only).log_bytes(), kLogBound);
    }
  });
  EXPECT_GT(refused, 1);
}

// R-raft-18: what lies in a snapshot only survives like anything else.
TEST(Snapshots, AreWhatARestartGoesOnFrom) {
  for (const bool power_loss : {false, true}) {
    Cluster cluster({.tune = small_logs});
    cluster.elect();
    write(cluster, 400);
    const auto values = cluster.replica(*cluster.leader()).machine().values();
    for (const NodeId node : cluster.nodes) {
      power_loss ? cluster.simulation.power_loss(node) : cluster.simulation.kill(node);
    }
    cluster.elect();
    EXPECT_EQ(cluster.replica(*cluster.leader()).machine().values(), values);
    write(cluster, 100, 400);
    expect_equal_states(cluster);
  }
}

// R-raft-19, R-raft-22: who is behind the compaction point gets a snapshot, while writes go on.
TEST(Snapshots, ReachAFollowerThatWasAway) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Cluster cluster({.seed = seed, .tune = small_logs});
    cluster.elect();
    write(cluster, 20);
    const NodeId away = cluster.followers().front();
    cluster.simulation.kill(away);
    write(cluster, 400);
    const LogIndex base = cluster.replica(*cluster.leader()).core()->base().index;
    cluster.simulation.start(away);
    write(cluster, 100, 400);
    expect_equal_states(cluster);
    EXPECT_GE(cluster.replica(away).core()->base().index, base);
    EXPECT_FALSE(cluster.replica(away).core()->in_doubt());
  }
}

// The ends of a transfer fail at any time; what arrived is gone on with, and nothing is mixed
// (SN-10).
TEST(Snapshots, ReachAFollowerThoughBothEndsFail) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Cluster cluster({.seed = seed, .tune = [](ReplicaOptions& options) {
                       small_logs(options);
                       options.snapshot_send.bytes_per_second = 100'000;
                     }});
    cluster.elect();
    const NodeId away = cluster.followers().front();
    cluster.simulation.kill(away);
    write(cluster, 400);
    for (int round = 0; round < 4; ++round) {
      cluster.simulation.start(away);
      cluster.simulation.run_for(milliseconds(100 + 37 * static_cast<int>(seed)));
      const bool sender = (seed + static_cast<std::uint64_t>(round)) % 2 == 0;
      const NodeId victim = sender && cluster.leader() ? *cluster.leader() : away;
      cluster.simulation.power_loss(victim);
      cluster.simulation.run_for(milliseconds(10));
      cluster.start_all();
      write(cluster, 30, 400 + round * 30);
      if (cluster.simulation.is_up(away) && round < 3) cluster.simulation.kill(away);
    }
    cluster.start_all();
    expect_equal_states(cluster);
  }
}

// R-raft-25 and SN-08: retries that find a leader restored from a snapshot.
TEST(Snapshots, DoNotMakeARetryTakeEffectTwice) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Cluster cluster({.seed = seed, .tune = [](ReplicaOptions& options) {
                       small_logs(options);
                       options.snapshot_log_bytes = 0;
                       options.snapshot_log_entries = 10;
                       options.raft.trailing_entries = 2;
                     }});
    cluster.elect();
    Bytes expected;
    const auto writing =
        cluster.start_client([&, servers = cluster.servers()](Yield& yield, World& world) {
          KvClient store(
              world, {.servers = servers, .attempt_timeout = milliseconds(100), .session = true});
          for (int i = 0; i < 80; ++i) {
            const Bytes token = std::to_string(i) + ";";
            EXPECT_EQ(store.append(yield, "k", token, in(world, seconds(30))).fate, Fate::kOk);
            expected += token;
          }
        });
    for (int i = 0; i < 300 && !*writing; ++i) {
      cluster.simulation.run_for(milliseconds(60));
      for (const NodeId node : cluster.nodes) cluster.simulation.reset_connections(node);
      if (i % 10 == 5 && cluster.leader()) cluster.simulation.power_loss(*cluster.leader());
      if (i % 10 == 8) {
        for (const NodeId node : cluster.nodes) {
          if (!cluster.simulation.is_up(node)) cluster.simulation.start(node);
        }
      }
    }
    for (const NodeId node : cluster.nodes) {
      if (!cluster.simulation.is_up(node)) cluster.simulation.start(node);
    }
    cluster.simulation.run_until([&] { return *writing; }, cluster.simulation.now() + seconds(60));
    ASSERT_TRUE(*writing);
    ASSERT_TRUE(cluster.settle());
    EXPECT_GT(cluster.replica(*cluster.leader()).core()->snapshot().index, LogIndex(20));
    for (const NodeId node : cluster.nodes) {
      EXPECT_EQ(cluster.replica(node).machine().get("k"), expected);
    }
  }
}

// SN-12: without a snapshot that reaches its log a replica goes on with nothing, and in doubt.
TEST(Snapshots, OneThatRotsIsReplacedByTheLeaders) {
  int doubted = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Cluster cluster({.seed = seed, .tune = small_logs});
    cluster.elect();
    write(cluster, 300);
    const NodeId node = cluster.followers().front();
    cluster.simulation.kill(node);
    for (std::uint64_t i = 0; i < 40; ++i) {
      ASSERT_TRUE(cluster.simulation.rot(node, Key("test.rot").with(i),
                                         {.prefix = Replica::kSnapshotDirectory}));
    }
    cluster.simulation.start(node);
    cluster.simulation.run_until([&] { return cluster.replica(node).core() != nullptr; },
                                 cluster.simulation.now() + seconds(1));
    ASSERT_NE(cluster.replica(node).core(), nullptr) << cluster.simulation.halted(node);
    if (cluster.replica(node).core()->in_doubt()) ++doubted;
    write(cluster, 20, 300);
    expect_equal_states(cluster);
    // It may have applied what its own disk has yet to sync.
    const auto settled = [&] { return !cluster.replica(node).core()->in_doubt(); };
    cluster.simulation.run_until(settled, cluster.simulation.now() + seconds(1));
    EXPECT_TRUE(settled());
  }
  EXPECT_GT(doubted, 0);
}

// A leader whose own file has rotted notices when somebody needs it, and writes another.
TEST(Snapshots, OneThatRotsAtTheLeaderIsTakenAgain) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Cluster cluster({.seed = seed, .tune = small_logs});
    const NodeId leader = cluster.elect();
    const NodeId away = cluster.followers().front();
    cluster.simulation.kill(away);
    write(cluster, 400);
    ASSERT_EQ(cluster.leader(), leader);
    for (std::uint64_t i = 0; i < 40; ++i) {
      ASSERT_TRUE(cluster.simulation.rot(leader, Key("test.rot").with(i),
                                         {.prefix = Replica::kSnapshotDirectory}));
    }
    cluster.simulation.start(away);
    expect_equal_states(cluster);
  }
}

// Neither a log nor a state machine rests on a snapshot that was not read back: whoever's write the
// disk loses, nobody halts and nobody is in doubt, also after a restart.
TEST(Snapshots, OneThatIsSpoiltWhileItIsWrittenIsWrittenAgain) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Cluster cluster({.seed = seed, .tune = small_logs});
    const NodeId leader = cluster.elect();
    const NodeId away = cluster.followers().front();
    cluster.simulation.kill(away);
    for (const NodeId node : {leader, away}) {
      cluster.simulation.damage_next_call(node, sim::DamageKind::kLostWrite,
                                          Key("test.lost").with(node),
                                          {.prefix = Replica::kSnapshotDirectory});
    }
    write(cluster, 400);
    EXPECT_EQ(cluster.simulation.damages().size(), 1U);
    EXPECT_GT(cluster.replica(leader).core()->base().index, LogIndex());
    cluster.simulation.start(away);
    expect_equal_states(cluster);
    EXPECT_EQ(cluster.simulation.damages().size(), 2U);
    for (const NodeId node : {leader, away}) {
      EXPECT_EQ(cluster.simulation.halted(node), "");
      cluster.simulation.kill(node);
      cluster.simulation.start(node);
      cluster.simulation.run_until([&] { return cluster.replica(node).core() != nullptr; },
                                   cluster.simulation.now() + seconds(1));
      ASSERT_NE(cluster.replica(node).core(), nullptr) << cluster.simulation.halted(node);
      EXPECT_FALSE(cluster.replica(node).core()->in_doubt()) << seed;
      expect_equal_states(cluster);
    }
  }
}

// What was checked when it came is what is gone on from: between both the disk may spoil it
// (raft-corruption, minority-snapshots 0xf79).
TEST(Snapshots, OneThatRotsBeforeItIsTakenUpIsTakenUpAllTheSame) {
  int early = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Cluster cluster({.seed = seed, .tune = [](ReplicaOptions& options) {
                       small_logs(options);
                       options.apply_pause = milliseconds(50);
                     }});
    cluster.elect();
    const NodeId away = cluster.followers().front();
    cluster.simulation.kill(away);
    write(cluster, 100);
    cluster.simulation.start(away);
    const auto arrived = [&] {
      const raft::Raft* const core = cluster.replica(away).core();
      return core != nullptr && core->base().index > cluster.replica(away).applied();
    };
    cluster.simulation.run_until(arrived, cluster.simulation.now() + seconds(5));
    early += arrived() ? 1 : 0;
    for (std::uint64_t i = 0; i < 40; ++i) {
      ASSERT_TRUE(cluster.simulation.rot(away, Key("test.rot").with(i),
                                         {.prefix = Replica::kSnapshotDirectory}));
    }
    expect_equal_states(cluster);
    EXPECT_EQ(cluster.simulation.halted(away), "") << seed;
  }
  EXPECT_GT(early, 0);
}

// R-raft-17.
TEST(Snapshots, NoneAreTakenOfALogInMemory) {
  Cluster cluster({.tune = [](ReplicaOptions& options) {
    small_logs(options);
    options.log.in_memory = true;
  }});
  cluster.elect();
  write(cluster, 300);
  expect_equal_states(cluster);
  for (const NodeId node : cluster.nodes) {
    EXPECT_EQ(cluster.replica(node).core()->base().index, LogIndex());
  }
}

TEST(FullDisk, RefusesWritesByNameServesReadsAndGoesOn) {
  Cluster cluster({.nodes = 1, .tune = small_logs});
  const NodeId node = cluster.elect();
  write(cluster, 10);
  cluster.simulation.set_disk_faults(node, {.full = true});
  wire::ClientReply::Result last = wire::ClientReply::OK;
  cluster.run_client([&, server = cluster.server(node)](Yield& yield, World& world) {
    for (int i = 0; i < 100 && last != wire::ClientReply::NO_SPACE; ++i) {
      client::Channel channel(world, server);
      const client::Attempt attempt =
          channel.call(yield, put_request("k1", Bytes(500, 'x')), in(world, milliseconds(300)));
      if (attempt.result == client::Attempt::Result::kReplied) last = attempt.reply.result();
    }
  });
  EXPECT_EQ(last, wire::ClientReply::NO_SPACE);
  EXPECT_TRUE(cluster.replica(node).is_full());
  cluster.call([](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.get(yield, "k2", in(world, seconds(2))).fate, Fate::kOk);
  });
  EXPECT_TRUE(cluster.simulation.halted(node).empty());
  cluster.simulation.set_disk_faults(node, {});
  write(cluster, 10, 10);
  EXPECT_FALSE(cluster.replica(node).is_full());
}

constexpr std::uint64_t kSmallDisk = 256 * 1024;

// No snapshot is ever due for its log's length, so that the log fills whatever disk there is.
void no_snapshots_due(ReplicaOptions& options) {
  options.log.segment_bytes = 16 * 1024;
  options.snapshot_log_bytes = 0;
  options.snapshot_log_entries = 0;
}

Cluster::Settings on_small_disks(std::uint32_t nodes, std::uint64_t bytes_per_second = 0) {
  Cluster::Settings settings{.nodes = nodes, .tune = [=](ReplicaOptions& options) {
                               no_snapshots_due(options);
                               options.snapshot_send.bytes_per_second = bytes_per_second;
                             }};
  settings.options.disk.capacity_bytes = kSmallDisk;
  return settings;
}

// Puts until the one server says that its disk is full; whether it did.
bool fill(Cluster& cluster, NodeId node) {
  bool full = false;
  cluster.run_client([&, server = cluster.server(node)](Yield& yield, World& world) {
    for (int i = 0; i < 1000 && !full; ++i) {
      client::Channel channel(world, server);
      const client::Attempt attempt =
          channel.call(yield, put_request("k" + std::to_string(i % 40), Bytes(500, 'x')),
                       in(world, milliseconds(300)));
      full = attempt.result == client::Attempt::Result::kReplied &&
             attempt.reply.result() == wire::ClientReply::NO_SPACE;
    }
  });
  return full;
}

// R-raft-22: ten times as much is written as the disk holds, and each node makes room for itself.
TEST(FullDisk, IsMadeRoomOnByASnapshot) {
  for (const std::uint32_t nodes : {1, 3}) {
    Cluster cluster(on_small_disks(nodes));
    cluster.elect();
    write(cluster, 2500);
    expect_equal_states(cluster);
    for (const NodeId node : cluster.nodes) {
      EXPECT_GT(cluster.replica(node).core()->snapshot().index, LogIndex(1000)) << node.value;
      EXPECT_LT(cluster.replica(node).log_bytes(), kSmallDisk) << node.value;
    }
  }
}

// While that takes its time, reads are served and writes are refused; then they are taken again.
TEST(FullDisk, ServesReadsWhileItMakesRoom) {
  Cluster cluster(on_small_disks(1, 80'000));
  const NodeId node = cluster.elect();
  ASSERT_TRUE(fill(cluster, node));
  EXPECT_TRUE(cluster.replica(node).is_full());
  cluster.call([](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.get(yield, "k2", in(world, milliseconds(200))).fate, Fate::kOk);
  });
  EXPECT_TRUE(fill(cluster, node)) << "and it is full still";
  EXPECT_TRUE(cluster.replica(node).is_full());
  write(cluster, 10);
  EXPECT_FALSE(cluster.replica(node).is_full());
  EXPECT_GT(cluster.replica(node).core()->snapshot().index, LogIndex());
}

// R-raft-18: neither the reserve that was given up nor half a snapshot keeps it from starting.
TEST(FullDisk, ACrashWhileItMakesRoomIsRecoveredFrom) {
  for (const bool power_loss : {false, true}) {
    Cluster cluster(on_small_disks(1, 80'000));
    const NodeId node = cluster.elect();
    ASSERT_TRUE(fill(cluster, node));
    const LogIndex applied = cluster.replica(node).applied();
    power_loss ? cluster.simulation.power_loss(node) : cluster.simulation.kill(node);
    cluster.simulation.start(node);
    write(cluster, 200);
    EXPECT_GT(cluster.replica(node).applied(), applied.plus(199));
    EXPECT_GT(cluster.replica(node).core()->snapshot().index, LogIndex());
  }
}

}  // namespace
}  // namespace plumbline::replica::test
