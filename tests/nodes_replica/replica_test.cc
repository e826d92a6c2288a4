// The shell: what a store of one and of three replicas does for its clients.

#include "nodes/replica/replica.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "network/wire/frame.h"
#include "tests/nodes_replica/cluster.h"

namespace plumbline::replica::test {
namespace {

using client::Fate;
using client::KvClient;

class ReplicaOf : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Nodes, ReplicaOf, testing::Values(1, 3),
                         testing::PrintToStringParamName());

Instant in(World& world, Duration time) { return world.clock.now() + time; }

// R-raft-3.
TEST_P(ReplicaOf, EveryOperationAnswersWithWhatItDid) {
  Cluster cluster({.nodes = GetParam()});
  cluster.elect();
  cluster.call([](Yield& yield, World& world, KvClient& store) {
    const Instant deadline = in(world, seconds(5));
    const client::Outcome absent = store.get(yield, "k", deadline);
    EXPECT_EQ(absent.fate, Fate::kOk);
    EXPECT_FALSE(absent.value);
    const client::Outcome put = store.put(yield, "k", "a", deadline);
    EXPECT_EQ(put.fate, Fate::kOk);
    EXPECT_EQ(put.revision, absent.revision.next());
    EXPECT_EQ(store.append(yield, "k", "b", deadline).revision, put.revision.plus(1));
    const client::Outcome read = store.get(yield, "k", deadline);
    EXPECT_EQ(read.value, "ab");
    EXPECT_EQ(read.revision, put.revision.plus(1));
    const client::Outcome refused = store.compare_and_swap(yield, "k", "x", "c", deadline);
    EXPECT_EQ(refused.fate, Fate::kFailed);
    EXPECT_TRUE(refused.mismatch);
    EXPECT_EQ(refused.value, "ab");
    EXPECT_EQ(store.compare_and_swap(yield, "k", "ab", "c", deadline).fate, Fate::kOk);
    EXPECT_EQ(store.remove(yield, "k", deadline).revision, put.revision.plus(3));
    EXPECT_FALSE(store.get(yield, "k", deadline).value);
    const client::Outcome created = store.compare_and_swap(yield, "k", std::nullopt, "d", deadline);
    EXPECT_EQ(created.fate, Fate::kOk);
    EXPECT_TRUE(created.server);
  });
}

// R-raft-10: who is about to end lets another lead, and what it had accepted is durable.
TEST_P(ReplicaOf, WindsDownInGoodOrder) {
  Cluster cluster({.nodes = GetParam()});
  const NodeId leader = cluster.elect();
  cluster.call([](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.put(yield, "k", "v", in(world, seconds(5))).fate, Fate::kOk);
  });
  const Term term = cluster.replica(leader).core()->term();
  bool done = false;
  const TrueTime asked = cluster.simulation.now();
  static_cast<Replica*>(cluster.simulation.node(leader))->wind_down([&] { done = true; });
  cluster.simulation.run_until([&] { return done; }, asked + seconds(10));
  ASSERT_TRUE(done);
  EXPECT_LT(cluster.simulation.now() - asked, milliseconds(150)) << "sooner than any election";
  const raft::Raft& core = *cluster.replica(leader).core();
  EXPECT_EQ(core.durable_index(), core.last_index());
  cluster.simulation.kill(leader);
  if (GetParam() == 1) return;
  cluster.simulation.run_for(milliseconds(50));
  ASSERT_TRUE(cluster.leader());
  EXPECT_NE(*cluster.leader(), leader);
  EXPECT_EQ(cluster.replica(*cluster.leader()).core()->term(), term.next());
}

TEST_P(ReplicaOf, TellsItsStatus) {
  Cluster cluster({.nodes = GetParam()});
  const NodeId leader = cluster.elect();
  wire::ClientRequest request;
  request.set_version(1);
  request.set_group(1);
  request.set_id(9);
  request.mutable_status();
  for (const NodeId node : cluster.nodes) {
    const wire::ClientReply reply = cluster.ask(node, request);
    EXPECT_EQ(reply.id(), 9U);
    EXPECT_EQ(reply.result(), wire::ClientReply::OK);
    EXPECT_EQ(reply.status().node(), node.value);
    EXPECT_EQ(reply.status().leader(), leader.value);
    EXPECT_EQ(reply.status().role(), node == leader ? "leader" : "follower");
    EXPECT_EQ(reply.status().last_index(), cluster.last_index(node).value);
    EXPECT_GE(reply.status().term(), 1U);
  }
}

