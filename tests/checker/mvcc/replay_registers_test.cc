// Linearizability of whoever publishes his revisions, in linear time (checker/linear/replay.h).

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "checker/history/text.h"
#include "checker/linear/replay.h"
#include "checker/linear/revisions.h"
#include "tests/checker/mvcc/register_twin.h"
#include "tests/checker/support/brute_force.h"
#include "tests/checker/support/builder.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

Report replay(const History& history, bool sequences = true) {
  return check_replay(requests_of(history), {.sequences = sequences});
}

void expect_invalid(const History& history, const std::string& topic, const std::string& sentence,
                    const std::vector<std::uint64_t>& witness) {
  const Report report = replay(history);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.topic, topic);
  EXPECT_EQ(report.sentence, sentence);
  EXPECT_EQ(report.witness, witness);
}

TEST(ReplayRegisters, ReadsSeeTheChangeBeforeTheirRevision) {
  HistoryBuilder good;
  good.put(1, 5, 10).ok(20).revision(1);
  good.put(1, 7, 30).ok(60).revision(2);
  good.get(2, 40).ok(50, {5}).revision(1);
  good.get(2, 70).ok(80, {7}).revision(2);
  EXPECT_EQ(replay(good).verdict, Verdict::kValid);

  HistoryBuilder bad;
  bad.put(1, 5, 10).ok(20).revision(1);
  bad.put(1, 7, 30).ok(60).revision(2);
  bad.get(2, 70).ok(80, {5}).revision(2);
  expect_invalid(bad, "stale-read",
                 "key x does not follow its revisions because get(x) by c2 returned 5 at revision "
                 "2, which put(x, 5) by c1 had written at revision 1 and put(x, 7) by c1 had "
                 "replaced at revision 2",
                 {0, 1, 2});
}

TEST(ReplayRegisters, AValueIsNotSeenBeforeItIsWritten) {
  HistoryBuilder bad;
  bad.put(1, 5, 10).ok(60).revision(2);
  bad.get(2, 20).ok(30, {5}).revision(1);
  expect_invalid(bad, "future-read",
                 "key x does not follow its revisions because get(x) by c2 returned 5 at revision "
                 "1, which put(x, 5) by c1 wrote only at revision 2",
                 {0, 1});
}

TEST(ReplayRegisters, AValueHasASource) {
  HistoryBuilder nobody;
  nobody.get(2, 20).ok(30, {5}).revision(1);
  expect_invalid(nobody, "never-written",
                 "key x does not follow its revisions because get(x) by c2 returned 5 at revision "
                 "1, which nobody had written",
                 {0});
  HistoryBuilder failed;
  failed.put(1, 5, 10).fail(20);
  failed.get(2, 30).ok(40, {5}).revision(1);
  expect_invalid(failed, "failed-write-seen",
                 "key x does not follow its revisions because get(x) by c2 returned 5 at revision "
                 "1, which only put(x, 5) by c1 had tried to write, and that had failed",
                 {0, 1});
}

TEST(ReplayRegisters, ASwapFindsWhatItExpects) {
  HistoryBuilder bad;
  bad.put(1, 5, 10).ok(20).revision(1);
  bad.put(1, 7, 30).ok(60).revision(2);
  bad.cas(2, 5, 6, 40).ok(80, {true}).revision(3);
  expect_invalid(bad, "lost-update",
                 "key x does not follow its revisions because cas(x, 5, 6) by c2 found 5 and "
                 "answered with revision 3, which put(x, 5) by c1 had written at revision 1 and "
                 "put(x, 7) by c1 had replaced at revision 2",
                 {0, 1, 2});
}

