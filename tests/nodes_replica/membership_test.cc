// Members come and go, through whole clusters: as an operator does it.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "nodes/replica/replica.h"
#include "tests/nodes_replica/cluster.h"

namespace plumbline::replica::test {
namespace {

using client::Admin;
using client::AdminOutcome;
using client::Fate;
using client::KvClient;
using client::MemberChange;
using Kind = MemberChange::Kind;

Instant in(World& world, Duration time) { return world.clock.now() + time; }

AdminOutcome change(Cluster& cluster, const std::vector<MemberChange>& changes,
                    Duration limit = seconds(10)) {
  AdminOutcome outcome;
  cluster.operate([&](Yield& yield, World& world, Admin& admin) {
    outcome = admin.change_members(yield, {changes}, in(world, limit));
  });
  return outcome;
}

void write(Cluster& cluster, int count, int first = 0) {
  cluster.call([=](Yield& yield, World& world, KvClient& store) {
    for (int i = first; i < first + count; ++i) {
      const Bytes key = "k" + std::to_string(i);
      ASSERT_EQ(store.put(yield, key, "v", in(world, seconds(10))).fate, Fate::kOk) << i;
    }
  });
}

raft::Voters voters(const Cluster& cluster) {
  return cluster.replica(*cluster.leader()).core()->configuration().voters;
}

bool wait_for_voters(Cluster& cluster, const raft::Voters& wanted) {
  const auto there = [&] {
    if (!cluster.leader()) return false;
    const raft::Raft& core = *cluster.replica(*cluster.leader()).core();
    return core.configuration().voters == wanted && !core.configuration().joint() &&
           core.configuration_index() <= core.commit();
  };
  cluster.simulation.run_until(there, cluster.simulation.now() + seconds(10));
  return there();
}

// R-raft-10.
TEST(Membership, TheMemberInFrontLeadsFirst) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Cluster cluster({.seed = seed});
    EXPECT_EQ(cluster.elect(), NodeId(1)) << "seed " << seed;
    EXPECT_EQ(cluster.replica(NodeId(1)).core()->term(), Term(2));
  }
}

// R-raft-21: one that starts empty is added, catches up and votes, while writes go on.
TEST(Membership, AVoterIsAddedAndPromotesItself) {
  Cluster cluster({.nodes = 3});
  cluster.elect();
  write(cluster, 50);
  cluster.start_joiner(NodeId(4), ReplicaId(4));
  cluster.simulation.run_for(milliseconds(500));
  EXPECT_EQ(cluster.replica(NodeId(4)).core()->term(), Term()) << "waits to be spoken to";
  const MemberChange add{.kind = Kind::kAddVoter, .replica = ReplicaId(4), .node = NodeId(4)};
  EXPECT_EQ(change(cluster, {add}).fate, Fate::kOk);
  write(cluster, 50, 50);
  EXPECT_TRUE(wait_for_voters(cluster, {ReplicaId(1), ReplicaId(2), ReplicaId(3), ReplicaId(4)}));
  ASSERT_TRUE(cluster.settle());
  EXPECT_EQ(cluster.replica(NodeId(4)).machine().digest(),
            cluster.replica(*cluster.leader()).machine().digest());
}

// R-raft-21, R-raft-22: what the log no longer holds comes as a snapshot.
TEST(Membership, AJoinerGetsASnapshotOfWhatTheLogLacks) {
  Cluster cluster({.nodes = 3, .tune = [](ReplicaOptions& options) {
                     options.snapshot_log_bytes = 0;
                     options.snapshot_log_entries = 20;
                     options.raft.trailing_entries = 5;
                     options.snapshot_send.chunk_bytes = 64;
                   }});
  cluster.elect();
  write(cluster, 100);
  ASSERT_GT(cluster.replica(*cluster.leader()).core()->base().index, LogIndex(50));
  cluster.start_joiner(NodeId(4), ReplicaId(9));
  const MemberChange add{.kind = Kind::kAddLearner, .replica = ReplicaId(9), .node = NodeId(4)};
  EXPECT_EQ(change(cluster, {add}).fate, Fate::kOk);
  ASSERT_TRUE(cluster.settle());
  EXPECT_GT(cluster.replica(NodeId(4)).core()->base().index, LogIndex(50));
  EXPECT_EQ(cluster.replica(NodeId(4)).machine().values(),
            cluster.replica(*cluster.leader()).machine().values());
  // It finds itself again after a restart.
  cluster.simulation.power_loss(NodeId(4));
  cluster.simulation.start(NodeId(4));
  write(cluster, 10, 100);
  ASSERT_TRUE(cluster.settle());
  EXPECT_EQ(voters(cluster), (raft::Voters{ReplicaId(1), ReplicaId(2), ReplicaId(3)}));
}

