#include "reports/suite_formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/reports/markup_check.h"
#include "tests/reports/results_fixture.h"

namespace plumbline::reports {
namespace {

using nlohmann::json;
using testing::failing;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::occurrences;
using testing::parse_xml;
using testing::result_line;

constexpr const char* kHostile = "<script>alert(1)</script>&\"'|`\x1b[2J";

SuiteSummary sample() {
  std::string results;
  for (std::uint64_t seed = 1; seed <= 2500; ++seed) {
    json changes = json::object();
    if (seed == 7 || seed == 9) changes = failing("violation", "lin/stale");
    if (seed == 8) changes = failing("indeterminate", "budget");
    if (seed == 10) changes = failing("infrastructure", "disk");
    results += result_line(seed, changes);
  }
  return summarize(results + result_line(1, {{"scenario", "small"}}));
}

SuiteSummary hostile() {
  json changes = failing("violation", kHostile);
  for (const char* name : {"property", "sentence", "scenario", "build", "replay"}) {
    changes[name] = kHostile;
  }
  changes["run"] = "runs/../../etc\"><script>";
  changes["functions"] = {{kHostile, {{"ok", 1}}}};
  changes["faults"] = {{kHostile, {{"struck", 1}, {"drawn", 1}}}};
  changes["probes"] = {{kHostile, 0}};
  return summarize(result_line(1, changes));
}

TEST(Junit, HasACasePerBlockOfSeedsAndOnePerCluster) {
  const auto document = parse_xml(suite_junit(sample()));
  ASSERT_EQ(document.fault, "");
  const auto cases = document.named("testcase");
  EXPECT_EQ(cases.size(), 3U + 1U + 3U);
  const auto* suite = document.named("testsuite").at(0);
  EXPECT_EQ(suite->attribute("tests"), "7");
  EXPECT_EQ(suite->attribute("failures"), "1");
  EXPECT_EQ(suite->attribute("errors"), "1");
  EXPECT_EQ(suite->attribute("skipped"), "1");
  EXPECT_EQ(cases[0]->attribute("name"), "block 1: seeds 0x1 to 0x3e8");
  EXPECT_EQ(cases[2]->attribute("name"), "block 3: seeds 0x7d1 to 0x9c4");
  EXPECT_EQ(cases[3]->attribute("classname"), "scenario.small");
  EXPECT_THAT(cases[3]->attribute("name"), HasSubstr("block 1:"));
  EXPECT_THAT(document.named("system-out").at(0)->text,
              HasSubstr("1,000 seeds: 2 violation, 1 infrastructure, 1 indeterminate, 996 pass"));
}

TEST(Junit, AFailureCarriesSentenceAndReplay) {
  const auto document = parse_xml(suite_junit(sample()));
  const auto failures = document.named("failure");
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0]->attribute("message"), "a read of x saw 5 although 7 was there");
  EXPECT_THAT(failures[0]->text, HasSubstr("2 seeds; first seed 0x7 of scenario default"));
  EXPECT_THAT(failures[0]->text, HasSubstr("replay: plumbline replay --seed 7\n"));
}

TEST(Junit, ClassAndNameTogetherAreUnique) {
  const auto document = parse_xml(suite_junit(sample()));
  std::set<std::string> names;
  for (const auto* testcase : document.named("testcase")) {
    names.insert(testcase->attribute("classname") + "/" + testcase->attribute("name"));
  }
  EXPECT_EQ(names.size(), document.named("testcase").size());
}

TEST(Junit, StaysWellFormedWhateverTheValues) {
  const std::string xml = suite_junit(hostile());
  const auto document = parse_xml(xml);
  EXPECT_EQ(document.fault, "");
  EXPECT_THAT(document.named("failure").at(0)->attribute("message"),
              HasSubstr("<script>alert(1)</script>&\"'|`\\x1b[2J"));
  EXPECT_THAT(xml, Not(HasSubstr("<script>")));
}

