// R-raft-3 and the rule that the checker is right before it is fast: every verdict of the search
// is that of a twin which tries all orders and all subsets of the unknown operations.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "checker/history/requests.h"
#include "checker/linear/key_case.h"
#include "checker/linear/linear.h"
#include "checker/linear/models.h"
#include "checker/linear/witness.h"
#include "tests/checker/support/brute_force.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

constexpr int kHistories = 30'000;
constexpr std::uint64_t kBudget = 1'000'000;

struct Tally {
  int histories = 0;
  int valid = 0;
  int unknown_operations = 0;
};

std::string shown(const History& history) {
  std::string out;
  for (const Operation& op : history.operations) {
    out += "c" + std::to_string(op.process) + " " + std::string(name_of(op.function)) + " " +
           op.key + " [" + std::to_string(op.invoked_at) + "," + std::to_string(op.returned_at) +
           "] " + to_text(Value(Value::List(op.arguments.begin(), op.arguments.end()))) + " " +
           std::string(name_of(op.outcome)) + " " +
           to_text(Value(Value::List(op.results.begin(), op.results.end()))) + "\n";
  }
  return out;
}

RandomShape small_shape(bool map, Dice& dice) {
  RandomShape shape;
  shape.map = map;
  shape.operations = 2 + static_cast<int>(dice.below(6));
  shape.clients = 1 + static_cast<int>(dice.below(4));
  shape.keys = dice.percent(20) ? 2 : 1;
  shape.unique_values = dice.percent(60);
  shape.unknown_percent = static_cast<int>(dice.below(3)) * 20;
  shape.fail_percent = dice.percent(50) ? 0 : 15;
  shape.read_percent = 30 + static_cast<int>(dice.below(40));
  shape.blind_percent = dice.percent(60) ? 0 : 50;
  shape.gap_max = 1 + static_cast<int>(dice.below(5));
  shape.only_appends = dice.percent(25);
  return shape;
}

Verdict verdict_of(const History& history, const ModelInfo& model) {
  const auto requests = requests_of(history);
  Verdict verdict = Verdict::kValid;
  for (const Report& report : check_linearizability(requests, model, {.step_budget = kBudget})) {
    verdict = merge(verdict, report.verdict);
  }
  return verdict;
}

std::vector<KeyCase> cases_of(const std::vector<Request>& requests, const ModelInfo& model) {
  std::map<std::string, std::vector<const Request*>> keys;
  for (const Request& request : requests) keys[request.operation->key.str()].push_back(&request);
  std::vector<KeyCase> cases;
  for (auto& [key, of_key] : keys) cases.emplace_back(model, of_key);
  return cases;
}

bool twin_explains_only(const KeyCase& key, const std::vector<std::uint32_t>& answers,
                        bool sequences) {
  std::vector<Operation> operations;
  for (const Request* request : key.requests()) operations.push_back(*request->operation);
  std::vector<bool> certain(operations.size(), false);
  for (const std::uint32_t i : answers) certain[i] = true;
  return brute_force_linearizable(operations, sequences, certain);
}

// A core is a proof by itself, and none of it can be left out.
void expect_least_core(KeyCase& key, bool sequences) {
  const Core core = least_core(key, {.step_budget = kBudget}, kBudget);
  ASSERT_FALSE(core.answers.empty());
  EXPECT_FALSE(twin_explains_only(key, core.answers, sequences));
  for (const std::uint32_t left_out : core.answers) {
    auto fewer = core.answers;
    std::erase(fewer, left_out);
    EXPECT_TRUE(twin_explains_only(key, fewer, sequences));
  }
}

void compare(const History& history, const ModelInfo& model, bool sequences, Tally& tally) {
  ASSERT_FALSE(fault_of(history)) << *fault_of(history);
  const bool expected = brute_force_linearizable(history.operations, sequences);
  const Verdict verdict = verdict_of(history, model);
  ASSERT_EQ(verdict, expected ? Verdict::kValid : Verdict::kInvalid) << shown(history);
  const auto requests = requests_of(history);
  for (KeyCase& key : cases_of(requests, model)) {
    const Verdict cut = key.judge({.step_budget = kBudget}).verdict;
    const Verdict whole = key.judge({.step_budget = kBudget, .lookahead = false}).verdict;
    ASSERT_EQ(cut, whole) << shown(history);
    if (cut == Verdict::kInvalid) expect_least_core(key, sequences);
  }
  ++tally.histories;
  tally.valid += expected ? 1 : 0;
  for (const Operation& op : history.operations) {
    tally.unknown_operations += op.outcome == Outcome::kUnknown ? 1 : 0;
  }
}

void compare_many(const char* name, bool map, std::uint64_t seed) {
  const ModelInfo* model = model_named(name);
  ASSERT_NE(model, nullptr);
  Tally tally;
  for (int i = 0; i < kHistories; ++i) {
    Dice dice(seed + static_cast<std::uint64_t>(i));
    History history = linearizable_history(small_shape(map, dice), dice);
    if (dice.percent(90)) history = tampered(std::move(history), dice);
    compare(history, *model, map, tally);
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed + i << "\n" << shown(history);
  }
  std::printf("%s: %d random histories equal to the twin, %d valid, %d invalid, %d unknown ops\n",
              name, tally.histories, tally.valid, tally.histories - tally.valid,
              tally.unknown_operations);
  EXPECT_GE(tally.histories, 20'000);
  EXPECT_GT(tally.valid, tally.histories / 10);
  EXPECT_GT(tally.histories - tally.valid, tally.histories / 10);
}

TEST(LinearTwin, CasRegisterAgreesWithEveryOrder) {
  compare_many("cas-register", false, 1'000'000);
}

TEST(LinearTwin, KvAppendAgreesWithEveryOrder) { compare_many("kv-append", true, 2'000'000); }

TEST(LinearTwin, CorrectStoresRaiseNoAlarmAtLength) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Dice dice(seed);
    RandomShape shape = small_shape(seed % 2 == 0, dice);
    shape.operations = 120;
    shape.clients = 5;
    shape.keys = 2;
    shape.unique_values = true;
    shape.gap_max = 20;
    const History history = linearizable_history(shape, dice);
    const ModelInfo* model = model_named(shape.map ? "kv-append" : "cas-register");
    ASSERT_EQ(verdict_of(history, *model), Verdict::kValid) << "seed " << seed;
  }
}

}  // namespace
}  // namespace plumbline::checker