// A node whose disk is gone comes back as another member, in one step.
TEST(Membership, AWipedNodeIsReplacedByItself) {
  Cluster cluster({.nodes = 3});
  cluster.elect();
  write(cluster, 20);
  const NodeId lost = cluster.followers().front();
  cluster.simulation.kill(lost);
  cluster.simulation.wipe_disk(lost);
  cluster.simulation.start(lost);
  cluster.simulation.run_for(milliseconds(500));
  EXPECT_NE(cluster.simulation.halted(lost).find("may only come back as a new member"),
            std::string::npos)
      << cluster.simulation.halted(lost);
  cluster.start_joiner(NodeId(4), ReplicaId(4));
  const MemberChange replace{.kind = Kind::kAddVoter,
                             .replica = ReplicaId(4),
                             .node = NodeId(4),
                             .replaces = ReplicaId(lost.value)};
  EXPECT_EQ(change(cluster, {replace}).fate, Fate::kOk);
  raft::Voters wanted;
  for (const std::uint32_t id : {1, 2, 3, 4}) {
    if (id != lost.value) wanted.push_back(ReplicaId(id));
  }
  EXPECT_TRUE(wait_for_voters(cluster, wanted));
  write(cluster, 20, 20);
}

// R-raft-21: who is removed disturbs nobody, the leader included.
TEST(Membership, AMemberIsRemoved) {
  for (const bool leader_itself : {false, true}) {
    Cluster cluster({.nodes = 3});
    const NodeId leader = cluster.elect();
    const NodeId gone = leader_itself ? leader : cluster.followers().front();
    const MemberChange remove{.kind = Kind::kRemove, .replica = ReplicaId(gone.value)};
    EXPECT_EQ(change(cluster, {remove}).fate, Fate::kOk) << leader_itself;
    cluster.simulation.run_for(seconds(2));
    ASSERT_TRUE(cluster.leader());
    EXPECT_NE(*cluster.leader(), gone);
    const Term term = cluster.replica(*cluster.leader()).core()->term();
    write(cluster, 50);
    cluster.simulation.run_for(seconds(2));
    EXPECT_EQ(cluster.replica(*cluster.leader()).core()->term(), term);
    EXPECT_EQ(voters(cluster).size(), 2U);
  }
}

TEST(Membership, ImpossibleChangesAreRefusedByName) {
  Cluster cluster({.nodes = 3});
  const NodeId leader = cluster.elect();
  const auto refused = [&](const MemberChange& wanted) { return change(cluster, {wanted}).result; };
  EXPECT_EQ(refused({.kind = Kind::kRemove, .replica = ReplicaId(7)}), wire::ClientReply::INVALID);
  EXPECT_EQ(refused({.kind = Kind::kAddVoter, .replica = ReplicaId(2), .node = NodeId(5)}),
            wire::ClientReply::INVALID)
      << "that number was given away";
  EXPECT_EQ(change(cluster, {}).result, wire::ClientReply::INVALID);
  EXPECT_EQ(refused({.kind = Kind::kAddLearner, .replica = ReplicaId(4), .node = NodeId(5)}),
            wire::ClientReply::OK);
  EXPECT_EQ(refused({.kind = Kind::kPromote, .replica = ReplicaId(4)}),
            wire::ClientReply::NOT_CAUGHT_UP)
      << "nobody lives there";
  // A change that cannot be committed is pending, and another one has to wait.
  for (const NodeId follower : cluster.followers()) cluster.simulation.pause(follower);
  cluster.start_client([&](Yield& yield, World& world) {
    Admin admin(world, {.servers = {cluster.server(leader)}});
    const MemberChange remove{.kind = Kind::kRemove, .replica = ReplicaId(4)};
    admin.change_members(yield, {{remove}}, in(world, milliseconds(80)));
  });
  client::Options only;
  only.servers = {cluster.server(leader)};
  AdminOutcome second;
  cluster.operate(
      [&](Yield& yield, World& world, Admin& admin) {
        world.tasks.sleep_until(yield, in(world, milliseconds(20)));
        const MemberChange remove{.kind = Kind::kRemove, .replica = ReplicaId(2)};
        second = admin.change_members(yield, {{remove}}, in(world, milliseconds(50)));
      },
      only);
  EXPECT_EQ(second.result, wire::ClientReply::CHANGE_PENDING);
}