TEST(SuiteJson, TellsTotalsAndClusters) {
  const json suite = json::parse(suite_json(sample()));
  EXPECT_EQ(suite["format"], 1);
  EXPECT_EQ(suite["totals"]["seeds"], 2501);
  EXPECT_EQ(suite["totals"]["verdicts"]["violation"], 2);
  EXPECT_EQ(suite["totals"]["virtual_ms"], 2501 * 30'000);
  EXPECT_EQ(suite["clusters"][0]["signature"], "lin/stale");
  EXPECT_EQ(suite["clusters"][0]["count"], 2);
  EXPECT_EQ(suite["clusters"][0]["first_seed"], "0x7");
  EXPECT_EQ(suite["clusters"][0]["replay"], "plumbline replay --seed 7");
  EXPECT_EQ(suite["functions"]["write"]["unknown"], 2 * 2501);
  EXPECT_EQ(suite["faults"]["partition"]["seeds_struck"], 2501);
  EXPECT_EQ(suite["probes_never_reached"], json::array({"raft.unseen"}));
}

TEST(SuiteTable, EndsWithTheFailuresAndTheirReplays) {
  const std::string table = suite_table(sample());
  EXPECT_THAT(table, HasSubstr("VIOLATION  lin/stale  2 seeds, first 0x7 of default\n"
                               "  a read of x saw 5 although 7 was there\n"
                               "  replay:  plumbline replay --seed 7\n"));
  EXPECT_THAT(table, HasSubstr("write never succeeded"));
  EXPECT_THAT(table, HasSubstr("2,501 seeds, 20.84 simulated hours, 20.0 seeds per processor"));
  EXPECT_EQ(table.find('\x1b'), std::string::npos);
}

TEST(SuiteTable, ColourAddsNothingButColour) {
  std::string coloured = suite_table(sample(), {.colour = true});
  EXPECT_THAT(coloured, HasSubstr("\x1b["));
  for (std::size_t at = coloured.find('\x1b'); at != std::string::npos;
       at = coloured.find('\x1b')) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  EXPECT_EQ(coloured, suite_table(sample()));
}

TEST(SuiteTable, LetsNoValueSpeakToTheTerminal) {
  EXPECT_EQ(suite_table(hostile()).find('\x1b'), std::string::npos);
}

TEST(SuiteMarkdown, TellsFailuresAndStaysSmall) {
  const std::string text = suite_markdown(sample());
  EXPECT_THAT(text, HasSubstr("### ✖ VIOLATION: lin/stale (2 seeds)"));
  EXPECT_THAT(text, HasSubstr("```\nplumbline replay --seed 7\n```"));
  std::string many;
  for (std::uint64_t seed = 1; seed < 3000; ++seed) {
    json changes = failing("violation", std::string(900, 'x') + std::to_string(seed));
    changes["scenario"] = std::string(400, 's') + std::to_string(seed);
    many += result_line(seed, changes);
  }
  EXPECT_LT(suite_markdown(summarize(many)).size(), 900U * 1024U);
}

TEST(SuiteMarkdown, AReplayCommandCannotLeaveItsFence) {
  json changes = failing("violation", "x");
  changes["replay"] = "a ``` b";
  EXPECT_THAT(suite_markdown(summarize(result_line(1, changes))), HasSubstr("````\na ``` b\n````"));
}

TEST(SuitePage, TellsVerdictsFailuresMatrixAndProbes) {
  const std::string page = suite_page(sample());
  EXPECT_THAT(page, HasSubstr("VIOLATION</span> 2 of 2,501 seeds failed, in 3 clusters</h1>"));
  EXPECT_THAT(page, HasSubstr("<pre><code>plumbline replay --seed 7</code></pre>"));
  EXPECT_THAT(page, HasSubstr("<a href=\"runs/default-0x1/report.html\">0x7</a>"));
  EXPECT_THAT(page, HasSubstr("2,500 <b>✖ 2</b> ? 1")) << "partition in the matrix";
  EXPECT_THAT(page, HasSubstr("<td>raft.unseen<td class=\"n\">0<td class=\"n\">0"));
  EXPECT_THAT(page, HasSubstr("never succeeded"));
  EXPECT_LT(page.size(), 60'000U);
}

TEST(SuitePage, EscapesEveryValueAndLinksNowhereElse) {
  const std::string page = suite_page(hostile());
  EXPECT_EQ(occurrences(page, "<script>"), 1U) << "its own";
  EXPECT_THAT(page, Not(HasSubstr("etc\"")));
  EXPECT_THAT(page, Not(HasSubstr("href=\"runs/..")));
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
}

TEST(SuitePage, SaysWhenNothingRan) {
  EXPECT_THAT(suite_page(summarize("")), HasSubstr("Nothing ran</h1>"));
}

}  // namespace
}  // namespace plumbline::reports