wire::ClientRequest get_request(const Bytes& key) {
  wire::ClientRequest request;
  request.set_version(1);
  request.set_group(1);
  request.set_id(1);
  request.mutable_get()->set_key(key);
  return request;
}

// R-raft-15.
TEST(Replica, AFollowerRefusesWritesAndNamesTheLeader) {
  Cluster cluster({});
  const NodeId leader = cluster.elect();
  const LogIndex before = cluster.last_index(leader);
  for (const NodeId follower : cluster.followers()) {
    const wire::ClientReply reply = cluster.ask(follower, put_request("k", "v"));
    EXPECT_EQ(reply.result(), wire::ClientReply::NOT_LEADER);
    EXPECT_EQ(reply.leader(), leader.value);
  }
  EXPECT_EQ(cluster.last_index(leader), before);
}

// R-raft-3: any replica serves linearizable reads, once its leader has told it how far it must have
// come.
TEST(Replica, AFollowerServesReads) {
  Cluster cluster({});
  cluster.elect();
  for (int i = 0; i < 5; ++i) {
    const Bytes value = std::to_string(i);
    cluster.call([&](Yield& yield, World& world, KvClient& store) {
      EXPECT_EQ(store.put(yield, "k", value, in(world, seconds(5))).fate, Fate::kOk);
    });
    for (const NodeId follower : cluster.followers()) {
      const wire::ClientReply reply = cluster.ask(follower, get_request("k"));
      EXPECT_EQ(reply.result(), wire::ClientReply::OK);
      EXPECT_EQ(reply.value(), value);
    }
  }
}

TEST(Replica, AFollowerThatIsCutOffServesNoReads) {
  Cluster cluster({});
  cluster.elect();
  const NodeId follower = cluster.followers().front();
  cluster.isolate(follower);
  client::Options only;
  only.servers = {cluster.server(follower)};
  cluster.call(
      [](Yield& yield, World& world, KvClient& store) {
        EXPECT_NE(store.get(yield, "k", in(world, seconds(2))).fate, Fate::kOk);
      },
      only);
}

// R-raft-23: whatever cannot be executed is refused for good and leaves nothing behind.
TEST_P(ReplicaOf, RefusesWhatIsImpossibleBeforeItEntersTheLog) {
  Cluster cluster({.nodes = GetParam()});
  const NodeId leader = cluster.elect();
  const LogIndex before = cluster.last_index(leader);
  cluster.call([](Yield& yield, World& world, KvClient& store) {
    const Instant deadline = in(world, seconds(20));
    const Bytes long_key(4097, 'k');
    const Bytes long_value((1 << 20) + 1, 'v');
    const Bytes longer_than_a_record(5 << 20, 'e');
    const Bytes longer_than_a_frame(9 << 20, 'f');
    EXPECT_EQ(store.put(yield, "", "v", deadline).fate, Fate::kFailed);
    EXPECT_EQ(store.remove(yield, "", deadline).fate, Fate::kFailed);
    EXPECT_EQ(store.put(yield, long_key, "v", deadline).fate, Fate::kFailed);
    EXPECT_EQ(store.put(yield, "k", long_value, deadline).fate, Fate::kFailed);
    EXPECT_EQ(store.append(yield, "k", long_value, deadline).fate, Fate::kFailed);
    EXPECT_EQ(store.put(yield, "k", longer_than_a_frame, deadline).fate, Fate::kFailed);
    const client::Outcome swapped =
        store.compare_and_swap(yield, "k", longer_than_a_record, "v", deadline);
    EXPECT_EQ(swapped.fate, Fate::kFailed);
    EXPECT_FALSE(swapped.mismatch) << "refused, not compared";
    EXPECT_LT(world.clock.now(), deadline) << "refused at once, not by running out of time";
  });
  EXPECT_EQ(cluster.last_index(leader), before);
  wire::ClientRequest unnumbered = put_request("k", "v");
  unnumbered.mutable_command()->set_session(1);
  EXPECT_EQ(cluster.ask(leader, unnumbered).result(), wire::ClientReply::INVALID);
  EXPECT_EQ(cluster.last_index(leader), before);
}

