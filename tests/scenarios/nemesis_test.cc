#include "scenarios/nemesis/nemesis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/nemesis/registry.h"
#include "scenarios/spec/fault_kinds.h"
#include "tests/scenarios/nemesis_fake_cluster.h"

namespace plumbline::scenarios {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

Fault fault(std::uint32_t id, FaultKind kind, std::int64_t from_ms, std::int64_t to_ms,
            std::vector<std::uint32_t> nodes, std::int64_t amount = 0) {
  return {.id = id,
          .kind = kind,
          .at = milliseconds(from_ms),
          .duration = milliseconds(to_ms - from_ms),
          .nodes = std::move(nodes),
          .amount = amount};
}

class NemesisTest : public testing::Test {
 protected:
  Nemesis& arm(const std::vector<Fault>& faults) {
    nemesis_.emplace(cluster_, faults);
    nemesis_->arm();
    return *nemesis_;
  }
  void run_until_ms(std::int64_t ms) { cluster_.run_until(milliseconds(ms)); }
  Nemesis::Tally tally(FaultKind kind) const { return nemesis_->tallies()[kind]; }

  FakeCluster cluster_{5};
  std::optional<Nemesis> nemesis_;
};

Fault typical(const FaultShape& shape) {
  Fault result = fault(1, shape.kind, 10, shape.lasts == Lasts::kInstant ? 10 : 50, {});
  switch (shape.targets) {
    case Targets::kNodes:
    case Targets::kClients: result.nodes = {2}; break;
    case Targets::kAll: break;
    case Targets::kSide:
    case Targets::kBridge:
    case Targets::kPair: result.nodes = {2, 4}; break;
    case Targets::kSeat: result.nodes = {2}; break;
  }
  result.amount = std::clamp<std::int64_t>(5, shape.amount_low, shape.amount_high);
  return result;
}

class EveryKind : public NemesisTest, public testing::WithParamInterface<FaultShape> {};

TEST_P(EveryKind, StrikesAndIsUndoneAtItsEnd) {
  const Fault typical_fault = typical(GetParam());
  arm({typical_fault});
  run_until_ms(9);
  EXPECT_THAT(cluster_.calls, ElementsAre()) << "nothing strikes before its time";
  run_until_ms(20);
  EXPECT_THAT(cluster_.calls, Contains("fault 1 started"));
  const bool lasts = typical_fault.duration.ns > 0 && GetParam().kind != FaultKind::kClockStep;
  const bool felt = !cluster_.is_healed();
  EXPECT_EQ(felt, lasts) << "what lasts is in force, what happens at an instant leaves nothing";
  cluster_.disk_call(2);
  cluster_.bad_calls(2);
  run_until_ms(60);
  EXPECT_TRUE(cluster_.is_healed());
  EXPECT_EQ(cluster_.calls.back(), "fault 1 ended");
  const Nemesis::Tally counted = tally(GetParam().kind);
  EXPECT_EQ(counted.drawn, 1U);
  EXPECT_EQ(counted.struck, 1U);
  EXPECT_EQ(counted.impossible, 0U);
}

TEST_P(EveryKind, IsHealedBeforeItsEnd) {
  Nemesis& nemesis = arm({typical(GetParam()), fault(2, FaultKind::kKill, 40, 45, {3})});
  run_until_ms(30);
  nemesis.heal_all();
  EXPECT_TRUE(cluster_.is_healed());
  const std::size_t calls = cluster_.calls.size();
  run_until_ms(60);
  EXPECT_TRUE(cluster_.is_healed());
  EXPECT_EQ(cluster_.calls.size(), calls) << "nothing strikes in the quiet time";
}

TEST_P(EveryKind, IsTakenAwayByAnOverride) {
  ASSERT_TRUE(cluster_.random().set_overrides({{"fault.enabled/1", 0}}).ok());
  arm({typical(GetParam())});
  run_until_ms(60);
  EXPECT_THAT(cluster_.calls, ElementsAre());
  EXPECT_TRUE(nemesis_->tallies().empty());
  EXPECT_THAT(cluster_.random().unused_overrides(), ElementsAre());
}

TEST_P(EveryKind, IsCountedAsImpossibleWhereTheWorldCannotMakeIt) {
  cluster_.impossible.insert(GetParam().kind);
  arm({typical(GetParam())});
  run_until_ms(60);
  EXPECT_THAT(cluster_.calls, ElementsAre());
  EXPECT_EQ(tally(GetParam().kind).impossible, 1U);
  EXPECT_EQ(tally(GetParam().kind).struck, 0U);
}

std::string test_name(const testing::TestParamInfo<FaultShape>& info) {
  std::string name = info.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// A change of members is not undone at its end: nemesis_membership_test.cc.
std::vector<FaultShape> all_shapes() {
  std::vector<FaultShape> shapes(fault_shapes().begin(), fault_shapes().end());
  std::erase_if(shapes, [](const auto& shape) { return shape.family == FaultFamily::kMembership; });
  return shapes;
}

INSTANTIATE_TEST_SUITE_P(All, EveryKind, testing::ValuesIn(all_shapes()), test_name);

TEST_F(NemesisTest, PartitionCutsBothWaysBetweenTheSideAndTheRest) {
  arm({fault(1, FaultKind::kPartition, 1, 9, {1, 2})});
  run_until_ms(5);
  EXPECT_EQ(cluster_.blocked(), "13 14 15 23 24 25 31 32 41 42 51 52");
}

TEST_F(NemesisTest, AnAimedFaultStrikesWhoeverLeadsThen) {
  std::vector<Fault> faults = {fault(1, FaultKind::kPartition, 1, 9, {1}),
                               fault(2, FaultKind::kPartition, 11, 19, {1}),
                               fault(3, FaultKind::kPartition, 21, 29, {1, 2, 4, 5})};
  for (Fault& fault : faults) fault.at_leader = true;
  arm(faults);
  cluster_.set_leader(NodeId(3));
  run_until_ms(5);
  EXPECT_EQ(cluster_.blocked(), "13 23 31 32 34 35 43 53");
  run_until_ms(10);
  EXPECT_EQ(cluster_.blocked(), "");
  cluster_.set_leader(std::nullopt);
  run_until_ms(15);
  EXPECT_EQ(cluster_.blocked(), "12 13 14 15 21 31 41 51") << "nobody leads: it strikes as planned";
  cluster_.set_leader(NodeId(4));
  run_until_ms(25);
  EXPECT_EQ(cluster_.blocked(), "13 23 31 32 34 35 43 53") << "the leader is among them already";
}

// In a file that a person wrote; a swarm aims no kill.
TEST_F(NemesisTest, AnAimedKillStrikesWhoeverLeadsThen) {
  std::vector<Fault> faults = {fault(1, FaultKind::kKill, 1, 9, {1}),
                               fault(2, FaultKind::kTerminate, 11, 19, {1})};
  for (Fault& fault : faults) fault.at_leader = true;
  EXPECT_TRUE(may_be_aimed(FaultKind::kKill));
  EXPECT_FALSE(is_aimed_when_drawn(FaultKind::kKill));
  arm(faults);
  cluster_.set_leader(NodeId(3));
  run_until_ms(10);
  cluster_.set_leader(NodeId(5));
  run_until_ms(30);
  EXPECT_THAT(cluster_.calls,
              ElementsAre("fault 1 started", "kill 3", "start 3", "fault 1 ended",
                          "fault 2 started", "terminate 5", "start 5", "fault 2 ended"));
}

TEST_F(NemesisTest, OneWayPartitionSilencesTheSideOrDeafensIt) {
  arm({fault(1, FaultKind::kOneWayPartition, 1, 9, {1}, 0),
       fault(2, FaultKind::kOneWayPartition, 11, 19, {1}, 1)});
  run_until_ms(5);
  EXPECT_EQ(cluster_.blocked(), "12 13 14 15");
  run_until_ms(15);
  EXPECT_EQ(cluster_.blocked(), "21 31 41 51");
}

TEST_F(NemesisTest, BridgePartitionLeavesTheBridgeToBothHalves) {
  arm({fault(1, FaultKind::kBridgePartition, 1, 9, {3, 1, 5})});
  run_until_ms(5);
  EXPECT_EQ(cluster_.blocked(), "12 14 21 25 41 45 52 54");
}

TEST_F(NemesisTest, PartialPartitionCutsTwoNodesOnly) {
  arm({fault(1, FaultKind::kPartialPartition, 1, 9, {2, 4})});
  run_until_ms(5);
  EXPECT_EQ(cluster_.blocked(), "24 42");
}

TEST_F(NemesisTest, FlappingLinkGoesDownAndUpUntilItsEnd) {
  arm({fault(1, FaultKind::kFlappingLink, 0, 35, {1, 2}, 10)});
  std::string seen;
  for (const std::int64_t ms : {5, 15, 25, 34, 36, 45, 99}) {
    run_until_ms(ms);
    seen += cluster_.blocked().empty() ? 'u' : 'd';
  }
  EXPECT_EQ(seen, "duduuuu");
}

TEST_F(NemesisTest, LeaderHuntCutsOffTheSuccessorAndBringsTheLeaderBack) {
  arm({fault(1, FaultKind::kLeaderHunt, 10, 100, {1}, 20)});
  cluster_.set_leader(NodeId(1));
  run_until_ms(15);
  EXPECT_EQ(cluster_.blocked(), "12 13 14 15 21 31 41 51");
  cluster_.set_leader(std::nullopt);
  run_until_ms(40);
  EXPECT_EQ(cluster_.blocked(), "12 13 14 15 21 31 41 51") << "nobody leads in its place yet";
  cluster_.set_leader(NodeId(3));
  run_until_ms(55);
  EXPECT_EQ(cluster_.blocked(), "12 13 14 15 21 31 41 51") << "the new one is given some time";
  run_until_ms(70);
  EXPECT_EQ(cluster_.blocked(), "13 23 31 32 34 35 43 53");
  run_until_ms(101);
  EXPECT_EQ(cluster_.blocked(), "");
}

TEST_F(NemesisTest, ALinkStaysCutUntilBothOfTwoOverlappingPartitionsHaveEnded) {
  arm({fault(1, FaultKind::kPartition, 10, 30, {1}),
       fault(2, FaultKind::kPartition, 20, 40, {1, 2})});
  run_until_ms(25);
  EXPECT_TRUE(cluster_.link(1, 2).blocked);
  EXPECT_TRUE(cluster_.link(1, 3).blocked);
  run_until_ms(35);
  EXPECT_FALSE(cluster_.link(1, 2).blocked) << "only the first kept 1 from 2";
  EXPECT_TRUE(cluster_.link(1, 3).blocked) << "both kept 1 from 3, and one of them goes on";
  run_until_ms(45);
  EXPECT_TRUE(cluster_.is_healed());
}

TEST_F(NemesisTest, APartitionHiddenBehindAnotherStrikesWhenItOutlastsThatOne) {
  arm({fault(1, FaultKind::kPartition, 10, 30, {1}),
       fault(2, FaultKind::kPartialPartition, 15, 20, {1, 2})});
  run_until_ms(99);
  EXPECT_EQ(tally(FaultKind::kPartialPartition).struck, 0U);
  arm({fault(3, FaultKind::kPartition, 110, 130, {1}),
       fault(4, FaultKind::kPartialPartition, 115, 140, {1, 2})});
  run_until_ms(299);
  EXPECT_EQ(tally(FaultKind::kPartialPartition).struck, 1U);
}

TEST_F(NemesisTest, FaultsOfALinkAddUp) {
  arm({fault(1, FaultKind::kLoss, 1, 20, {1}, 700'000),
       fault(2, FaultKind::kLoss, 2, 10, {2}, 600'000),
       fault(3, FaultKind::kDelay, 2, 20, {1}, 500),
       fault(4, FaultKind::kSlowLink, 2, 20, {1, 2}, 70)});
  run_until_ms(5);
  EXPECT_EQ(cluster_.link(2, 1).loss_ppm, 1'000'000U) << "no more than all is lost";
  EXPECT_EQ(cluster_.link(1, 2).delay_extra_max, microseconds(570));
  run_until_ms(15);
  EXPECT_EQ(cluster_.link(2, 1).loss_ppm, 700'000U);
}

TEST_F(NemesisTest, ANodeStaysDownUntilTheLastFaultThatHoldsItDown) {
  arm({fault(1, FaultKind::kKill, 10, 30, {1}), fault(2, FaultKind::kPowerLoss, 20, 40, {1})});
  run_until_ms(35);
  EXPECT_FALSE(cluster_.node(1).up);
  run_until_ms(41);
  EXPECT_TRUE(cluster_.node(1).up);
  EXPECT_THAT(cluster_.starts, ElementsAre(std::pair(TrueTime{} + milliseconds(40), 1U)));
}

TEST_F(NemesisTest, AKillOfANodeThatIsDownDoesNotStrike) {
  arm({fault(1, FaultKind::kPowerLoss, 10, 30, {1}), fault(2, FaultKind::kKill, 20, 25, {1})});
  run_until_ms(99);
  EXPECT_EQ(tally(FaultKind::kKill).drawn, 1U);
  EXPECT_EQ(tally(FaultKind::kKill).struck, 0U);
  EXPECT_THAT(cluster_.calls, Not(Contains("kill 1")));
}

TEST_F(NemesisTest, KillInDiskCallThatFindsNoneKillsAtItsEnd) {
  arm({fault(1, FaultKind::kKillInDiskCall, 10, 30, {1})});
  run_until_ms(29);
  EXPECT_TRUE(cluster_.node(1).up);
  EXPECT_EQ(tally(FaultKind::kKillInDiskCall).struck, 0U);
  run_until_ms(30);
  EXPECT_FALSE(cluster_.node(1).dies_in_disk_call) << "it must not strike in the quiet time";
  EXPECT_TRUE(cluster_.node(1).up);
  EXPECT_EQ(tally(FaultKind::kKillInDiskCall).struck, 1U) << "it killed the node";
}

TEST_F(NemesisTest, KillInDiskCallCountsAsSoonAsItHappened) {
  arm({fault(1, FaultKind::kKillInDiskCall, 10, 30, {1})});
  run_until_ms(20);
  cluster_.disk_call(1);
  EXPECT_EQ(tally(FaultKind::kKillInDiskCall).struck, 1U) << "a run may end before the fault does";
}

TEST_F(NemesisTest, AllComeBackInTheOrderGivenTheLastAtTheEnd) {
  arm({fault(1, FaultKind::kKillAll, 10, 100, {3, 1, 5, 2, 4}, 20)});
  run_until_ms(15);
  for (std::uint32_t id = 1; id <= 5; ++id) EXPECT_FALSE(cluster_.node(id).up);
  run_until_ms(200);
  std::vector<std::pair<std::int64_t, std::uint32_t>> seen;
  for (const auto& [when, id] : cluster_.starts) seen.emplace_back(when.ns / 1'000'000, id);
  EXPECT_THAT(seen, ElementsAre(std::pair(20, 3), std::pair(40, 1), std::pair(60, 5),
                                std::pair(80, 2), std::pair(100, 4)));
}

TEST_F(NemesisTest, PausesNest) {
  arm({fault(1, FaultKind::kPause, 10, 30, {1}), fault(2, FaultKind::kPause, 20, 40, {1, 2})});
  run_until_ms(35);
  EXPECT_TRUE(cluster_.node(1).paused);
  run_until_ms(40);
  EXPECT_TRUE(cluster_.is_healed());
  EXPECT_EQ(std::count(cluster_.calls.begin(), cluster_.calls.end(), "resume 1"), 1);
}

TEST_F(NemesisTest, ANodeKilledWhileItStoodStillComesBackRunning) {
  arm({fault(1, FaultKind::kPause, 10, 90, {1}), fault(2, FaultKind::kKill, 20, 30, {1})});
  run_until_ms(50);
  EXPECT_TRUE(cluster_.node(1).up);
  EXPECT_FALSE(cluster_.node(1).paused);
}

TEST_F(NemesisTest, DiskFaultsOfANodeComposeAndEndOneByOne) {
  arm({fault(1, FaultKind::kDiskFull, 10, 30, {1}), fault(2, FaultKind::kDiskFull, 20, 40, {1}),
       fault(3, FaultKind::kDiskSlow, 20, 50, {1}, 500),
       fault(4, FaultKind::kDiskSlow, 20, 35, {1}, 3'000),
       fault(5, FaultKind::kDiskSyncError, 20, 35, {1}, 9)});
  run_until_ms(25);
  EXPECT_EQ(cluster_.node(1).disk,
            (DiskFault{.sync_error_ppm = 9, .slow_percent = 3'000, .full = true}));
  run_until_ms(37);
  EXPECT_EQ(cluster_.node(1).disk, (DiskFault{.slow_percent = 500, .full = true}));
  run_until_ms(45);
  EXPECT_EQ(cluster_.node(1).disk, (DiskFault{.slow_percent = 500}));
}

TEST_F(NemesisTest, ANodeThatStoppedOverADiskFaultIsStartedAtItsEnd) {
  for (const FaultKind kind : {FaultKind::kDiskWriteError, FaultKind::kDiskReadError,
                               FaultKind::kDiskSyncError, FaultKind::kDiskFull}) {
    FakeCluster cluster(3);
    Nemesis nemesis(cluster, {fault(1, kind, 10, 30, {2}, 9)});
    nemesis.arm();
    cluster.run_until(milliseconds(20));
    cluster.node(2).up = false;
    cluster.run_until(milliseconds(29));
    EXPECT_FALSE(cluster.node(2).up) << name_of(kind);
    cluster.run_until(milliseconds(30));
    EXPECT_TRUE(cluster.is_healed()) << name_of(kind);
  }
}

TEST_F(NemesisTest, ButNotWhileAnotherFaultHoldsItDown) {
  arm({fault(1, FaultKind::kDiskFull, 10, 30, {2}), fault(2, FaultKind::kKill, 20, 40, {2})});
  run_until_ms(35);
  EXPECT_FALSE(cluster_.node(2).up);
}

TEST_F(NemesisTest, HealingStartsNodesThatNoFaultTookDown) {
  Nemesis& nemesis = arm({});
  cluster_.node(4).up = false;
  nemesis.heal_all();
  EXPECT_TRUE(cluster_.node(4).up);
}

TEST_F(NemesisTest, RotStrikesOnlyWhereThereIsSomethingToRot) {
  cluster_.can_rot = false;
  arm({fault(1, FaultKind::kBitRot, 10, 10, {2}, 2)});
  run_until_ms(99);
  EXPECT_EQ(tally(FaultKind::kBitRot).struck, 0U);
  EXPECT_THAT(cluster_.calls, ElementsAre("fault 1 started", "rot any nemesis.rot/1/2/0 2",
                                          "rot any nemesis.rot/1/2/1 2", "fault 1 ended"));
}

TEST_F(NemesisTest, DamageStrikesWhenTheNodeWritesAndIsSparedAtTheEnd) {
  arm({fault(1, FaultKind::kLostWrite, 10, 50, {1}, 2),
       fault(2, FaultKind::kMisdirectedWrite, 10, 50, {2}, 1)});
  run_until_ms(20);
  EXPECT_EQ(cluster_.node(1).bad_calls.size(), 2U);
  cluster_.bad_calls(2);
  run_until_ms(60);
  EXPECT_TRUE(cluster_.is_healed());
  EXPECT_EQ(tally(FaultKind::kLostWrite).struck, 0U) << "the node never wrote";
  EXPECT_EQ(tally(FaultKind::kMisdirectedWrite).struck, 1U);
}

TEST_F(NemesisTest, ReadsAreStaleWhenTheNodeStartsAgainHalfWay) {
  arm({fault(1, FaultKind::kStaleRead, 10, 50, {1}, 1)});
  run_until_ms(29);
  EXPECT_FALSE(cluster_.node(1).up);
  run_until_ms(30);
  EXPECT_TRUE(cluster_.node(1).up);
  EXPECT_EQ(cluster_.node(1).bad_calls.size(), 1U);
}

TEST_F(NemesisTest, ADiskIsWipedUnderADeadNode) {
  arm({fault(1, FaultKind::kWipe, 10, 50, {2, 3})});
  run_until_ms(60);
  EXPECT_THAT(cluster_.calls, ElementsAre("fault 1 started", "kill 2", "wipe 2", "kill 3", "wipe 3",
                                          "start 2", "start 3", "fault 1 ended"));
}

TEST_F(NemesisTest, AChainHearsItsNeighboursOnly) {
  FakeCluster cluster(4);
  Nemesis nemesis(cluster, {fault(1, FaultKind::kChainedPartition, 10, 50, {2, 1, 4, 3})});
  nemesis.arm();
  cluster.run_until(milliseconds(20));
  EXPECT_EQ(cluster.blocked(), "13 23 24 31 32 42");
}

TEST_F(NemesisTest, AFlappingSideIsCutOffAndJoinedOverAndOver) {
  arm({fault(1, FaultKind::kFlappingPartition, 10, 50, {1, 2}, 10)});
  const std::string cut = "13 14 15 23 24 25 31 32 41 42 51 52";
  for (const std::int64_t ms : {15, 35}) {
    run_until_ms(ms);
    EXPECT_EQ(cluster_.blocked(), cut);
    run_until_ms(ms + 10);
    EXPECT_EQ(cluster_.blocked(), "");
  }
  run_until_ms(99);
  EXPECT_TRUE(cluster_.is_healed());
}

TEST_F(NemesisTest, WhatStaysIsNotHealed) {
  Fault stays = fault(1, FaultKind::kPartition, 10, 99, {1});
  stays.stays = true;
  Nemesis& nemesis = arm({stays, fault(2, FaultKind::kPartition, 10, 50, {2})});
  run_until_ms(20);
  EXPECT_EQ(nemesis.outside(), std::set<NodeId>{NodeId(1)});
  nemesis.heal_all();
  EXPECT_EQ(cluster_.blocked(), "12 13 14 15 21 31 41 51");
  EXPECT_EQ(tally(FaultKind::kPartition).struck, 2U);
}

TEST_F(NemesisTest, ANodeThatIsHeldDownForGoodIsNotStarted) {
  Fault stays = fault(1, FaultKind::kKill, 10, 99, {1});
  stays.stays = true;
  Nemesis& nemesis = arm({stays, fault(2, FaultKind::kKill, 12, 50, {1, 2})});
  run_until_ms(20);
  nemesis.heal_all();
  EXPECT_FALSE(cluster_.node(1).up);
  EXPECT_TRUE(cluster_.node(2).up);
}

TEST_F(NemesisTest, AStepOfTheClockStaysUnlessItIsCorrected) {
  arm({fault(1, FaultKind::kClockStep, 10, 10, {1}, 700),
       fault(2, FaultKind::kClockStep, 10, 30, {2}, -300)});
  run_until_ms(20);
  EXPECT_EQ(cluster_.node(2).wall_step, milliseconds(-300));
  run_until_ms(99);
  EXPECT_EQ(cluster_.node(1).wall_step, milliseconds(700));
  EXPECT_EQ(cluster_.node(2).wall_step, Duration{});
}

TEST_F(NemesisTest, DriftsAddUpButNeverTurnAClockBack) {
  arm({fault(1, FaultKind::kClockDrift, 1, 30, {1}, -500'000),
       fault(2, FaultKind::kClockDrift, 2, 20, {1}, -500'000)});
  run_until_ms(10);
  EXPECT_GT(cluster_.node(1).drift_ppm, -1'000'000);
  run_until_ms(25);
  EXPECT_EQ(cluster_.node(1).drift_ppm, -500'000);
}

TEST(NemesisCatalogue, TellsOfEveryKind) {
  const std::string text = describe_all();
  for (const FaultShape& shape : fault_shapes()) {
    EXPECT_THAT(text, testing::HasSubstr(std::string("\n  ") + shape.name + "\n    " +
                                         shape.sentence + "\n    strikes "));
    EXPECT_EQ(nemesis_of(shape.kind).kind, shape.kind);
  }
  EXPECT_THAT(text, testing::HasSubstr("strikes one or more nodes; lasts; amount: parts per "
                                       "million (1 to 1000000)"));
}

}  // namespace
}  // namespace plumbline::scenarios
