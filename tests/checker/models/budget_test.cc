// Histories of thousands of operations of many clients on one object are decided in few steps.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "checker/history/requests.h"
#include "checker/linear/linear.h"
#include "checker/linear/models.h"
#include "tests/checker/support/model_histories.h"

namespace plumbline::checker {
namespace {

struct Size {
  std::string_view model;
  int operations = 10'000;
  int clients = 10;
  int keys = 1;
  // A loose bound of what was measured; it fails when the search starts to branch.
  std::uint64_t steps_per_operation = 40;  // Two searches take turns.
};

void PrintTo(const Size& size, std::ostream* out) { *out << size.model; }

class Budgets : public testing::TestWithParam<Size> {
 protected:
  History history(std::uint64_t seed) const {
    Dice dice(seed);
    Draw draw{dice, true, true};
    ModelShape shape;
    shape.operations = GetParam().operations;
    shape.clients = GetParam().clients;
    shape.keys = GetParam().keys;
    shape.unknown_percent = 5;
    shape.fail_percent = 5;
    shape.gap_max = 1000;
    return right_history(*plain_model(GetParam().model), shape, draw);
  }

  Report judge(const History& history) const {
    const std::vector<Request> requests = requests_of(history);
    return check_linearizability(requests, *model_named(GetParam().model),
                                 {.step_budget = 2'000'000})
        .front();
  }
};

TEST_P(Budgets, ARightStoreIsFoundRightInFewSteps) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const History told = history(seed);
    ASSERT_FALSE(fault_of(told)) << *fault_of(told);
    const Report report = judge(told);
    EXPECT_EQ(report.verdict, Verdict::kValid) << "seed " << seed << ": " << report.sentence;
    EXPECT_LE(report.steps,
              GetParam().steps_per_operation * static_cast<std::uint64_t>(GetParam().operations))
        << "seed " << seed;
  }
}

std::string test_name(const testing::TestParamInfo<Size>& info) {
  std::string name(info.param.model);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    EveryModel, Budgets,
    testing::Values(Size{"register"}, Size{"mutex"}, Size{"owned-mutex"}, Size{"queue"},
                    Size{"unordered-queue"}, Size{.model = "set", .operations = 2'000},
                    Size{"counter"}, Size{.model = "multi-register", .operations = 2'000},
                    Size{.model = "key-value", .operations = 5'000, .clients = 50, .keys = 10}),
    test_name);

}  // namespace
}  // namespace plumbline::checker
