#include "nodes/client/admin.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/nodes_client/fixture.h"

namespace plumbline::client::test {
namespace {

using Reply = wire::ClientReply;
using Calls = std::function<void(Yield&, World&, Admin&)>;

Instant in(World& world, Duration time) { return world.clock.now() + time; }

void run(Bench& bench, const Calls& calls) {
  bench.run({}, [&](Yield& yield, World& world, KvClient&) {
    Admin admin(world, bench.options());
    calls(yield, world, admin);
  });
}

AdminOutcome transfer(Bench& bench) {
  AdminOutcome outcome;
  run(bench, [&](Yield& yield, World& world, Admin& admin) {
    const Instant deadline = in(world, seconds(2));
    outcome = admin.transfer_leadership(yield, ReplicaId(3), deadline);
    EXPECT_LE(world.clock.now(), deadline + milliseconds(1));
  });
  return outcome;
}

TEST(Admin, SaysWhatItWasAsked) {
  Bench bench(1);
  run(bench, [](Yield& yield, World& world, Admin& admin) {
    const Instant deadline = in(world, seconds(2));
    const MemberChange add{.kind = MemberChange::Kind::kAddVoter,
                           .replica = ReplicaId(4),
                           .node = NodeId(5),
                           .replaces = ReplicaId(2),
                           .at_once = true};
    const MemberChange remove{.kind = MemberChange::Kind::kRemove, .replica = ReplicaId(1)};
    EXPECT_EQ(admin.change_members(yield, {{add, remove}, LogIndex(17)}, deadline).fate, Fate::kOk);
    EXPECT_EQ(admin.transfer_leadership(yield, ReplicaId(3), deadline).fate, Fate::kOk);
  });
  ASSERT_EQ(bench.seen().size(), 2U);
  const wire::ChangeMembers& change = bench.seen()[0].change();
  ASSERT_EQ(change.changes_size(), 2);
  EXPECT_EQ(change.if_configuration(), 17U);
  EXPECT_EQ(change.changes(0).kind(), wire::MemberChange::ADD_VOTER);
  EXPECT_EQ(change.changes(0).replica(), 4U);
  EXPECT_EQ(change.changes(0).node(), 5U);
  EXPECT_EQ(change.changes(0).replaces(), 2U);
  EXPECT_TRUE(change.changes(0).at_once());
  EXPECT_EQ(change.changes(1).kind(), wire::MemberChange::REMOVE);
  EXPECT_EQ(change.changes(1).replica(), 1U);
  EXPECT_EQ(bench.seen()[1].transfer().to(), 3U);
}

TEST(Admin, AsksOneServerForItsStatus) {
  Bench bench(2);
  bench.server(2).answer = [](Yield& yield, World&, Stream& stream,
                              const wire::ClientRequest& request) {
    Reply reply = reply_to(request, Reply::OK);
    reply.mutable_status()->set_role("learner");
    send(yield, stream, reply);
  };
  run(bench, [&](Yield& yield, World& world, Admin& admin) {
    const auto& servers = bench.options().servers;
    const auto status = admin.status(yield, servers[1], in(world, seconds(1)));
    ASSERT_TRUE(status);
    EXPECT_EQ(status->role(), "learner");
  });
  EXPECT_EQ(bench.server(1).seen.size(), 0U);
}

TEST(Admin, AServerThatDoesNotAnswerHasNoStatus) {
  Bench bench(1);
  bench.all_answer(silence());
  run(bench, [&](Yield& yield, World& world, Admin& admin) {
    EXPECT_FALSE(admin.status(yield, bench.options().servers[0], in(world, seconds(1))));
  });
}

TEST(Admin, FollowsTheHintToTheLeader) {
  Bench bench(5);
  bench.all_answer(always(Reply::NOT_LEADER, 4));
  bench.server(4).answer = always(Reply::OK);
  const AdminOutcome outcome = transfer(bench);
  EXPECT_EQ(outcome.fate, Fate::kOk);
  EXPECT_EQ(outcome.server, NodeId(4));
  EXPECT_LE(bench.seen().size(), 2U);
}

TEST(Admin, TriesAgainWhatPassesByItself) {
  for (const Reply::Result refusal : {Reply::NOT_LEADER, Reply::NOT_COMMITTED, Reply::OVERLOADED,
                                      Reply::TRANSFERRING, Reply::NOT_READY}) {
    Bench bench(1);
    bench.server(1).answer = [&](Yield& yield, World& world, Stream& stream,
                                 const wire::ClientRequest& request) {
      always(bench.seen().size() < 3 ? refusal : Reply::OK)(yield, world, stream, request);
    };
    EXPECT_EQ(transfer(bench).fate, Fate::kOk);
    EXPECT_EQ(bench.seen().size(), 3U);
  }
}

TEST(Admin, HandsOnWhyItIsRefused) {
  for (const Reply::Result refusal :
       {Reply::INVALID, Reply::CHANGE_PENDING, Reply::NOT_CAUGHT_UP, Reply::NO_SPACE}) {
    Bench bench(3);
    bench.all_answer(always(refusal));
    const AdminOutcome outcome = transfer(bench);
    EXPECT_EQ(outcome.fate, Fate::kFailed);
    EXPECT_EQ(outcome.result, refusal);
    EXPECT_EQ(bench.seen().size(), 1U);
  }
}

// A change that was sent may have been made: nobody but the store can say.
TEST(Admin, WithoutAnAnswerItIsUnknownAndNotAskedAgain) {
  Bench bench(3);
  bench.all_answer(silence());
  EXPECT_EQ(transfer(bench).fate, Fate::kUnknown);
  EXPECT_EQ(bench.seen().size(), 1U);
  Bench unsure(3);
  unsure.all_answer(always(Reply::UNKNOWN));
  EXPECT_EQ(transfer(unsure).fate, Fate::kUnknown);
  EXPECT_EQ(unsure.seen().size(), 1U);
}

TEST(Admin, WhenNobodyIsThereItHasFailed) {
  Bench bench(2);
  bench.simulation.kill(NodeId(1));
  bench.simulation.kill(NodeId(2));
  EXPECT_EQ(transfer(bench).fate, Fate::kFailed);
}

}  // namespace
}  // namespace plumbline::client::test