TEST(ReplayRegisters, AnUnknownChangeTakesARevisionThatNobodyClaims) {
  HistoryBuilder good;
  good.put(1, 5, 10).unknown(20);
  good.put(2, 7, 30).ok(40).revision(2);
  good.get(2, 50).ok(60, {5}).revision(3);
  EXPECT_EQ(replay(good).verdict, Verdict::kValid);

  HistoryBuilder taken;
  taken.put(1, 5, 10).unknown(20);
  taken.put(2, 7, 30).ok(40).revision(2);
  taken.call(3, Function::kPut, "y", {1}, 30).ok(45).revision(3);
  taken.get(2, 50).ok(60, {5}).revision(3);
  expect_invalid(taken, "revision-claimed-twice",
                 "revisions are not an order of the changes because put(x, 5) by c1, whose outcome "
                 "is unknown, was seen by get(x) by c2 and must have happened after revision 2 and "
                 "not after revision 3, where every revision was made by another change",
                 {0, 3});
}

TEST(ReplayRegisters, AnUnknownChangeComesAfterAllThatWasAnsweredBeforeItsCall) {
  HistoryBuilder
      bad;  // 5 shows at revision 1, but put(5) was called after revision 2 was answered.
  bad.put(2, 7, 10).ok(20).revision(2);
  bad.get(3, 15).ok(70, {5}).revision(1);
  bad.put(1, 5, 30).unknown(40);
  const Report report = replay(bad);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.witness, (std::vector<std::uint64_t>{1, 2}));
}

TEST(ReplayRegisters, UnknownChangesBuildOnOneAnother) {
  HistoryBuilder good;
  good.put(1, 5, 10).unknown(20);
  good.cas(2, 5, 6, 10).unknown(20);
  good.append(3, 7, 10).unknown(20);
  good.get(4, 50).ok(60, {list_of({6, 7})}).revision(3);
  EXPECT_EQ(replay(good).verdict, Verdict::kValid);

  HistoryBuilder crowded;
  crowded.put(1, 5, 10).unknown(20);
  crowded.cas(2, 5, 6, 10).unknown(20);
  crowded.append(3, 7, 10).unknown(20);
  crowded.get(4, 50).ok(60, {list_of({6, 7})}).revision(2);
  EXPECT_EQ(replay(crowded).verdict, Verdict::kInvalid);
}

TEST(ReplayRegisters, AppendsAreSeenInTheOrderOfTheirRevisions) {
  HistoryBuilder good;
  good.append(1, 1, 10).ok(30).revision(3);
  good.append(2, 2, 10).ok(30).revision(1);
  good.append(3, 9, 10).unknown(30);
  good.get(1, 40).ok(50, {list_of({2, 9, 1})}).revision(3);
  EXPECT_EQ(replay(good).verdict, Verdict::kValid);

  HistoryBuilder lost;
  lost.append(1, 1, 10).ok(30).revision(2);
  lost.append(2, 2, 10).ok(30).revision(1);
  lost.get(1, 40).ok(50, {list_of({2})}).revision(2);
  EXPECT_EQ(replay(lost).verdict, Verdict::kInvalid);
}

TEST(ReplayRegisters, SaysWhenItDoesNotApply) {
  HistoryBuilder silent;
  silent.put(1, 5, 10).ok(20);
  EXPECT_EQ(replay(silent).verdict, Verdict::kUnknown);
  EXPECT_EQ(replay(silent).sentence,
            "not replayed because the answer of put(x, 5) by c1 carries no revision");

  HistoryBuilder shared;
  shared.put(1, 5, 10).ok(20).revision(1);
  shared.put(1, 5, 30).ok(40).revision(1);
  EXPECT_EQ(replay(shared).verdict, Verdict::kUnknown);
}

// --- Against the twin ---

// Gives an answer that was tampered into being a revision that may be right.
void complete_revisions(History& history, Dice& dice) {
  for (Operation& op : history.operations) {
    if (op.outcome == Outcome::kOk && !op.revision) op.revision = 1 + dice.below(6);
  }
}

struct Tally {
  int valid = 0;
  int invalid = 0;
  int undecided = 0;
};

std::string all_of(const History& history) {
  std::string out;
  for (const Operation& op : history.operations) {
    out += "\n" + std::to_string(op.invoked_at) + ".." + std::to_string(op.returned_at) + " " +
           client_text(op) + " " + answer_text(op);
  }
  return out;
}

