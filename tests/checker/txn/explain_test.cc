// A violation is explained so that a person can check it by hand.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "checker/txn/txn.h"
#include "tests/checker/txn/notation.h"

namespace plumbline::checker {
namespace {

using Lines = std::vector<std::string>;
using Witness = std::vector<std::uint64_t>;

TEST(TxnExplained, ACycleIsAProofLineByLine) {
  const auto reports = check_transactions(
      txns({"c1 0-9 ax1", "c2 0-9 ax2 ry", "c3 0-9 ay1", "c4 0-9 rx12", "c5 0-9 ay2 ax3 !"}));
  EXPECT_EQ(topics(reports), "");
  const auto bad = check_transactions(txns({"c1 0-9 ax8 ry134", "c2 0-9 az4 rx8 rz4 ry134",
                                            "c3 0-9 ry134 rx az3", "c4 0-9 ay1 ay3 ay4"}));
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].topic, "G-single");
  EXPECT_EQ(bad[0].witness, (Witness{0, 1, 2}));
  EXPECT_EQ(bad[0].argument,
            (Lines{"Let T1 = #0 by c1: append 8 to x, read [1, 3, 4] of y.",
                   "    T2 = #1 by c2: append 4 to z, read [8] of x, read [4] of z, read [1, 3, 4] "
                   "of y.",
                   "    T3 = #2 by c3: read [1, 3, 4] of y, read [] of x, append 3 to z.",
                   "Then T1 < T2 because T1 appended 8 to x and T2 read it.",
                   "And T2 < T3 because the longest read of z ends with 4, which T2 appended, and "
                   "lacks 3, which T3 appended.",
                   "However T3 < T1 because T3 read x without 8, which T1 appended: a "
                   "contradiction."}));
}

TEST(TxnExplained, RealTimeAndSessionsInWords) {
  const auto clock = check_transactions(txns({"c1 0-1 ax1", "c2 2-3 rx", "c3 4-5 rx1"}));
  ASSERT_EQ(clock.size(), 1U);
  EXPECT_EQ(clock[0].sentence,
            "no order of the transactions explains what they saw: #1 comes before #0 because #1 "
            "read x without 1, which #0 appended, yet #0 comes before #1 because #0 returned at "
            "0.001 s, before #1 was called at 0.002 s");
  EXPECT_EQ(clock[0].from, 0);
  EXPECT_EQ(clock[0].to, 3'000'000);
  const auto session = check_transactions(txns({"c1 0-2 rx=1", "c1 2-3 rx=nil wx1"}));
  ASSERT_EQ(session.size(), 1U);
  EXPECT_EQ(session[0].sentence,
            "no order of the transactions explains what they saw: #1 comes before #0 because #1 "
            "wrote 1 to x and #0 read it, yet #0 comes before #1 because c1 called #1 after #0 had "
            "answered it");
}

TEST(TxnExplained, WhatStepsShowIsOneSentence) {
  const auto reports = check_transactions(txns({"c1 0-9 ax1 !", "c2 0-9 rx1"}));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].sentence,
            "#1 read 1 of x, which cannot be because #0, which appended it, definitely failed");
  EXPECT_EQ(reports[0].key, "x");
  EXPECT_EQ(reports[0].witness, (Witness{0, 1}));
  EXPECT_EQ(reports[0].argument,
            (Lines{"Let T1 = #1 by c2: read [1] of x.",
                   "    T2 = #0 by c1: append 1 to x; it definitely failed.",
                   "Then T1 read 1 of x, which cannot be because T2, which appended it, definitely "
                   "failed."}));
}

TEST(TxnExplained, UndecidedSaysWhatIsMissing) {
  const auto twice = check_transactions(txns({"ax1", "ax1", "rx1"}));
  ASSERT_EQ(twice.size(), 1U);
  EXPECT_EQ(twice[0].sentence,
            "not decided because key \"x\" was given 1 a second time by #1: who saw which cannot "
            "be told");
  const auto order = check_transactions(
      txns({"c1 0-9 wx1", "c2 0-9 wx2", "c3 0-1 rx=1", "c4 2-3 rx=2", "c5 4-5 rx=1"}));
  ASSERT_EQ(order.size(), 1U);
  EXPECT_EQ(order[0].undecided, (Witness{0, 1}));
  EXPECT_NE(order[0].sentence.find("the order of the versions of key \"x\" is not known"),
            std::string::npos);
}

TEST(TxnExplained, TheCycleIsTheShortest) {
  const auto reports =
      check_transactions(txns({"ra ab1", "rb ac1", "rc ad1", "rd ae1", "re aa1 rf", "af1 re"}));
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(topics(reports), "G2-item");
  EXPECT_EQ(reports[0].witness.size(), 5U);
  // Two of the same ring also miss each other's appends.
  const auto shortcut =
      check_transactions(txns({"ra ab1", "rb ac1", "rc ad1", "rd ae1 rg", "re aa1 ag1 rd"}));
  ASSERT_FALSE(shortcut.empty());
  EXPECT_EQ(shortcut[0].witness, (Witness{3, 4}));
}

}  // namespace
}  // namespace plumbline::checker