TEST(Replica, TakesTheLongestKeyAndValue) {
  Cluster cluster({.nodes = 3});
  cluster.elect();
  cluster.call([](Yield& yield, World& world, KvClient& store) {
    const Instant deadline = in(world, seconds(20));
    const Bytes key(4096, 'k');
    const Bytes value(1 << 20, 'v');
    EXPECT_EQ(store.put(yield, key, value, deadline).fate, Fate::kOk);
    EXPECT_TRUE(store.get(yield, key, deadline).value == value);
  });
}

TEST(Replica, RefusesRequestsThatItDoesNotUnderstandAndServesOn) {
  Cluster cluster({.nodes = 1});
  const NodeId node = cluster.elect();
  const LogIndex before = cluster.last_index(node);
  std::vector<wire::ClientRequest> strange(4, put_request("k", "v"));
  strange[0].set_version(2);
  strange[1].set_group(2);
  strange[2].mutable_command()->set_version(3);
  strange[3].mutable_command()->set_kind(static_cast<wire::Command::Kind>(77));
  strange.emplace_back();
  strange.back().set_version(1);
  strange.back().set_group(1);
  for (wire::ClientRequest& request : strange) {
    request.set_id(5);
    const wire::ClientReply reply = cluster.ask(node, request);
    EXPECT_EQ(reply.result(), wire::ClientReply::INVALID);
    EXPECT_FALSE(reply.detail().empty());
  }
  EXPECT_EQ(cluster.last_index(node), before);
  EXPECT_EQ(cluster.ask(node, put_request("k", "v")).result(), wire::ClientReply::OK);
}

// A stream that carries no frames of ours is cut; bytes that are no request are answered. Neither
// harms the node.
TEST(Replica, LivesThroughGarbageOnAConnection) {
  Cluster cluster({.nodes = 1});
  const NodeId node = cluster.elect();
  bool cut = false;
  Bytes answered;
  cluster.run_client([&, address = cluster.server(node).address](Yield& yield, World& world) {
    std::array<char, 256> buffer;
    auto stream = std::move(*world.streams.connect(yield, address));
    EXPECT_TRUE(stream->write(yield, "\xff\xff\xff\xff garbage"));
    cut = !stream->read(yield, buffer).ok();
    stream = std::move(*world.streams.connect(yield, address));
    EXPECT_TRUE(stream->write(yield, wire::frame("\xff\xff garbage")));
    const auto got = stream->read(yield, buffer);
    if (got) answered.assign(buffer.data(), *got);
  });
  EXPECT_TRUE(cut);
  wire::FrameReader frames;
  frames.feed(answered);
  auto payload = frames.next();
  ASSERT_TRUE(payload && payload->has_value());
  wire::ClientReply reply;
  ASSERT_TRUE(reply.ParseFromString(**payload));
  EXPECT_EQ(reply.result(), wire::ClientReply::INVALID);
  EXPECT_EQ(cluster.ask(node, put_request("k", "v")).result(), wire::ClientReply::OK);
}

// Writes on and on, each key once; what it was told is in `acknowledged`.
class Writer {
 public:
  explicit Writer(Cluster& cluster) {
    done_ = cluster.start_client([this, servers = cluster.servers()](Yield& yield, World& world) {
      KvClient store(world, {.servers = servers});
      for (int i = 1; !stop; ++i) {
        const Bytes key = "k" + std::to_string(i);
        if (store.put(yield, key, "v", in(world, seconds(2))).fate == Fate::kOk)
          acknowledged.push_back(key);
      }
    });
  }
  void expect_all_there(Cluster& cluster) {
    stop = true;
    cluster.simulation.run_until([this] { return *done_; }, cluster.simulation.now() + seconds(10));
    ASSERT_TRUE(*done_);
    cluster.call([this](Yield& yield, World& world, KvClient& store) {
      for (const Bytes& key : acknowledged) {
        ASSERT_EQ(store.get(yield, key, in(world, seconds(5))).value, "v") << key;
      }
    });
  }

