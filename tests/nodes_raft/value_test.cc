// A core is a value: copies are equal, go the same way, and equal cores have equal hashes.
#include <gtest/gtest.h>

#include "nodes/base/hash.h"
#include "tests/nodes_raft/cluster.h"

namespace plumbline::raft::testing {
namespace {

Raft core_of(Cluster& cluster, std::uint32_t id) { return *cluster.at(ReplicaId(id)).core; }

void settle(Cluster& cluster) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const ReplicaId id : cluster.ids()) moved = cluster.sync(id) || moved;
    for (; !cluster.network().empty(); moved = true) cluster.deliver(0);
  }
}

Propose command(const std::string& name) {
  return Propose{Entries{Entry{Term(), EntryKind::kCommand, Blob(name)}}};
}

TEST(RaftValue, CopiesAreEqualAndApart) {
  Narrator narrator(false);
  Cluster cluster(3, Options(), narrator);
  cluster.fire_deadline(ReplicaId(1));
  settle(cluster);
  const Raft kept = core_of(cluster, 1);
  ASSERT_EQ(kept.role(), Role::kLeader);
  Raft copy = kept;
  EXPECT_TRUE(copy == kept);
  EXPECT_EQ(copy.hash(), kept.hash());
  copy.step(Instant(), command("x"), narrator);
  EXPECT_FALSE(copy == kept);
  EXPECT_NE(copy.hash(), kept.hash());
  EXPECT_EQ(kept.last_index(), LogIndex(2));
}

TEST(RaftValue, TheSameEventsLeadToTheSameState) {
  Narrator narrator(false);
  Cluster a(3, Options(), narrator);
  Cluster b(3, Options(), narrator);
  for (Cluster* cluster : {&a, &b}) {
    cluster->fire_deadline(ReplicaId(2));
    settle(*cluster);
    cluster->step(ReplicaId(2), command("x"));
    cluster->step(ReplicaId(2), ReadRequest{5});
  }
  for (std::uint32_t id = 1; id <= 3; ++id) {
    EXPECT_TRUE(core_of(a, id) == core_of(b, id)) << id;
    EXPECT_EQ(core_of(a, id).hash(), core_of(b, id).hash()) << id;
  }
}

// How many batches were written on the way is no part of what a replica will do.
TEST(RaftValue, TicketsAreComparedByDistance) {
  Narrator narrator(false);
  const Configuration alone{Voters{ReplicaId(1)}};
  Options options;
  options.self = ReplicaId(1);
  const auto run = [&](bool at_once) {
    Raft raft(options, Raft::bootstrap(alone), Instant());
    const Instant due = raft.next_deadline();
    raft.step(due, DeadlineReached{}, narrator);
    raft.step(due, Synced{Ticket(1)}, narrator);
    raft.step(due, Synced{Ticket(2)}, narrator);
    Propose both = command("a");
    if (at_once) {
      both.entries.push_back(Entry{Term(), EntryKind::kCommand, Blob("b")});
      raft.step(due, both, narrator);
      raft.step(due, Synced{Ticket(3)}, narrator);
    } else {
      raft.step(due, both, narrator);
      raft.step(due, command("b"), narrator);
      raft.step(due, Synced{Ticket(4)}, narrator);
    }
    return raft;
  };
  EXPECT_TRUE(run(true) == run(false));
  EXPECT_EQ(run(true).hash(), run(false).hash());
}

// The hash is part of no format, but it must not depend on machine, build or address: this is its
// value where it was written first.
TEST(RaftValue, HashIsTheSameOnEveryMachine) {
  Options options;
  options.self = ReplicaId(1);
  const Configuration configuration{Voters{ReplicaId(1), ReplicaId(2), ReplicaId(3)}};
  const Raft raft(options, Raft::bootstrap(configuration), Instant());
  EXPECT_EQ(raft.hash(), 2647468546575873161u);
}

// Idle time costs nothing: a deadline that is not due changes nothing, and one node alone has none.
TEST(RaftDeadlines, EarlyOnesDoNothing) {
  Narrator narrator(false);
  Cluster cluster(3, Options(), narrator);
  const Raft before = core_of(cluster, 1);
  EXPECT_GE(before.next_deadline(), Instant() + Options().election_timeout);
  EXPECT_LT(before.next_deadline(), Instant() + Options().election_timeout * 2);
  cluster.step(ReplicaId(1), DeadlineReached{});
  EXPECT_TRUE(core_of(cluster, 1) == before);
}

TEST(RaftDeadlines, ALeaderWithoutPeersHasNone) {
  Narrator narrator(false);
  Cluster cluster(1, Options(), narrator);
  cluster.fire_deadline(ReplicaId(1));
  settle(cluster);
  ASSERT_EQ(core_of(cluster, 1).role(), Role::kLeader);
  EXPECT_EQ(core_of(cluster, 1).next_deadline(), Instant::never());
}

// Scopes that are explored exhaustively set all times to zero, so that no time is in the state.
TEST(RaftDeadlines, WorkWithoutTime) {
  Narrator narrator(false);
  Options options;
  options.election_timeout = Duration();
  options.heartbeat_interval = Duration();
  options.check_quorum = false;
  Cluster cluster(3, options, narrator);
  cluster.step(ReplicaId(1), DeadlineReached{});
  settle(cluster);
  EXPECT_EQ(core_of(cluster, 1).role(), Role::kLeader);
  EXPECT_EQ(core_of(cluster, 1).next_deadline(), Instant());
}

// Time-outs differ between replicas, terms, attempts and starts, and are the same for the same.
TEST(RaftDeadlines, TimeOutsAreDrawnFromTheirMeaning) {
  const Configuration configuration{Voters{ReplicaId(1), ReplicaId(2), ReplicaId(3)}};
  const auto first = [&](std::uint32_t self, std::uint64_t seed) {
    Options options;
    options.self = ReplicaId(self);
    options.timeout_seed = seed;
    return Raft(options, Raft::bootstrap(configuration), Instant()).next_deadline();
  };
  EXPECT_EQ(first(1, 7), first(1, 7));
  EXPECT_NE(first(1, 7), first(2, 7));
  EXPECT_NE(first(1, 7), first(1, 8));
}

}  // namespace
}  // namespace plumbline::raft::testing
