// The registry of guarantees, their options, and that all of them stand what histories may hold.

#include "checker/guarantees/guarantees.h"

#include <set>

#include "checker/guarantees/numbering.h"
#include "tests/checker/guarantees/support.h"

namespace plumbline::checker {
namespace {

TEST(Guarantees, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const GuaranteeInfo& guarantee : guarantees()) {
    EXPECT_TRUE(names.insert(guarantee.name).second) << guarantee.name;
    EXPECT_EQ(guarantee_named(guarantee.name), &guarantee);
    EXPECT_FALSE(guarantee.summary.empty());
  }
  EXPECT_EQ(names.size(), guarantee_names().size());
  EXPECT_EQ(guarantee_named("bankk"), nullptr);
}

TEST(Guarantees, ApplyToHistoriesWithTheirFunctions) {
  HistoryBuilder h;
  h.call(1, Function::kAdd, "x", {1}, 10).ok(20);
  EXPECT_FALSE(applies(*guarantee_named("set"), h));
  h.read(1, 30).ok(40, {list_of({1})});
  EXPECT_TRUE(applies(*guarantee_named("set"), h));
  EXPECT_TRUE(applies(*guarantee_named("monotonic-reads"), h));
  EXPECT_FALSE(applies(*guarantee_named("queue"), h));
  EXPECT_FALSE(applies(*guarantee_named("read-your-writes"), h));
}

// Whatever the history, each guarantee gives at least one report of its own name, and nothing
// breaks.
TEST(Guarantees, StandHistoriesThatAreNotTheirs) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Dice dice(seed);
    RandomShape shape;
    shape.operations = static_cast<int>(dice.below(12));
    shape.map = dice.percent(50);
    shape.keys = 3;
    shape.unique_values = dice.percent(50);
    const History history = tampered(linearizable_history(shape, dice), dice);
    GuaranteeOptions options;
    options.independent_keys = dice.percent(50);
    for (const GuaranteeInfo& guarantee : guarantees()) {
      EXPECT_FALSE(reports_of(guarantee.name, history, options).empty());
    }
  }
  for (const GuaranteeInfo& guarantee : guarantees()) {
    EXPECT_NE(verdict_of(guarantee.name, History{}), Verdict::kInvalid) << guarantee.name;
  }
}

TEST(Numbering, GivesEqualValuesOneNumber) {
  std::vector<Value> values;
  for (int i = 0; i < 1000; ++i) values.push_back(i % 2 == 0 ? Value(i / 2) : list_of({i / 2}));
  const std::vector<Value> again = values;
  Numbering numbers;
  EXPECT_EQ(numbers.find(values[0]), Numbering::kNone);
  for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(numbers.add(values[i]), i);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(numbers.add(again[i]), i);
    EXPECT_EQ(numbers.find(again[i]), i);
    EXPECT_EQ(numbers[i], again[i]);
  }
  EXPECT_EQ(numbers.size(), 1000U);
  EXPECT_EQ(numbers.find("other"), Numbering::kNone);
}

}  // namespace
}  // namespace plumbline::checker
