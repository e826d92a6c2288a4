// The rule that the checker is right before it is fast: every verdict on every model is that of a
// twin which tries all orders and all subsets of the unknown operations, on plain values.
//
// PLUMBLINE_TWINS sets how many histories of each model are compared.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "checker/history/requests.h"
#include "checker/linear/key_case.h"
#include "checker/linear/linear.h"
#include "checker/linear/models.h"
#include "checker/linear/witness.h"
#include "tests/checker/support/every_order.h"
#include "tests/checker/support/model_histories.h"

namespace plumbline::checker {
namespace {

constexpr std::uint64_t kBudget = 1'000'000;
constexpr int kHistories = 5'000;

int histories_asked_for() {
  const char* asked = std::getenv("PLUMBLINE_TWINS");
  return asked == nullptr ? kHistories : std::max(std::atoi(asked), 1);
}

std::string shown(const History& history, const Value& initial) {
  std::string out = "initially " + to_text(initial) + "\n";
  for (const Operation& op : history.operations) {
    const auto list = [](const Values& values) {
      return to_text(Value(Value::List(values.begin(), values.end())));
    };
    out += "c" + std::to_string(op.process) + " " + std::string(name_of(op.function)) + " " +
           op.key.str() + " [" + std::to_string(op.invoked_at) + "," +
           std::to_string(op.returned_at) + "] " + list(op.arguments) + " " +
           std::string(name_of(op.outcome)) + " " + list(op.results) + "\n";
  }
  return out;
}

struct Tally {
  int histories = 0;
  int invalid = 0;
  int with_unknown = 0;
  int with_failed = 0;
  int cores = 0;
};

// What an object of the model may hold at first, besides the model's own.
Value some_initial(std::string_view name, Dice& dice) {
  if (dice.percent(60)) return {};
  if (name == "key-value") return Value(std::array{"", "a", "1."}[dice.below(3)]);
  if (name == "mutex") return Value(std::array{"locked", "unlocked"}[dice.below(2)]);
  if (name == "queue" || name == "unordered-queue") return Value(Value::List{1, 2});
  if (name == "set") return Value(Value::List{2});
  return Value(1);
}

ModelShape small_shape(std::string_view name, Dice& dice) {
  ModelShape shape;
  const bool wide = name == "unordered-queue";  // Its twin tries every element too.
  shape.operations = 2 + static_cast<int>(dice.below(wide ? 5 : 6));
  shape.clients = 1 + static_cast<int>(dice.below(4));
  shape.keys = dice.percent(20) ? 2 : 1;
  shape.unknown_percent = static_cast<int>(dice.below(3)) * 20;
  shape.fail_percent = dice.percent(50) ? 0 : 15;
  shape.gap_max = 1 + static_cast<int>(dice.below(5));
  return shape;
}

class Comparison {
 public:
  explicit Comparison(std::string_view name) : name_(name), info_(*model_named(name)) {}

  void run(int histories, std::uint64_t seed) {
    for (int i = 0; i < histories; ++i) {
      compare_one(seed + static_cast<std::uint64_t>(i));
      ASSERT_FALSE(testing::Test::HasFailure()) << name_ << ", seed " << seed + i;
    }
    std::printf(
        "%-16s %d histories agree with the twin: %d invalid, %d with unknown outcomes, %d "
        "with failures, %d least cores\n",
        std::string(name_).c_str(), tally_.histories, tally_.invalid, tally_.with_unknown,
        tally_.with_failed, tally_.cores);
    EXPECT_GE(tally_.histories, histories);
    EXPECT_GT(tally_.invalid, histories / 10);
    EXPECT_LT(tally_.invalid, histories * 9 / 10);
    EXPECT_GT(tally_.with_unknown, histories / 5);
  }

