// What each level forbids, how levels imply each other, and what a verdict says of the others.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "checker/txn/txn.h"
#include "tests/checker/txn/notation.h"

namespace plumbline::checker {
namespace {

using Names = std::vector<std::string>;

TxnLevel level(std::string_view name) {
  const auto found = txn_level_named(name);
  EXPECT_TRUE(found.ok()) << name;
  return found.ok() ? found.value() : TxnLevel::kReadUncommitted;
}

struct Example {
  Anomaly anomaly;
  std::vector<std::string> rows;
  Names allowed_by;  // The strongest levels that allow it.
};

// The smallest history of each anomaly that occurs by itself.
const std::vector<Example>& examples() {
  static const Names kNone;
  static const std::vector<Example> kExamples = {
      {Anomaly::kDuplicateElements, {"ax1", "rx11"}, kNone},
      {Anomaly::kGarbageRead, {"ax1", "rx12"}, kNone},
      {Anomaly::kG0, {"ax1 ay2", "ax2 ay1", "rx12", "ry12"}, kNone},
      {Anomaly::kIncompatibleOrder, {"ax1", "ax2", "rx12", "rx21"}, {"read-uncommitted"}},
      {Anomaly::kG1a, {"ax1 !", "rx1"}, {"read-uncommitted"}},
      {Anomaly::kG1b, {"wx1 wx2", "rx=1"}, {"read-uncommitted"}},
      {Anomaly::kG1c, {"ax1 ry1", "ay1 rx1"}, {"read-uncommitted"}},
      {Anomaly::kInternal, {"ax1 rx", "rx1"}, {"consistent-view", "strong-read-committed"}},
      {Anomaly::kGSingle,
       {"ax1", "rx1 ay1", "ry1 rx"},
       {"read-atomic", "cursor-stability", "strong-read-committed"}},
      {Anomaly::kGNonadjacent,
       {"ax1", "ay1", "rx1 ry", "rx ry1"},
       {"parallel-snapshot-isolation", "strong-read-committed"}},
      {Anomaly::kG2Item, {"rx ay1", "ry ax1"}, {"strong-snapshot-isolation"}},
      {Anomaly::kG0Process, {"c1 0-1 ax1", "c1 1-3 ax2", "c3 3-5 rx21"}, {"serializable"}},
      {Anomaly::kG1cProcess, {"c1 0-2 rx1", "c1 2-3 ax1"}, {"serializable"}},
      {Anomaly::kGSingleProcess,
       {"c1 0-1 ax1", "c1 1-2 rx", "c2 1-3 rx1"},
       {"serializable", "strong-read-committed"}},
      {Anomaly::kGNonadjacentProcess,
       {"c1 0-9 ax1", "c2 0-9 ay1", "c3 0-1 rx1", "c4 0-1 ry1", "c3 1-9 ry", "c4 1-9 rx"},
       {"serializable", "strong-read-committed"}},
      {Anomaly::kG0Realtime,
       {"c1 0-1 ax1", "c2 2-3 ax2", "c3 4-5 rx21"},
       {"strong-session-serializable"}},
      {Anomaly::kG1cRealtime, {"c1 0-1 rx1", "c2 2-3 ax1"}, {"strong-session-serializable"}},
      {Anomaly::kGSingleRealtime,
       {"c1 0-1 ax1", "c2 2-3 rx", "c3 4-5 rx1"},
       {"strong-read-committed", "strong-session-serializable"}},
      {Anomaly::kGNonadjacentRealtime,
       {"c1 0-9 ax1", "c2 0-9 ay1", "c3 0-9 rx1 ry", "c4 0-1 ry1", "c5 2-9 rx"},
       {"strong-read-committed", "strong-session-serializable"}},
      {Anomaly::kG2ItemRealtime,
       {"c1 0-9 rx ay1", "c2 0-1 ax1", "c3 2-3 ry"},
       {"strong-snapshot-isolation", "strong-session-serializable"}},
  };
  return kExamples;
}

bool within(std::string_view name, const Names& allowed_by) {
  return std::any_of(allowed_by.begin(), allowed_by.end(), [&](const std::string& strongest) {
    return implies(level(strongest), level(name));
  });
}

TEST(TxnLevels, EachLevelForbidsExactlyItsAnomalies) {
  for (const Example& example : examples()) {
    const History history = txns(example.rows);
    for (const std::string_view name : txn_level_names()) {
      const auto reports = check_transactions(history, {.level = std::string(name)});
      ASSERT_FALSE(reports.empty());
      const bool allowed = within(name, example.allowed_by);
      EXPECT_EQ(reports[0].verdict, allowed ? Verdict::kValid : Verdict::kInvalid)
          << name_of(example.anomaly) << " under " << name;
      EXPECT_EQ(reports[0].property, name);
      EXPECT_EQ(topics(reports), name_of(example.anomaly)) << name;
      Names possible = reports[0].still_possible;
      Names expected = example.allowed_by;
      std::sort(possible.begin(), possible.end());
      std::sort(expected.begin(), expected.end());
      EXPECT_EQ(possible, expected) << name_of(example.anomaly);
      for (const std::string_view other : txn_level_names()) {
        const Names& out = reports[0].ruled_out;
        const bool ruled_out = std::find(out.begin(), out.end(), other) != out.end();
        EXPECT_NE(ruled_out, within(other, example.allowed_by)) << other;
      }
    }
  }
}

TEST(TxnLevels, AStrongerLevelForbidsAllThatAWeakerOneDoes) {
  for (const std::string_view strong : txn_level_names()) {
    EXPECT_TRUE(implies(TxnLevel::kStrictSerializable, level(strong)));
    EXPECT_TRUE(implies(level(strong), TxnLevel::kReadUncommitted));
    for (const std::string_view weak : txn_level_names()) {
      if (!implies(level(strong), level(weak))) continue;
      EXPECT_TRUE(strong == weak || !implies(level(weak), level(strong)));
      for (std::size_t i = 0; i < kAnomalies; ++i) {
        const auto anomaly = static_cast<Anomaly>(i);
        EXPECT_LE(forbidden_by(level(weak)).has(anomaly), forbidden_by(level(strong)).has(anomaly))
            << name_of(anomaly) << " is allowed by " << strong << " and forbidden by " << weak;
      }
    }
  }
}

TEST(TxnLevels, TheStrictestForbidsEveryAnomaly) {
  for (std::size_t i = 0; i < kAnomalies; ++i) {
    EXPECT_TRUE(forbidden_by(TxnLevel::kStrictSerializable).has(static_cast<Anomaly>(i)));
  }
  EXPECT_EQ(levels_still_possible({}), Names{"strict-serializable"});
  EXPECT_TRUE(levels_ruled_out({}).empty());
}

TEST(TxnLevels, AnUnknownNameIsRefusedWithTheNearest) {
  const auto result = txn_level_named("serialisable");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.problem().reason,
            "unknown level 'serialisable'; the nearest known one is 'serializable'");
  const auto reports = check_transactions(txns({"ax1"}), {.level = "serialisable"});
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].verdict, Verdict::kUnknown);
  EXPECT_NE(reports[0].sentence.find("'serializable'"), std::string::npos);
}

TEST(TxnLevels, WhatALevelAllowsIsMentionedButDoesNotFailIt) {
  const auto reports =
      check_transactions(txns({"rx ay1", "ry ax1"}), {.level = "snapshot-isolation"});
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].verdict, Verdict::kValid);
  ASSERT_EQ(reports[0].argument.size(), 1U);
  EXPECT_EQ(reports[0].argument[0],
            "G2-item, which snapshot-isolation allows: no order of the transactions explains what "
            "they saw: #1 comes before #0 because #1 read y without 1, which #0 appended, yet #0 "
            "comes before #1 because #0 read x without 1, which #1 appended.");
}

}  // namespace
}  // namespace plumbline::checker