void judge(const History& history, bool sequences, std::uint64_t seed, Tally& tally) {
  const bool ordered = check_revisions(requests_of(history)).verdict == Verdict::kValid;
  const Report report = replay(history, sequences);
  if (report.verdict == Verdict::kUnknown) {
    if (ordered) ++tally.undecided;
    return;
  }
  ASSERT_TRUE(ordered) << seed;
  const bool explained = brute_force_replays(history.operations, sequences);
  ASSERT_EQ(report.verdict == Verdict::kValid, explained)
      << seed << ": " << report.sentence << all_of(history);
  if (!explained) {
    ++tally.invalid;
    ASSERT_FALSE(report.sentence.empty()) << seed;
    ASSERT_FALSE(report.witness.empty()) << seed;
    return;
  }
  ++tally.valid;
  ASSERT_TRUE(brute_force_linearizable(history.operations, sequences)) << seed;
}

// For check_replay() a swap that succeeded made a revision; the random store counts only those that
// changed something.
bool swaps_for_the_same(const History& history) {
  return std::any_of(history.operations.begin(), history.operations.end(), [](const Operation& op) {
    return is_answered_swap(op) && op.arguments[0] == op.arguments[1];
  });
}

void compare_with_twin(RandomShape shape, std::uint64_t seeds, Tally& tally) {
  shape.revisions = true;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Dice dice(seed);
    History history = linearizable_history(shape, dice);
    if (!swaps_for_the_same(history)) {
      const Report sound = replay(history, shape.map);
      ASSERT_NE(sound.verdict, Verdict::kInvalid) << seed << ": " << sound.sentence;
    }
    judge(history, shape.map, seed, tally);
    history = tampered(std::move(history), dice);
    complete_revisions(history, dice);
    if (dice.percent(30)) {
      for (Operation& op : history.operations) {
        if (op.revision && dice.percent(20)) *op.revision = 1 + dice.below(6);
      }
    }
    judge(history, shape.map, seed, tally);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(ReplayRegistersTwin, AgreesOnRegistersWhoseValuesAreWrittenOnce) {
  Tally tally;
  compare_with_twin({.operations = 7, .clients = 4, .keys = 2, .unknown_percent = 35}, 20000,
                    tally);
  EXPECT_GT(tally.valid, 15000);
  EXPECT_GT(tally.invalid, 3000);
  EXPECT_LT(tally.undecided, 1500);
}

TEST(ReplayRegistersTwin, AgreesOnRegistersWhoseValuesRepeat) {
  Tally tally;
  compare_with_twin({.operations = 7, .clients = 4, .unique_values = false, .unknown_percent = 35},
                    10000, tally);
  EXPECT_GT(tally.valid, 5000);
  EXPECT_GT(tally.invalid, 1000);
}

TEST(ReplayRegistersTwin, AgreesOnMapsOfSequences) {
  Tally tally;
  compare_with_twin({.map = true, .operations = 7, .clients = 4, .keys = 2, .unknown_percent = 35},
                    20000, tally);
  EXPECT_GT(tally.valid, 10000);
  EXPECT_GT(tally.invalid, 2000);
}

TEST(ReplayRegistersTwin, AgreesOnAppends) {
  Tally tally;
  compare_with_twin({.map = true,
                     .operations = 7,
                     .clients = 5,
                     .unknown_percent = 40,
                     .read_percent = 30,
                     .only_appends = true},
                    10000, tally);
  EXPECT_GT(tally.valid, 5000);
  EXPECT_GT(tally.invalid, 1000);
}

// --- Size ---

TEST(ReplayRegisters, AMillionOperationsAreJudgedInLinearTime) {
  const RandomShape shape{.operations = 1'000'000,
                          .clients = 50,
                          .keys = 24,
                          .unknown_percent = 5,
                          .fail_percent = 1,
                          .blind_percent = 0,
                          .revisions = true};
  Dice dice(7);
  const History history = linearizable_history(shape, dice);
  const std::vector<Request> requests = requests_of(history);
  const Report report = check_replay(requests, {.sequences = false});
  EXPECT_EQ(report.verdict, Verdict::kValid) << report.sentence;
  EXPECT_LT(report.steps, 1'100'000U);
}

}  // namespace
}  // namespace plumbline::checker
