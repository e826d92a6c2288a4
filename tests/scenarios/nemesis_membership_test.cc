#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/nemesis/nemesis.h"
#include "scenarios/spec/fault_kinds.h"
#include "tests/scenarios/nemesis_fake_cluster.h"

// R-raft-21: members come and go. What nemeses ask of the group, and what they do to nodes around
// it.
namespace plumbline::scenarios {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

Fault seat(std::uint32_t id, FaultKind kind, std::uint32_t node, std::int64_t amount = 0) {
  return {.id = id,
          .kind = kind,
          .at = milliseconds(10),
          .duration = milliseconds(1'000),
          .nodes = {node},
          .amount = amount};
}

class MembershipTest : public testing::Test {
 protected:
  void run(const std::vector<Fault>& faults) {
    nemesis_.emplace(cluster_, faults);
    nemesis_->arm();
    cluster_.run_until(milliseconds(3'000));
  }
  std::uint32_t struck(FaultKind kind) const { return nemesis_->tallies()[kind].struck; }
  std::vector<std::string> asked() const {
    std::vector<std::string> calls;
    for (const std::string& call : cluster_.calls) {
      if (call.find("fault") == std::string::npos) calls.push_back(call);
    }
    return calls;
  }

  FakeCluster cluster_{3, 2};  // 4 and 5 are spares
  std::optional<Nemesis> nemesis_;
};

TEST_F(MembershipTest, ASpareIsStartedAsSomebodyNewAndAdded) {
  run({seat(1, FaultKind::kAddMember, 5)});
  EXPECT_THAT(asked(), ElementsAre("renew 5", "start 5", "add-voter 5", "remove 5", "retire 5"));
  EXPECT_EQ(struck(FaultKind::kAddMember), 1U);
  EXPECT_FALSE(cluster_.node(5).up) << "at the end it is a spare again";
}

TEST_F(MembershipTest, AnotherSpareIsTakenWhereTheOneNamedIsAMember) {
  run({seat(1, FaultKind::kAddMember, 2, 2)});
  EXPECT_THAT(asked(),
              ElementsAre("renew 4", "start 4", "add-voter at-once 4", "remove 4", "retire 4"));
}

TEST_F(MembershipTest, WhereNoSpareIsFreeItWaitsForOne) {
  Fault late = seat(3, FaultKind::kAddMember, 4);
  late.at = milliseconds(20);
  late.duration = milliseconds(2'500);
  run({seat(1, FaultKind::kAddMember, 4), seat(2, FaultKind::kAddMember, 5), late});
  EXPECT_EQ(struck(FaultKind::kAddMember), 3U);
}

TEST_F(MembershipTest, WhatIsRefusedOrUnknownIsAskedAgain) {
  cluster_.answers = {WishFate::kRefused, WishFate::kUnknown, WishFate::kRefused};
  run({seat(1, FaultKind::kAddMember, 4, 1)});
  EXPECT_THAT(asked(), ElementsAre("renew 4", "start 4", "add-learner 4", "add-learner 4",
                                   "add-learner 4", "add-learner 4", "remove 4", "retire 4"));
  EXPECT_EQ(struck(FaultKind::kAddMember), 1U);
}

TEST_F(MembershipTest, WhatIsNeverGrantedDidNotStrike) {
  cluster_.answers.assign(1'000, WishFate::kRefused);
  run({seat(1, FaultKind::kRemoveMember, 2)});
  EXPECT_EQ(struck(FaultKind::kRemoveMember), 0U);
  EXPECT_TRUE(nemesis_->waits_for_members());
  EXPECT_TRUE(cluster_.node(2).up);
}

TEST_F(MembershipTest, SomeTimeAfterTheHealNobodyAsksAnyMore) {
  cluster_.answers.assign(10'000, WishFate::kRefused);
  run({seat(1, FaultKind::kRemoveMember, 2), seat(2, FaultKind::kTransferLeadership, 3)});
  nemesis_->heal_all();
  cluster_.run_until(milliseconds(6'100));
  const std::size_t calls = cluster_.calls.size();
  cluster_.run_until(milliseconds(20'000));
  EXPECT_EQ(cluster_.calls.size(), calls);
}

TEST_F(MembershipTest, WhatIsGrantedAfterTheFaultsEndStruckAllTheSame) {
  cluster_.answers.assign(40, WishFate::kRefused);
  run({seat(1, FaultKind::kRemoveMember, 2)});
  EXPECT_EQ(struck(FaultKind::kRemoveMember), 1U);
  EXPECT_FALSE(nemesis_->waits_for_members());
  EXPECT_EQ(asked().back(), "add-voter 2") << "and it comes back";
}

TEST_F(MembershipTest, WhoIsRemovedRunsOnUntilTheEndAndComesBackAsSomebodyNew) {
  run({seat(1, FaultKind::kRemoveMember, 2)});
  EXPECT_THAT(asked(), ElementsAre("remove 2", "retire 2", "renew 2", "start 2", "add-voter 2"));
  EXPECT_EQ(struck(FaultKind::kRemoveMember), 1U);
}

TEST_F(MembershipTest, AMemberIsReplacedInOneStep) {
  run({seat(1, FaultKind::kReplaceMember, 4)});
  EXPECT_THAT(asked(), ElementsAre("renew 4", "start 4", "add-voter for 1 the node 4", "retire 1"));
  EXPECT_THAT(cluster_.group.voters, UnorderedElementsAre(NodeId(2), NodeId(3), NodeId(4)));
}

TEST_F(MembershipTest, ALearnerIsPromotedByHand) {
  cluster_.answers = {WishFate::kMade, WishFate::kRefused};
  run({seat(1, FaultKind::kPromoteMember, 4)});
  EXPECT_THAT(asked(), ElementsAre("renew 4", "start 4", "add-learner 4", "promote 4", "promote 4",
                                   "remove 4", "retire 4"));
  EXPECT_EQ(struck(FaultKind::kPromoteMember), 1U);
}

TEST_F(MembershipTest, LeadershipGoesToTheNodeOrToAnotherWhenItLeadsAlready) {
  cluster_.set_leader(NodeId(2));
  run({seat(1, FaultKind::kTransferLeadership, 2)});
  EXPECT_THAT(asked(), ElementsAre("lead 1"));
  EXPECT_EQ(struck(FaultKind::kTransferLeadership), 1U);
}

TEST_F(MembershipTest, AWipedNodeTakesItsOwnSeatAsSomebodyNew) {
  run({seat(1, FaultKind::kWipeAndRejoin, 2)});
  EXPECT_THAT(asked(),
              ElementsAre("kill 2", "wipe 2", "renew 2", "start 2", "add-voter for 2 the node 2"));
  EXPECT_THAT(cluster_.group.ghosts, IsEmpty());
}

TEST_F(MembershipTest, AnEmptySeatIsFilledEvenWhenTheTroubleIsOver) {
  cluster_.answers.assign(40, WishFate::kRefused);
  run({seat(1, FaultKind::kWipeAndRejoin, 2)});
  EXPECT_THAT(cluster_.group.ghosts, IsEmpty());
}

// Else one would put it away and the other take it in, over and over.
TEST_F(MembershipTest, WhoWasReplacedIsLeftAloneOnceAnotherFaultHasTakenItForASpare) {
  Fault death = seat(2, FaultKind::kKill, 1);
  death.at = milliseconds(20);
  Fault next = seat(3, FaultKind::kAddMember, 1);
  next.at = milliseconds(50);
  next.duration = milliseconds(5'000);
  run({seat(1, FaultKind::kReplaceMember, 4), death, next});
  EXPECT_THAT(asked(), Contains("add-voter 1"));
  EXPECT_THAT(asked(), Not(Contains("remove 1")));
  EXPECT_THAT(asked(), Not(Contains("retire 1")));
}

TEST_F(MembershipTest, NoVoterIsWipedWhoseVoteTheOthersNeed) {
  cluster_.group.ghosts = {NodeId(1)};
  cluster_.group.voters = {NodeId(2), NodeId(3)};
  run({seat(1, FaultKind::kWipeAndRejoin, 2)});
  EXPECT_THAT(asked(), IsEmpty());
  EXPECT_EQ(struck(FaultKind::kWipeAndRejoin), 0U);
}

TEST_F(MembershipTest, NothingIsWipedWhileAWishIsOpen) {
  cluster_.group.changing = true;
  run({seat(1, FaultKind::kWipeAndRejoin, 2)});
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(MembershipTest, WhileNobodyKnowsTheMembersNoneIsTakenForASpare) {
  cluster_.group = {.settled = false};
  run({seat(1, FaultKind::kAddMember, 2)});
  EXPECT_THAT(asked(), IsEmpty());
}

// A node that a fault of the scenario costs must not come to be half of the voters.
TEST_F(MembershipTest, NobodyIsRemovedOnWhomTheMajorityRests) {
  Fault rot = seat(2, FaultKind::kBitRot, 3, 1);
  rot.at = milliseconds(2'000);
  rot.duration = {};
  run({seat(1, FaultKind::kRemoveMember, 1), rot});
  EXPECT_THAT(asked(), Contains("remove 3"));
  EXPECT_THAT(asked(), Not(Contains("remove 1")));
}

TEST_F(MembershipTest, WhileAChangeIsUnderWayNoOtherIsAskedFor) {
  cluster_.group.settled = false;
  run({seat(1, FaultKind::kRemoveMember, 2)});
  EXPECT_THAT(asked(), IsEmpty());
}

}  // namespace
}  // namespace plumbline::scenarios
