// Verdicts cost steps, never time: a budget that runs out is unknown and says what was not placed,
// and ordinary histories need a small number of steps for each operation.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "checker/check.h"
#include "tests/checker/support/builder.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

RandomShape shape_of_a_run(bool map) {
  RandomShape shape;
  shape.map = map;
  shape.operations = 300;
  shape.clients = 10;
  shape.keys = 3;
  shape.unknown_percent = 20;
  shape.fail_percent = 5;
  shape.blind_percent = 0;
  shape.gap_max = 1000;
  return shape;
}

Report linearizability(const History& history, std::uint64_t budget = 0) {
  CheckOptions options;
  options.step_budget = budget;
  return check_history(history, options).reports.front();
}

TEST(LinearBudget, ABudgetThatRunsOutIsUnknownAndNamesWhatWasNotPlaced) {
  Dice dice(1);
  const History history = linearizable_history(shape_of_a_run(true), dice);
  const Report report = linearizability(history, 20);
  EXPECT_EQ(report.verdict, Verdict::kUnknown);
  EXPECT_FALSE(report.undecided.empty());
  EXPECT_NE(report.sentence.find("undecided because the search spent its "), std::string::npos);
  for (const std::uint64_t index : report.undecided) {
    ASSERT_LT(index, history.operations.size());
    EXPECT_EQ(history.operations[index].outcome, Outcome::kOk);
    EXPECT_EQ(history.operations[index].key, report.key);
  }
}

TEST(LinearBudget, AnUndecidedKeyDoesNotHideAViolationOfAnother) {
  Dice dice(1);
  History history = linearizable_history(shape_of_a_run(true), dice);
  const std::int64_t end = 1'000'000;
  Operation read;
  read.process = 77;
  read.key = "broken";
  read.results = {Value(-1)};
  read.invoked_at = end;
  read.returned_at = end + 1;
  read.outcome = Outcome::kOk;
  history.operations.push_back(read);
  const Report report = linearizability(history, 20);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.key, "broken");
}

TEST(LinearBudget, OneStepTooFewIsUnknownAndTheSameOnEveryMachine) {
  Dice dice(5);
  RandomShape shape = shape_of_a_run(true);
  shape.keys = 1;
  const History history = linearizable_history(shape, dice);
  const std::uint64_t needed = linearizability(history).steps;
  EXPECT_EQ(linearizability(history).steps, needed);
  EXPECT_EQ(linearizability(history, needed).verdict, Verdict::kValid);
  EXPECT_EQ(linearizability(history, needed / 2).verdict, Verdict::kUnknown);
}

// The figures are loose bounds of what was measured (2 to 6 steps an operation); they fail when the
// search starts to branch where values that are written once leave no choice.
void expect_few_steps(RandomShape shape, std::uint64_t steps_per_operation) {
  std::uint64_t worst = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Dice dice(seed);
    const Report report = linearizability(linearizable_history(shape, dice));
    ASSERT_EQ(report.verdict, Verdict::kValid) << seed;
    worst = std::max(worst, report.steps);
  }
  EXPECT_LE(worst, steps_per_operation * static_cast<std::uint64_t>(shape.operations));
}

TEST(LinearBudget, UnknownOutcomesAndConcurrencyDoNotBlowUpARegister) {
  expect_few_steps(shape_of_a_run(false), 10);
  RandomShape crowd = shape_of_a_run(false);
  crowd.keys = 1;
  crowd.clients = 20;
  crowd.unknown_percent = 50;
  expect_few_steps(crowd, 30);
}

TEST(LinearBudget, UnknownOutcomesAndRareReadsDoNotBlowUpAppends) {
  RandomShape shape = shape_of_a_run(true);
  shape.only_appends = true;
  shape.read_percent = 5;
  expect_few_steps(shape, 20);
}

TEST(LinearBudget, TenThousandOperationsOfTenClientsOnOneKey) {
  RandomShape shape = shape_of_a_run(false);
  shape.operations = 10'000;
  shape.keys = 1;
  Dice dice(3);
  History history = linearizable_history(shape, dice);
  EXPECT_EQ(linearizability(history).verdict, Verdict::kValid);
  EXPECT_LE(linearizability(history).steps, 100'000U);
  // A late read that shows what an early one showed.
  const auto read_of = [](const Operation& op) {
    return op.function == Function::kRead && op.outcome == Outcome::kOk && !op.results[0].is_nil();
  };
  const auto early = std::find_if(history.operations.begin(), history.operations.end(), read_of);
  const auto late = std::find_if(history.operations.rbegin(), history.operations.rend(), read_of);
  late->results = early->results;
  const Report report = linearizability(history);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_LE(report.witness.size(), 4U);
}

}  // namespace
}  // namespace plumbline::checker
