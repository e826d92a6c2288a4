#include "scenarios/explore/suite_probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/trace/trace.h"

namespace plumbline::scenarios {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

const trace::Probe kAlways{"suite_probes.always"};
const trace::Probe kSeldom{"suite_probes.seldom", trace::Probe::Need::kOptional};

Scenario naming(std::string name, std::vector<std::string> probes) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.probes = std::move(probes);
  return scenario;
}

TEST(SuiteProbes, WhereNoScenarioNamesAnyTheCodeSaysWhichAreRequired) {
  const auto required = required_probes({naming("a", {}), naming("b", {})});
  EXPECT_THAT(required, Contains(kAlways.name()));
  EXPECT_THAT(required, Not(Contains(kSeldom.name())));
}

TEST(SuiteProbes, ThoseThatScenariosNameAreRequiredAndNoOthers) {
  const auto required =
      required_probes({naming("a", {kSeldom.name()}), naming("b", {}), naming("c", {"x"})});
  EXPECT_THAT(required, ElementsAre(kSeldom.name(), "x"));
}

TEST(SuiteProbes, ANameThatIsNotInTheCodeIsFound) {
  EXPECT_FALSE(unknown_probe({naming("a", {kSeldom.name(), kAlways.name()})}));
  const auto unknown = unknown_probe({naming("a", {}), naming("b", {kSeldom.name(), "nothing"})});
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->scenario, "b");
  EXPECT_EQ(unknown->probe, "nothing");
}

}  // namespace
}  // namespace plumbline::scenarios
