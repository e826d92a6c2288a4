// What each anomaly looks like, in as few transactions as show it, and what is no anomaly.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "checker/txn/txn.h"
#include "tests/checker/txn/notation.h"

namespace plumbline::checker {
namespace {

struct Case {
  const char* name;
  std::vector<std::string> rows;
  const char* expected;  // Topics at the strictest level.
};

void expect_all(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const History history = txns(c.rows);
    ASSERT_FALSE(fault_of(history)) << c.name << ": " << *fault_of(history);
    const auto reports = check_transactions(history);
    EXPECT_EQ(topics(reports), c.expected) << c.name << "\n" << shown(history);
    for (const Report& report : reports) {
      EXPECT_EQ(report.property, "strict-serializable");
      EXPECT_EQ(report.sentence.empty(), report.verdict == Verdict::kValid) << c.name;
      if (report.verdict != Verdict::kInvalid) continue;
      EXPECT_FALSE(report.witness.empty()) << c.name;
      EXPECT_NE(report.sentence.find("because"), std::string::npos) << report.sentence;
      EXPECT_EQ(report.sentence.find("because ,"), std::string::npos) << report.sentence;
    }
  }
}

TEST(TxnLists, WhatIsRight) {
  expect_all({
      {"nothing at all", {}, ""},
      {"nobody reads", {"ax1 ay1", "ay2 ax2"}, ""},
      {"one after the other", {"ax1", "rx1 ax2", "rx12"}, ""},
      {"own appends", {"ax1 rx1 ax2 rx12", "rx12"}, ""},
      {"nil is the empty list", {"rx=nil ax1", "rx1"}, ""},
      {"an unknown one that was not seen", {"ax1 ?", "rx", "rx"}, ""},
      {"an unknown one that was seen", {"ax1 ay1 ?", "rx1 ry1"}, ""},
      {"a failed one that was not seen", {"ax1 !", "rx"}, ""},
      {"a failed one was tried again", {"ax1 !", "ax1", "rx1"}, ""},
      {"the order of what was not read is free", {"ax1", "ax2 ay1", "ay2 ax3", "rx1"}, ""},
      {"an unknown one may happen long after", {"c1 0-1 ax1 ?", "c2 5-6 rx", "c2 7-8 rx1"}, ""},
  });
}

TEST(TxnLists, WhatSingleStepsShow) {
  expect_all({
      {"twice", {"ax1", "rx11"}, "duplicate-elements"},
      {"from nowhere", {"ax1", "rx12"}, "garbage-read"},
      {"no list", {"ax1", "rx=1"}, "garbage-read"},
      {"of a failed one", {"ax1 !", "rx1"}, "G1a"},
      {"on top of a failed one", {"ax1 !", "ax2", "rx12"}, "G1a dirty-update"},
      {"half done", {"ax1 ax2", "rx1", "rx12"}, "G-single G1b"},
      {"two orders", {"ax1", "ax2", "rx12", "rx21"}, "incompatible-order"},
      {"reads differ", {"ax1", "rx rx1"}, "G-single internal"},
      {"forgets its own", {"ax1 rx", "rx1"}, "internal"},
      {"sees its own too early", {"rx1 ax1"}, "internal"},
      {"its own in the wrong order", {"ax1 ax2", "rx21"}, "G1b internal"},
      {"its first append is missing", {"ax1 ax2", "rx2"}, "G-single internal"},
      {"two replace one version", {"rx ax1", "rx ax2", "rx12"}, "G-single lost-update"},
      {"two replace one version unseen", {"rx ax1", "rx ax2"}, "G2-item lost-update"},
      {"a part, the newer first", {"ax1 ay1", "rx1 ry"}, "G-monotonic G-single"},
      {"a part, the older first", {"ax1 ay1", "ry rx1"}, "G-single fractured-read"},
      {"a part of an unknown one", {"ax1 ay1 ?", "rx1 ry"}, "G-monotonic G-single"},
  });
}

TEST(TxnLists, CyclesOfDependencies) {
  expect_all({
      {"each appends after the other", {"ax1 ay2", "ax2 ay1", "rx12", "ry12"}, "G0"},
      {"each reads the other", {"ax1 ry1", "ay1 rx1"}, "G1c"},
      {"write skew", {"rx ay1", "ry ax1"}, "G2-item"},
      {"stale", {"ax1", "rx1 ay1", "ry1 rx"}, "G-single"},
      {"two observers disagree", {"ax1", "ay1", "rx1 ry", "rx ry1"}, "G-nonadjacent"},
      {"three in a ring", {"rx ay1", "ry az1", "rz ax1"}, "G2-item"},
  });
}

TEST(TxnLists, CyclesWithSessionsAndRealTime) {
  expect_all({
      {"own session forgets", {"c1 0-1 ax1", "c1 1-2 rx", "c2 1-3 rx1"}, "G-single-process"},
      {"sessions concurrent with all else",
       {"c1 0-1 ax1", "c2 0-9 ry1", "c1 1-2 rx", "c3 2-8 ay1 rx1"},
       "G-single-process"},
      {"stale by the clock", {"c1 0-1 ax1", "c2 2-3 rx", "c3 4-5 rx1"}, "G-single-realtime"},
      {"at one instant nothing precedes", {"c1 0-2 ax1", "c2 2-3 rx", "c3 4-5 rx1"}, ""},
      {"appends against the clock", {"c1 0-1 ax1", "c2 2-3 ax2", "c3 4-5 rx21"}, "G0-realtime"},
      {"appends against the session", {"c1 0-1 ax1", "c1 1-3 ax2", "c3 3-5 rx21"}, "G0-process"},
      {"read before it was called", {"c1 0-1 rx1", "c2 2-3 ax1"}, "G1c-realtime"},
      {"read before the session went on", {"c1 0-2 rx1", "c1 2-3 ax1"}, "G1c-process"},
      {"write skew against the clock",
       {"c1 0-9 rx ay1", "c2 0-1 ax1", "c3 2-3 ry"},
       "G2-item-realtime"},
      {"observers disagree through a session",
       {"c1 0-9 ax1", "c2 0-9 ay1", "c3 0-1 rx1", "c4 0-1 ry1", "c3 1-9 ry", "c4 1-9 rx"},
       "G-nonadjacent-process"},
      {"observers disagree through the clock",
       {"c1 0-9 ax1", "c2 0-9 ay1", "c3 0-1 rx1", "c4 0-1 ry1", "c5 2-9 ry", "c6 2-9 rx"},
       "G-single-realtime"},
      {"observers disagree around the clock",
       {"c1 0-9 ax1", "c2 0-9 ay1", "c3 0-9 rx1 ry", "c4 0-1 ry1", "c5 2-9 rx"},
       "G-nonadjacent-realtime"},
  });
}

TEST(TxnLists, UndecidedOnlyIfSomethingIsMissing) {
  expect_all({
      {"one element by two", {"ax1", "ax1", "rx1"}, "undecided"},
      {"list and register at once", {"ax1", "wx2"}, "undecided"},
      {"a violation elsewhere is still one", {"ax1", "ax1", "ay1 !", "ry1"}, "G1a"},
  });
}

TEST(TxnRegisters, WhatIsRight) {
  expect_all({
      {"one after the other", {"rx=nil wx1", "rx=1 wx2", "rx=2"}, ""},
      {"own writes", {"wx1 rx=1 wx2 rx=2", "rx=2"}, ""},
      {"a blind write", {"wx1", "rx=1", "rx=nil"}, ""},
      {"blind writes in the order that reads need", {"wx1", "wx2", "rx=1 ry=nil", "rx=2 wy1"}, ""},
      {"an unknown one that was seen", {"rx=nil wx1 ?", "rx=1 wx2", "rx=2"}, ""},
      {"by revision", {"@2 wx1", "@1 wx2", "@2 rx=1", "@1 rx=2"}, ""},
  });
}

TEST(TxnRegisters, WhatIsWrong) {
  expect_all({
      {"from nowhere", {"wx1", "rx=2"}, "garbage-read"},
      {"of a failed one", {"wx1 !", "rx=1"}, "G1a"},
      {"on top of a failed one", {"wx1 !", "rx=1 wx2"}, "G1a dirty-update"},
      {"half done", {"wx1 wx2", "rx=1"}, "G1b"},
      {"reads differ", {"rx=nil wx1", "rx=nil rx=1"}, "G-single internal"},
      {"forgets its own", {"wx1 rx=nil"}, "internal"},
      {"sees its own too early", {"rx=1 wx1"}, "internal"},
      {"two replace one version", {"rx=nil wx1", "rx=nil wx2"}, "G2-item lost-update"},
      {"each replaces the other", {"rx=2 wx1", "rx=1 wx2"}, "G1c cyclic-versions"},
      {"a part", {"rx=nil wx1 wy1", "rx=1 ry=nil"}, "G-monotonic G-single"},
      {"write skew", {"rx=nil ry=nil wx1", "rx=nil ry=nil wy1"}, "G2-item"},
      {"stale by the clock", {"c1 0-1 rx=nil wx1", "c2 2-3 rx=nil"}, "G-single-realtime"},
      {"blind writes against their revisions",
       {"@1 wx1", "@2 wx2", "@2 rx=2 wy1", "@3 ry=1 rx=1"},
       "G-single"},
      {"an unknown one between two revisions",
       {"@1 wx1", "wx2 ?", "@3 wx3 wy1", "@2 rx=2 ry=nil", "@3 ry=1 rx=2"},
       "G-monotonic G-single"},
  });
}

TEST(TxnRegisters, UndecidedOnlyIfSomethingIsMissing) {
  expect_all({
      {"one value by two", {"wx1", "wx1", "rx=1"}, "undecided"},
      {"nil was written", {"wx=", "rx=nil"}, "undecided"},
      {"neither order of two blind writes explains it",
       {"c1 0-9 wx1", "c2 0-9 wx2", "c3 0-1 rx=1", "c4 2-3 rx=2", "c5 4-5 rx=1"},
       "undecided"},
  });
}

// The paper that described this way of checking shows four transactions, of which three contradict
// each other; the second history was once missed because nobody read what was appended.
TEST(TxnLists, KnownHistories) {
  expect_all({
      {"four transactions on three lists",
       {"ax1 ax3 ax4 ay2 ay3 ay4 ay5 az1 az2", "ay8 rx134", "az4 ry23458 rz124 rx134",
        "aw0 rx134 ry2345 az3"},
       "G-single"},
      {"two reads of nothing",
       {"c2 1-4 az2 aw5", "c0 2-8 rx ry az0", "c1 3-6 ay1 ax4 rz", "c2 5-9 ax8", "c1 7-10 ay7 az9"},
       "G2-item"},
  });
}

}  // namespace
}  // namespace plumbline::checker