  std::vector<Bytes> acknowledged;
  bool stop = false;

 private:
  std::shared_ptr<bool> done_;
};

// R-raft-18, with the power of all nodes going at once in the midst of writes.
TEST_P(ReplicaOf, ARestartOfAllNodesLosesNoAcknowledgedWrite) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Cluster cluster({.nodes = GetParam(), .seed = seed});
    cluster.elect();
    Writer writer(cluster);
    for (int round = 0; round < 3; ++round) {
      cluster.simulation.run_for(milliseconds(700));
      for (const NodeId node : cluster.nodes) cluster.simulation.power_loss(node);
      cluster.simulation.run_for(milliseconds(50));
      cluster.start_all();
    }
    cluster.simulation.run_for(seconds(3));
    EXPECT_GT(writer.acknowledged.size(), 60U);
    writer.expect_all_there(cluster);
  }
}

// R-raft-19: and what returns catches up.
TEST(Replica, WithOneFollowerDownWritesGoOn) {
  Cluster cluster({});
  cluster.elect();
  const NodeId follower = cluster.followers().front();
  cluster.simulation.kill(follower);
  Writer writer(cluster);
  cluster.simulation.run_for(seconds(2));
  EXPECT_GT(writer.acknowledged.size(), 100U);
  cluster.simulation.start(follower);
  writer.expect_all_there(cluster);
  cluster.simulation.run_for(seconds(2));
  EXPECT_EQ(cluster.replica(follower).machine().digest(),
            cluster.replica(*cluster.leader()).machine().digest());
}

TEST(Replica, WithoutAMajorityNothingIsAcknowledged) {
  Cluster cluster({});
  cluster.elect();
  const Revision before = cluster.replica(*cluster.leader()).machine().revision();
  for (const NodeId follower : cluster.followers()) cluster.simulation.kill(follower);
  cluster.call([](Yield& yield, World& world, KvClient& store) {
    EXPECT_NE(store.put(yield, "k", "v", in(world, seconds(2))).fate, Fate::kOk);
    EXPECT_NE(store.get(yield, "k", in(world, seconds(2))).fate, Fate::kOk);
  });
  for (const NodeId node : cluster.nodes) {
    if (!cluster.simulation.is_up(node)) continue;
    EXPECT_EQ(cluster.replica(node).machine().revision(), before);
  }
}

// R-raft-20.
TEST(Replica, WhenTheLeaderDiesAnotherTakesOverAndNoAcknowledgedWriteIsLost) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Cluster cluster({.seed = seed});
    const NodeId old = cluster.elect();
    Writer writer(cluster);
    cluster.simulation.run_for(seconds(1));
    EXPECT_GT(writer.acknowledged.size(), 20U);
    cluster.simulation.power_loss(old);
    const TrueTime died = cluster.simulation.now();
    cluster.simulation.run_until([&] { return cluster.leader() && cluster.leader() != old; },
                                 died + seconds(2));
    ASSERT_TRUE(cluster.leader().has_value()) << "no new leader within two seconds";
    const std::size_t before = writer.acknowledged.size();
    cluster.simulation.run_for(seconds(2));
    EXPECT_GT(writer.acknowledged.size(), before + 20) << "writes go on";
    cluster.simulation.start(old);
    writer.expect_all_there(cluster);
  }
}