 private:
  void compare_one(std::uint64_t seed) {
    Dice dice(seed);
    Draw draw{dice, dice.percent(60)};
    plain_ = plain_model(name_, some_initial(name_, dice));
    history_ = right_history(*plain_, small_shape(name_, dice), draw);
    const bool honest = dice.percent(20);
    if (!honest) history_ = with_lies(*plain_, std::move(history_), draw);
    ASSERT_FALSE(fault_of(history_)) << *fault_of(history_) << shown(history_, plain_->initial());
    const bool explained = some_order_explains(history_.operations, *plain_);
    ASSERT_TRUE(explained || !honest) << "the twin itself is wrong" << text();
    const Verdict expected = explained ? Verdict::kValid : Verdict::kInvalid;
    const std::vector<Request> requests = requests_of(history_);
    if (plain_->initial().is_nil()) {
      Verdict whole = Verdict::kValid;
      for (const Report& report :
           check_linearizability(requests, info_, {.step_budget = kBudget})) {
        whole = merge(whole, report.verdict);
      }
      ASSERT_EQ(whole, expected) << text();
    }
    compare_keys(requests, expected);
    count(explained);
  }

  void compare_keys(const std::vector<Request>& requests, Verdict expected) {
    std::map<std::string, std::vector<const Request*>> keys;
    for (const Request& request : requests) keys[request.operation->key.str()].push_back(&request);
    Verdict cut = Verdict::kValid;
    Verdict uncut = Verdict::kValid;
    for (auto& [name, of_key] : keys) {
      KeyCase key(info_, of_key, {plain_->initial()});
      const Verdict verdict = key.judge({.step_budget = kBudget}).verdict;
      cut = merge(cut, verdict);
      uncut = merge(uncut, key.judge({.step_budget = kBudget, .lookahead = false}).verdict);
      if (verdict == Verdict::kInvalid && tally_.invalid % 4 == 0) expect_least_core(key);
    }
    ASSERT_EQ(cut, expected) << text();
    ASSERT_EQ(uncut, expected) << "without lookahead\n" << text();
  }

  // A core is a proof by itself, and none of it can be left out.
  void expect_least_core(KeyCase& key) {
    const Core core = least_core(key, {.step_budget = kBudget}, kBudget);
    ASSERT_FALSE(core.answers.empty());
    EXPECT_FALSE(explained_only(key, core.answers)) << "a core that proves nothing\n" << text();
    for (const std::uint32_t left_out : core.answers) {
      auto fewer = core.answers;
      std::erase(fewer, left_out);
      EXPECT_TRUE(explained_only(key, fewer)) << "a core that is too large\n" << text();
    }
    ++tally_.cores;
  }

  bool explained_only(const KeyCase& key, const std::vector<std::uint32_t>& answers) const {
    std::vector<Operation> operations;
    for (const Request* request : key.requests()) operations.push_back(*request->operation);
    std::vector<bool> certain(operations.size(), false);
    for (const std::uint32_t i : answers) certain[i] = true;
    return some_order_explains(operations, *plain_, certain);
  }

  void count(bool explained) {
    const auto any = [&](Outcome outcome) {
      return std::any_of(history_.operations.begin(), history_.operations.end(),
                         [&](const Operation& op) { return op.outcome == outcome; });
    };
    ++tally_.histories;
    tally_.invalid += explained ? 0 : 1;
    tally_.with_unknown += any(Outcome::kUnknown) ? 1 : 0;
    tally_.with_failed += any(Outcome::kFail) ? 1 : 0;
  }

  std::string text() const { return "\n" + shown(history_, plain_->initial()); }

  std::string_view name_;
  const ModelInfo& info_;
  std::unique_ptr<PlainModel> plain_;
  History history_;
  Tally tally_;
};

class Twins : public testing::TestWithParam<std::string_view> {};

TEST_P(Twins, AgreeOnSmallHistories) {
  Comparison(GetParam()).run(histories_asked_for(), 7'000'000);
}

std::string test_name(const testing::TestParamInfo<std::string_view>& info) {
  std::string name(info.param);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// The store of revisions has a twin of its own (tests/checker/mvcc).
std::vector<std::string_view> models_with_a_plain_one() {
  std::vector<std::string_view> names(model_names().begin(), model_names().end());
  std::erase(names, "mvcc");
  return names;
}

INSTANTIATE_TEST_SUITE_P(EveryModel, Twins, testing::ValuesIn(models_with_a_plain_one()),
                         test_name);

}  // namespace
}  // namespace plumbline::checker
