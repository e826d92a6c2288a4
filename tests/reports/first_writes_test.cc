#include "reports/first_writes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/suite_formats.h"
#include "tests/reports/results_fixture.h"

namespace plumbline::reports {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::result_line;

TEST(FirstWrites, APercentileIsASampleThatSoManyAreNotAbove) {
  std::vector<double> samples;
  for (int i = 100; i >= 1; --i) samples.push_back(i);
  const Spread spread = spread_of(samples);
  EXPECT_EQ(spread.count, 100U);
  EXPECT_EQ(spread.median, 50);
  EXPECT_EQ(spread.p95, 95);
  EXPECT_EQ(spread.max, 100);
  EXPECT_EQ(spread_of({7}).p95, 7);
  EXPECT_EQ(spread_of({}).count, 0U);
}

SuiteSummary two_seeds() {
  const json one = {{"election_timeout_ms", 100},
                    {"first_writes",
                     {{"kill", {{"after_start_us", {50'000, 200'000}}, {"after_end_us", {1'000}}}},
                      {"loss", {{"after_start_us", json::array()}, {"never", 3}}}}}};
  const json two = {{"election_timeout_ms", 200},
                    {"first_writes", {{"kill", {{"after_start_us", {100'000}}, {"never", 1}}}}}};
  return summarize(result_line(1, one) + result_line(2, two));
}

TEST(FirstWrites, AreAddedUpInTimeAndInTheElectionTimeoutsOfEachSeed) {
  const SuiteSummary summary = two_seeds();
  const FirstWriteWaits& kill = summary.first_writes.at("kill");
  EXPECT_THAT(kill.after_start.us, ::testing::ElementsAre(50'000, 200'000, 100'000));
  EXPECT_THAT(kill.after_start.timeouts, ::testing::ElementsAre(0.5, 2, 0.5));
  EXPECT_EQ(kill.never, 1U);
  EXPECT_EQ(summary.first_writes.at("loss").never, 3U);
}

TEST(FirstWrites, StandInEveryFormOfTheReport) {
  const SuiteSummary summary = two_seeds();
  const json of_kill = json::parse(suite_json(summary))["first_writes"]["kill"]["after_start"];
  EXPECT_EQ(of_kill["count"], 3);
  EXPECT_EQ(of_kill["ms"], (json{{"median", 100.0}, {"p95", 200.0}, {"max", 200.0}}));
  EXPECT_EQ(of_kill["election_timeouts"], (json{{"median", 0.5}, {"p95", 2.0}, {"max", 2.0}}));
  EXPECT_THAT(suite_markdown(summary),
              HasSubstr("| kill | start | 3 | 100.0 | 200.0 | 200.0 | 0.50 | 2.00 | 2.00 | 1 |\n"
                        "| kill | end | 1 | 1.0 |"));
  EXPECT_THAT(suite_table(summary), HasSubstr("kill                  start        3      100.0"));
  EXPECT_THAT(suite_page(summary), HasSubstr("First write after each fault"));
}

TEST(FirstWrites, LinesWithoutThemMakeNoTable) {
  const SuiteSummary summary = summarize(result_line(1));
  EXPECT_TRUE(summary.first_writes.empty());
  EXPECT_THAT(suite_table(summary), Not(HasSubstr("first write")));
  EXPECT_THAT(suite_markdown(summary), Not(HasSubstr("First successful write")));
}

TEST(FirstWrites, WhatIsNoTimeIsLeftOut) {
  const SuiteSummary summary = summarize(result_line(
      1, {{"first_writes", {{"kill", {{"after_start_us", {"soon", nullptr, 5}}}}, {"x", 7}}}}));
  EXPECT_EQ(summary.first_writes.at("kill").after_start.us.size(), 1U);
}

}  // namespace
}  // namespace plumbline::reports