// R-raft-2, R-raft-20: a leader that was cut off refuses or leaves open, at once and later; it
// never answers wrongly.
TEST(Replica, TheMinoritySideRefuses) {
  Cluster cluster({});
  const NodeId old = cluster.elect();
  cluster.call([](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.put(yield, "k", "old", in(world, seconds(2))).fate, Fate::kOk);
  });
  cluster.isolate(old);
  client::Options minority;
  minority.servers = {cluster.server(old)};
  cluster.call(
      [](Yield& yield, World& world, KvClient& store) {
        EXPECT_NE(store.get(yield, "k", in(world, seconds(1))).fate, Fate::kOk);
        EXPECT_NE(store.put(yield, "k", "lost", in(world, seconds(1))).fate, Fate::kOk);
      },
      minority);
  client::Options majority;
  for (const NodeId node : cluster.nodes) {
    if (node != old) majority.servers.push_back(cluster.server(node));
  }
  cluster.call(
      [](Yield& yield, World& world, KvClient& store) {
        EXPECT_EQ(store.put(yield, "k", "new", in(world, seconds(3))).fate, Fate::kOk);
      },
      majority);
  cluster.call(
      [](Yield& yield, World& world, KvClient& store) {
        EXPECT_NE(store.get(yield, "k", in(world, seconds(1))).fate, Fate::kOk);
      },
      minority);
  cluster.isolate(old, false);
  cluster.simulation.run_for(seconds(1));
  cluster.call([](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.get(yield, "k", in(world, seconds(3))).value, "new");
  });
  EXPECT_EQ(cluster.replica(old).machine().get("k"), "new");
}

