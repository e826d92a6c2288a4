#include "reports/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "reports/suite_formats.h"
#include "tests/reports/results_fixture.h"

namespace plumbline::reports {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::failing;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::result_line;

TEST(Suite, AddsUpWhatTheLinesSay) {
  const SuiteSummary summary = summarize(result_line(1) + result_line(2) +
                                         result_line(3, {{"scenario", "other"},
                                                         {"verdict", "indeterminate"},
                                                         {"faults", json::object()},
                                                         {"probes", {{"raft.seen", 2}}}}));
  EXPECT_EQ(summary.total(), 3U);
  EXPECT_EQ(count_of(summary.verdicts, SeedVerdict::kPass), 2U);
  EXPECT_EQ(count_of(summary.scenarios.at("other"), SeedVerdict::kIndeterminate), 1U);
  EXPECT_EQ(summary.operations.ok, 21U);
  EXPECT_EQ(summary.functions.at("write").unknown, 6U);
  EXPECT_EQ(summary.faults.at("partition").struck, 2U);
  EXPECT_EQ(summary.faults.at("partition").drawn, 4U);
  EXPECT_EQ(summary.faults.at("kill").seeds_struck, 0U);
  EXPECT_EQ(summary.probes.at("raft.seen").hits, 8U);
  EXPECT_EQ(summary.probes.at("raft.seen").seeds, 3U);
  EXPECT_EQ(summary.virtual_ms, 90'000U);
  EXPECT_DOUBLE_EQ(summary.seeds_per_cpu_second(), 20.0);
  EXPECT_TRUE(summary.notes.empty());
}

TEST(Suite, TellsProbesNeverReachedAlsoThoseOnlyTheProgramKnows) {
  const SuiteSummary summary = summarize(
      result_line(1), {.probes = {{"raft.seen", true}, {"raft.zzz", true}, {"log.aaa", false}}});
  EXPECT_THAT(summary.probes_never_reached(), ElementsAre("log.aaa", "raft.unseen", "raft.zzz"));
  EXPECT_TRUE(summary.probes.at("raft.zzz").required);
}

TEST(Suite, LacksARequiredProbeOnlyWhenEnoughSeedsRan) {
  const SuiteOptions options{.probes = {{"raft.seen", true}, {"raft.zzz", true}, {"log.a", false}}};
  std::string results;
  for (std::uint64_t seed = 1; seed < kProbesRequiredFrom; ++seed) results += result_line(seed);
  const SuiteSummary few = summarize(results, options);
  EXPECT_FALSE(few.lacks_probes());
  EXPECT_THAT(suite_table(few), Not(HasSubstr("required probe")));

  const SuiteSummary enough = summarize(results + result_line(kProbesRequiredFrom), options);
  EXPECT_TRUE(enough.lacks_probes());
  EXPECT_THAT(suite_table(enough), HasSubstr("required probe raft.zzz was never reached"));
  EXPECT_THAT(suite_table(enough), Not(HasSubstr("required probe log.a ")));
}

TEST(Suite, MatrixCountsASeedUnderEachFaultThatStruckIt) {
  json two = failing("violation", "lin/x");
  two["faults"] = {{"partition", {{"struck", 3}, {"drawn", 3}}},
                   {"kill", {{"struck", 1}, {"drawn", 1}}}};
  const SuiteSummary summary = summarize(result_line(1) + result_line(2, two) +
                                         result_line(3, {{"faults", json::object()}}));
  const auto& row = summary.matrix.at("default");
  EXPECT_EQ(row.at("partition").seeds, 2U);
  EXPECT_EQ(row.at("partition").failures, 1U);
  EXPECT_EQ(row.at("kill").seeds, 1U);
  EXPECT_EQ(row.at(std::string(kNoFault)).seeds, 1U);
}

TEST(Suite, ClustersFailuresByVerdictAndSignature) {
  std::string results = result_line(1);
  for (std::uint64_t seed = 20; seed > 10; --seed) {
    results += result_line(seed, failing("violation", "lin/stale"));
  }
  results += result_line(30, failing("violation", "lin/lost"));
  results += result_line(31, failing("crash", "lin/stale"));
  const SuiteSummary summary = summarize(results);
  ASSERT_EQ(summary.clusters.size(), 3U);
  EXPECT_EQ(summary.clusters[0].signature, "lin/stale");
  EXPECT_EQ(summary.clusters[0].count, 10U);
  EXPECT_EQ(summary.clusters[0].first().seed, 11U) << "the lowest, not the first to end";
  EXPECT_EQ(summary.clusters[0].examples.size(), kExamplesPerCluster);
  EXPECT_EQ(summary.clusters[1].signature, "lin/lost");
  EXPECT_EQ(summary.clusters[2].verdict, SeedVerdict::kCrash);
}

TEST(Suite, AFailureWithoutSignatureStillHasACluster) {
  json changes = failing("liveness", "");
  changes["property"] = "";
  const SuiteSummary summary = summarize(result_line(1, changes));
  ASSERT_EQ(summary.clusters.size(), 1U);
  EXPECT_EQ(summary.clusters[0].signature, "liveness");
}

TEST(Suite, LeavesATornLastLineOutAndSaysSo) {
  const std::string torn = result_line(3).substr(0, 100);
  const SuiteSummary summary = summarize(result_line(1) + result_line(2) + torn);
  EXPECT_EQ(summary.total(), 2U);
  ASSERT_EQ(summary.notes.size(), 1U);
  EXPECT_THAT(summary.notes[0], HasSubstr("line 3) is torn"));
}

TEST(Suite, ALastLineThatMissesOnlyItsLineFeedCounts) {
  std::string whole = result_line(2);
  whole.pop_back();
  const SuiteSummary summary = summarize(result_line(1) + whole);
  EXPECT_EQ(summary.total(), 2U);
  EXPECT_TRUE(summary.notes.empty());
}

TEST(Suite, NamesLinesThatAreNoRecords) {
  const SuiteSummary summary =
      summarize("garbage\n" + result_line(1) + result_line(2, {{"verdict", "great"}}) +
                result_line(3, {{"seed", "0xZZ"}}) + "{\"type\":\"other\"}\n[1,2]\n\n");
  EXPECT_EQ(summary.total(), 1U);
  EXPECT_THAT(summary.notes,
              ElementsAre(HasSubstr("line 1 "), HasSubstr("line 3 "), HasSubstr("line 4 ")));
}

TEST(Suite, SurvivesMembersOfWrongTypes) {
  const SuiteSummary summary = summarize(result_line(1, {{"events", "many"},
                                                         {"ok", -5},
                                                         {"functions", 7},
                                                         {"faults", json::array({1})},
                                                         {"probes", {{"p", "x"}}},
                                                         {"faults_impossible", "all"},
                                                         {"scenario", nullptr}}));
  EXPECT_EQ(summary.total(), 1U);
  EXPECT_EQ(summary.events, 0U);
  EXPECT_EQ(summary.operations.ok, 0U);
}

TEST(Suite, ASeedRecordedTwiceCountsOnceButAnotherTraceHashIsAFailure) {
  const SuiteSummary same = summarize(result_line(1) + result_line(1));
  EXPECT_EQ(same.total(), 1U);
  EXPECT_TRUE(same.clusters.empty());

  const SuiteSummary other = summarize(result_line(1) + result_line(1, {{"trace_hash", "no"}}));
  EXPECT_EQ(other.total(), 1U);
  ASSERT_EQ(other.clusters.size(), 1U);
  EXPECT_EQ(other.clusters[0].verdict, SeedVerdict::kNondeterminism);
  EXPECT_THAT(other.clusters[0].sentence, HasSubstr("h1 and no"));

  const SuiteSummary build = summarize(result_line(1) + result_line(1, {{"build", "another"}}));
  EXPECT_EQ(build.total(), 2U) << "another build is another run";
}

// Shards are joined by putting their lines together, in whatever order.
TEST(Suite, TheOrderOfLinesChangesNoReport) {
  std::vector<std::string> lines;
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    json changes = seed % 7 == 0 ? failing("violation", "lin/a") : json::object();
    if (seed % 7 == 0) changes["sentence"] = "seen at " + std::to_string(seed);
    if (seed % 5 == 0) changes["scenario"] = "five";
    changes["cpu_us"] = 1000 * seed;
    lines.push_back(result_line(seed, changes));
  }
  const auto together = [&] {
    std::string all;
    for (const std::string& line : lines) all += line;
    return summarize(all);
  };
  const SuiteSummary forward = together();
  std::reverse(lines.begin(), lines.end());
  std::rotate(lines.begin(), lines.begin() + 11, lines.end());
  const SuiteSummary shuffled = together();
  EXPECT_EQ(suite_json(forward), suite_json(shuffled));
  EXPECT_EQ(suite_junit(forward), suite_junit(shuffled));
  EXPECT_EQ(suite_markdown(forward), suite_markdown(shuffled));
  EXPECT_EQ(suite_page(forward), suite_page(shuffled));
  EXPECT_EQ(suite_table(forward), suite_table(shuffled));
}

TEST(Suite, ResultsThatCannotBeReadAreAProblemThatNamesThem) {
  const auto result = read_suite("/nonexistent/results.jsonl");
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.problem().text(), HasSubstr("/nonexistent/results.jsonl"));
}

}  // namespace
}  // namespace plumbline::reports