TEST(Membership, AChangeMeantForOtherMembersIsNotMade) {
  Cluster cluster({.nodes = 3});
  cluster.elect();
  const auto remove = [&](std::uint64_t replica, std::uint64_t if_configuration) {
    AdminOutcome outcome;
    cluster.operate([&](Yield& yield, World& world, Admin& admin) {
      const MemberChange gone{.kind = Kind::kRemove, .replica = ReplicaId(replica)};
      outcome =
          admin.change_members(yield, {{gone}, LogIndex(if_configuration)}, in(world, seconds(10)));
    });
    return outcome.result;
  };
  EXPECT_EQ(remove(3, 2), wire::ClientReply::MEMBERS_DIFFER);
  EXPECT_EQ(voters(cluster).size(), 3U);
  EXPECT_EQ(remove(3, 1), wire::ClientReply::OK);
  EXPECT_EQ(remove(2, 1), wire::ClientReply::MEMBERS_DIFFER) << "asked of the first members";
  EXPECT_EQ(voters(cluster).size(), 2U);
}

TEST(Leadership, IsHandedOverOnRequest) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Cluster cluster({.seed = seed});
    const NodeId old = cluster.elect();
    write(cluster, 10);
    const NodeId heir = cluster.followers().back();
    AdminOutcome outcome;
    cluster.operate([&](Yield& yield, World& world, Admin& admin) {
      outcome = admin.transfer_leadership(yield, ReplicaId(heir.value), in(world, seconds(5)));
    });
    EXPECT_EQ(outcome.fate, Fate::kOk);
    EXPECT_EQ(outcome.server, old);
    cluster.simulation.run_until([&] { return cluster.leader() == heir; },
                                 cluster.simulation.now() + seconds(1));
    EXPECT_EQ(cluster.leader(), heir);
    write(cluster, 10, 10);
  }
}

TEST(Leadership, IsNotHandedToWhoDoesNotAnswer) {
  Cluster cluster({});
  const NodeId old = cluster.elect();
  const NodeId dead = cluster.followers().front();
  cluster.simulation.kill(dead);
  write(cluster, 10);
  AdminOutcome outcome;
  cluster.operate([&](Yield& yield, World& world, Admin& admin) {
    outcome = admin.transfer_leadership(yield, ReplicaId(dead.value), in(world, seconds(5)));
  });
  EXPECT_EQ(outcome.fate, Fate::kFailed);
  EXPECT_EQ(outcome.result, wire::ClientReply::NOT_CAUGHT_UP);
  EXPECT_EQ(cluster.leader(), old);
  write(cluster, 10, 10);
}

TEST(Status, TellsMembersProgressAndWhatItWaitsFor) {
  Cluster cluster({});
  const NodeId leader = cluster.elect();
  write(cluster, 10);
  ASSERT_TRUE(cluster.settle());
  cluster.simulation.run_for(milliseconds(200));
  std::optional<wire::Status> status;
  const auto ask = [&](NodeId node) {
    cluster.operate([&](Yield& yield, World& world, Admin& admin) {
      status = admin.status(yield, cluster.server(node), in(world, seconds(1)));
    });
    EXPECT_TRUE(status);
  };
  ask(leader);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->members().voters_size(), 3);
  EXPECT_EQ(status->members().voters(1).replica(), 2U);
  EXPECT_EQ(status->members().voters(1).node(), 2U);
  EXPECT_TRUE(status->members().committed());
  EXPECT_EQ(status->members().next_id(), 4U);
  ASSERT_EQ(status->peers_size(), 2);
  for (const wire::PeerProgress& peer : status->peers()) {
    EXPECT_EQ(peer.match(), status->last_index());
    EXPECT_EQ(peer.next(), status->last_index() + 1);
    EXPECT_EQ(peer.pace(), "replicate");
  }
  EXPECT_EQ(status->durable(), status->last_index());
  EXPECT_EQ(status->first_index(), 1U);
  EXPECT_EQ(status->doubt_until(), 0U);
  EXPECT_GT(status->log_bytes(), 0U);
  EXPECT_EQ(status->waits_for(), "");
  ask(cluster.followers().front());
  EXPECT_EQ(status->peers_size(), 0);
  EXPECT_EQ(status->leader_replica(), leader.value);
  for (const NodeId follower : cluster.followers()) cluster.simulation.kill(follower);
  cluster.simulation.run_for(seconds(1));
  ask(leader);
  EXPECT_NE(status->waits_for(), "");
}

}  // namespace
}  // namespace plumbline::replica::test