// R-raft-24: whatever state the cluster is in.
TEST(Replica, EveryCallEndsByItsDeadline) {
  const std::vector<std::pair<const char*, std::function<void(Cluster&, NodeId)>>> states = {
      {"all are down", [](Cluster& c, NodeId node) { c.simulation.kill(node); }},
      {"all have lost power", [](Cluster& c, NodeId node) { c.simulation.power_loss(node); }},
      {"all are paused", [](Cluster& c, NodeId node) { c.simulation.pause(node); }},
      {"none hears another", [](Cluster& c, NodeId node) { c.isolate(node); }},
      {"disks never answer",
       [](Cluster& c, NodeId node) {
         c.simulation.set_disk_faults(node, {.slow_percent = 100'000'000});
       }},
  };
  for (const auto& [name, bring_about] : states) {
    for (const bool session : {false, true}) {
      SCOPED_TRACE(name);
      Cluster cluster({});
      cluster.elect();
      // The clients begin in good times: one that is connected, and has its session, meets other
      // waits.
      const auto calls = [&](Yield& yield, World& world, KvClient& store) {
        EXPECT_EQ(store.put(yield, "k", "v", in(world, seconds(5))).fate, Fate::kOk);
        for (const NodeId node : cluster.nodes) bring_about(cluster, node);
        for (const Bytes& value : {Bytes("w"), Bytes(500'000, 'x')}) {
          const Instant deadline = in(world, milliseconds(1'500));
          EXPECT_NE(store.put(yield, "k", value, deadline).fate, Fate::kOk);
          EXPECT_LE(world.clock.now(), deadline + milliseconds(1));
          const Instant later = in(world, milliseconds(1'500));
          const Fate read = store.get(yield, "k", later).fate;
          // A read needs a quorum's answers, and none of its disks.
          if (name != std::string_view("disks never answer")) {
            EXPECT_NE(read, Fate::kOk);
          }
          EXPECT_LE(world.clock.now(), later + milliseconds(1));
        }
      };
      cluster.call(calls, {.servers = {}, .session = session});
    }
  }
}

// I10: after a failed write or sync nothing is certain but what a recovery finds.
TEST_P(ReplicaOf, AFailedWriteOrSyncHaltsTheNodeLoudly) {
  for (const sim::DiskFaults& faults : {sim::DiskFaults{.sync_error_ppm = 1'000'000},
                                        sim::DiskFaults{.write_error_ppm = 1'000'000}}) {
    Cluster cluster({.nodes = GetParam()});
    const NodeId leader = cluster.elect();
    cluster.call([](Yield& yield, World& world, KvClient& store) {
      EXPECT_EQ(store.put(yield, "k", "v", in(world, seconds(2))).fate, Fate::kOk);
    });
    std::string reason;
    cluster.simulation.set_on_halt([&](NodeId node, const std::string& why) {
      EXPECT_EQ(node, leader);
      reason = why;
    });
    cluster.simulation.set_disk_faults(leader, faults);
    client::Outcome outcome;
    client::Options only;
    only.servers = {cluster.server(leader)};
    cluster.call(
        [&](Yield& yield, World& world, KvClient& store) {
          outcome = store.put(yield, "k", "w", in(world, seconds(2)));
        },
        only);
    // Three replicas can keep it without the leader's own disk; one cannot.
    EXPECT_TRUE(outcome.fate == Fate::kUnknown || GetParam() == 3);
    EXPECT_NE(reason.find("cannot write the log"), std::string::npos) << reason;
    EXPECT_FALSE(cluster.simulation.is_up(leader));
    cluster.simulation.set_disk_faults(leader, {});
    cluster.elect();
    cluster.call([&](Yield& yield, World& world, KvClient& store) {
      const auto value = store.get(yield, "k", in(world, seconds(3))).value;
      const bool open = outcome.fate == Fate::kUnknown && value == "v";
      EXPECT_TRUE(value == "w" || open) << value.value_or("nothing");
    });
  }
}

TEST(Replica, ALogThatCannotBeReadHaltsTheNode) {
  Cluster cluster({.nodes = 1});
  const NodeId node = cluster.elect();
  cluster.simulation.kill(node);
  cluster.simulation.set_disk_faults(node, {.read_error_ppm = 1'000'000});
  cluster.simulation.start(node);
  cluster.simulation.run_for(seconds(1));
  EXPECT_NE(cluster.simulation.halted(node).find("cannot recover the log"), std::string::npos)
      << cluster.simulation.halted(node);
}

TEST(Replica, BeyondItsOpenProposalsItIsOverloadedAndSaysSo) {
  Cluster cluster({.tune = [](ReplicaOptions& options) {
    options.open_proposals_max = 2;
    options.raft.check_quorum = false;  // a leader that waits for its followers as long as it takes
  }});
  const NodeId leader = cluster.elect();
  cluster.isolate(leader);
  const LogIndex before = cluster.last_index(leader);
  const auto wait = [&](Yield& yield, World& world) {
    client::Channel channel(world, cluster.server(leader));
    static_cast<void>(channel.call(yield, put_request("k", "waits"), in(world, seconds(50))));
  };
  for (int i = 0; i < 2; ++i) cluster.start_client(wait);
  cluster.simulation.run_for(milliseconds(100));
  EXPECT_EQ(cluster.last_index(leader), before.plus(2));
  EXPECT_EQ(cluster.ask(leader, put_request("k", "v")).result(), wire::ClientReply::OVERLOADED);
  EXPECT_EQ(cluster.last_index(leader), before.plus(2)) << "what is refused is not in the log";
}

// R-raft-25: through the whole of it, with clients whose tries get lost.
TEST(Replica, AppendsOfASessionTakeEffectOnceWhateverIsRetried) {
  Cluster cluster({});
  cluster.elect();
  Bytes expected;
  const auto writing =
      cluster.start_client([&, servers = cluster.servers()](Yield& yield, World& world) {
        KvClient store(world,
                       {.servers = servers, .attempt_timeout = milliseconds(100), .session = true});
        for (int i = 0; i < 60; ++i) {
          const Bytes token = std::to_string(i) + ";";
          EXPECT_EQ(store.append(yield, "k", token, in(world, seconds(20))).fate, Fate::kOk);
          expected += token;
        }
      });
  for (int i = 0; i < 200 && !*writing; ++i) {
    cluster.simulation.run_for(milliseconds(60));
    for (const NodeId node : cluster.nodes) cluster.simulation.reset_connections(node);
    if (i % 10 == 5 && cluster.leader()) cluster.isolate(*cluster.leader());
    for (const NodeId node : cluster.nodes) {
      if (i % 10 == 8) cluster.isolate(node, false);
    }
  }
  for (const NodeId node : cluster.nodes) cluster.isolate(node, false);
  cluster.simulation.run_until([&] { return *writing; }, cluster.simulation.now() + seconds(60));
  ASSERT_TRUE(*writing);
  cluster.call([&](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.get(yield, "k", in(world, seconds(5))).value, expected);
  });
}

}  // namespace
}  // namespace plumbline::replica::test
