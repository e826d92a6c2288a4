// From a log and snapshots to what a replica goes on from.

#include "nodes/replica/recovery.h"

#include <gtest/gtest.h>

#include <vector>

#include "nodes/replica/snapshot_meta.h"

namespace plumbline::replica {
namespace {

constexpr GroupId kGroup{1};

raft::Configuration three() {
  return {.voters = {ReplicaId(1), ReplicaId(2), ReplicaId(3)}, .next_id = ReplicaId(4)};
}

raft::SnapshotMeta meta(std::uint64_t index, std::uint64_t term) {
  return {LogIndex(index), Term(term), three(), LogIndex(1)};
}

log::SnapshotHeader snapshot(std::uint64_t index, std::uint64_t term) {
  return {.id = {LogIndex(index), Term(term)},
          .meta = encode(StoredMeta{
              .configuration = three(), .configuration_index = LogIndex(1), .digest = index}),
          .bytes = 100};
}

// A log of term 3 that begins behind `base` (of term 2) and ends with entry `last`.
GroupLog a_log(std::uint64_t base, std::uint64_t last) {
  GroupLog log(kGroup);
  const raft::HardState state{.term = Term(3), .voted_for = ReplicaId(2), .commit = LogIndex(base)};
  log.take(record_of(kGroup, state));
  if (base != 0) log.take(record_of(kGroup, meta(base, 2), /*keep_tail=*/true));
  for (std::uint64_t i = base + 1; i <= last; ++i) {
    log.take(record_of(kGroup, LogIndex(i), {Term(3), raft::EntryKind::kCommand, Blob("x")}));
  }
  return log;
}

TEST(Recovery, RecordsComeBackAsTheyWere) {
  GroupLog log(kGroup);
  EXPECT_TRUE(log.empty());
  log.take(record_of(GroupId(2), raft::HardState{.term = Term(9)}));
  EXPECT_TRUE(log.empty()) << "of another group";
  const raft::HardState state{.term = Term(5),
                              .voted_for = ReplicaId(2),
                              .commit = LogIndex(3),
                              .doubt = {LogIndex(8), Term(4)}};
  const raft::Entry entry{Term(4), raft::EntryKind::kCommand, Blob("payload")};
  log.take(record_of(kGroup, state));
  log.take(record_of(kGroup, meta(6, 4), /*keep_tail=*/true));
  log.take(record_of(kGroup, LogIndex(7), entry));
  EXPECT_EQ(log.hard_state(), state);
  EXPECT_EQ(log.base(), meta(6, 4));
  ASSERT_EQ(log.entries().size(), 1U);
  EXPECT_EQ(log.entries().front(), entry);
  EXPECT_EQ(log.last_index(), LogIndex(7));
  EXPECT_EQ(log.term_at(LogIndex(5)), std::nullopt);
  EXPECT_EQ(log.term_at(LogIndex(6)), Term(4));
  EXPECT_EQ(log.term_at(LogIndex(8)), std::nullopt);
}

TEST(Recovery, WithoutSnapshotsTheLogIsAll) {
  const RecoveredGroup group = recover_group(a_log(0, 5), {}, {});
  EXPECT_EQ(group.core.entries.size(), 5U);
  EXPECT_EQ(group.core.hard_state.voted_for, ReplicaId(2));
  EXPECT_FALSE(group.load);
  EXPECT_FALSE(group.write_hard_state);
  EXPECT_EQ(group.core.snapshot, raft::SnapshotMeta());
}

TEST(Recovery, TheNewestSnapshotThatTheLogContinuesIsLoaded) {
  const RecoveredGroup group =
      recover_group(a_log(4, 9), {}, {snapshot(8, 3), snapshot(5, 3), snapshot(4, 2)});
  EXPECT_EQ(group.load, (log::SnapshotId{LogIndex(8), Term(3)}));
  EXPECT_EQ(group.core.snapshot, meta(8, 3));
  EXPECT_EQ(group.core.base, meta(4, 2));
  EXPECT_EQ(group.core.entries.size(), 5U);
  EXPECT_FALSE(group.write_hard_state);
  const RecoveredGroup at_base = recover_group(a_log(4, 9), {}, {snapshot(4, 2)});
  EXPECT_EQ(at_base.load, (log::SnapshotId{LogIndex(4), Term(2)}));
}

TEST(Recovery, ASnapshotOfAnotherHistoryIsLeftAlone) {
  const RecoveredGroup group = recover_group(a_log(4, 9), {}, {snapshot(8, 5), snapshot(4, 2)});
  EXPECT_EQ(group.load, (log::SnapshotId{LogIndex(4), Term(2)}));
  EXPECT_FALSE(group.restart_log);
}

// It was received whole, and then the node ended before its log knew.
TEST(Recovery, BehindASnapshotThatReachesFurtherTheLogBeginsAnew) {
  const RecoveredGroup group = recover_group(a_log(4, 9), {}, {snapshot(20, 4), snapshot(5, 3)});
  EXPECT_EQ(group.load, (log::SnapshotId{LogIndex(20), Term(4)}));
  EXPECT_EQ(group.core.base, meta(20, 4));
  EXPECT_TRUE(group.core.entries.empty());
  EXPECT_TRUE(group.restart_log);
  EXPECT_TRUE(group.write_hard_state);
  EXPECT_EQ(group.core.hard_state.term, Term(4)) << "no log has entries of terms to come";
  EXPECT_EQ(group.core.hard_state.voted_for, ReplicaId());
  EXPECT_EQ(group.core.hard_state.commit, LogIndex(20));
  const RecoveredGroup same_term = recover_group(a_log(4, 9), {}, {snapshot(20, 3)});
  EXPECT_EQ(same_term.core.hard_state.voted_for, ReplicaId(2)) << "a vote of this term stands";
}

// SN-12.
TEST(Recovery, NeverGoesOnWithAGapBeforeItsLog) {
  for (const auto& snapshots :
       {std::vector<log::SnapshotHeader>{}, std::vector<log::SnapshotHeader>{snapshot(3, 2)}}) {
    const RecoveredGroup group = recover_group(a_log(4, 9), {}, snapshots);
    EXPECT_FALSE(group.load);
    EXPECT_FALSE(group.doubt.empty());
    EXPECT_EQ(group.core.hard_state.doubt, (raft::Doubt{LogIndex(9), Term(3)}));
    EXPECT_EQ(group.core.hard_state.term, Term(3));
    EXPECT_EQ(group.core.hard_state.voted_for, ReplicaId(2));
    EXPECT_EQ(group.core.hard_state.commit, LogIndex());
    EXPECT_EQ(group.core.base, raft::SnapshotMeta());
    EXPECT_TRUE(group.core.entries.empty());
    EXPECT_TRUE(group.restart_log && group.write_hard_state);
  }
}

TEST(Recovery, DamageToTheLogIsDoubt) {
  const log::Damage damage{
      .group = kGroup, .until = LogIndex(12), .term = Term(3), .where = "here"};
  const RecoveredGroup group = recover_group(a_log(4, 9), {damage}, {snapshot(4, 2)});
  EXPECT_EQ(group.doubt, "here");
  EXPECT_EQ(group.core.hard_state.doubt, (raft::Doubt{LogIndex(12), Term(3)}));
  EXPECT_TRUE(group.write_hard_state);
  EXPECT_FALSE(group.restart_log);
  EXPECT_EQ(group.core.entries.size(), 5U);
  // The snapshot lies behind the damage: nothing of what is left is needed.
  const RecoveredGroup behind = recover_group(a_log(4, 9), {damage}, {snapshot(11, 3)});
  EXPECT_EQ(behind.core.base, meta(11, 3));
  EXPECT_EQ(behind.core.hard_state.doubt, (raft::Doubt{LogIndex(12), Term(3)}));
}

TEST(Recovery, AnOlderDoubtThatReachesFurtherStands) {
  GroupLog log(kGroup);
  log.take(record_of(kGroup, raft::HardState{.term = Term(6), .doubt = {LogIndex(30), Term(4)}}));
  log.take(record_of(kGroup, LogIndex(1), {Term(3), raft::EntryKind::kNoop, {}}));
  EXPECT_EQ(recover_group(log, {}, {}).core.hard_state.doubt, (raft::Doubt{LogIndex(30), Term(4)}));
  const log::Damage damage{.group = kGroup, .until = LogIndex(12), .term = Term(3), .where = "w"};
  EXPECT_EQ(recover_group(log, {damage}, {}).core.hard_state.doubt,
            (raft::Doubt{LogIndex(30), Term(6)}));
}

}  // namespace
}  // namespace plumbline::replica
