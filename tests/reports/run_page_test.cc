#include "reports/run_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/check_page.h"
#include "reports/page.h"
#include "reports/row_budget.h"
#include "reports/sha256.h"
#include "reports/suite_formats.h"
#include "tests/reports/check_fixture.h"
#include "tests/reports/markup_check.h"
#include "tests/reports/results_fixture.h"
#include "tests/reports/run_fixture.h"

namespace plumbline::reports {
namespace {

using testing::content_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::html_tags;
using testing::large_run;
using ::testing::Not;
using testing::occurrences;
using testing::RunDirectory;
using testing::write_stale_read;

std::string stale_read_page(const std::string& key = "orders/42") {
  const RunDirectory directory;
  write_stale_read(directory, key);
  const auto page = run_page(directory.path());
  return page ? page.value() : page.problem().text();
}

std::string section_of(const std::string& page, const std::string& id) {
  const std::size_t begin = page.find("<section id=\"" + id + "\"");
  return begin == std::string::npos ? ""
                                    : page.substr(begin, page.find("</section>", begin) - begin);
}

// What a reader must find on the first screen: what is wrong, of which key, by which clients, with
// which values, which node, which fault, and how to see it again.
TEST(RunPage, SaysWhatWentWrong) {
  const std::string page = stale_read_page();
  EXPECT_THAT(page, HasSubstr("VIOLATION</span> linearizability of key orders/42</h1>\n"
                              "<p>get by c1 at 12.050 s returned 5 although put 7 had finished"));
  EXPECT_THAT(page, HasSubstr("<pre><code>plumbline replay runs/kv5-partition-0x5f3c9a/run.json"));
  EXPECT_THAT(page, HasSubstr("<dt>planted bug</dt><dd>RF-08</dd>"));
  const std::string wrong = section_of(page, "wrong");
  EXPECT_THAT(wrong, HasSubstr("These 2 operations suffice to show it"));
  EXPECT_THAT(wrong, HasSubstr("put(orders/42, 7)"));
  EXPECT_THAT(wrong, HasSubstr("c1 → n3"));
  EXPECT_THAT(wrong, HasSubstr("<li>partition n3 <span class=\"dim\">11.900 .. 14.000 s"));
  EXPECT_THAT(wrong, Not(HasSubstr("clock-drift"))) << "it had ended long before";
}

TEST(RunPage, ListsFaultsOperationsTraceAndOverrides) {
  const std::string page = stale_read_page();
  EXPECT_THAT(section_of(page, "faults"), HasSubstr("<td>clock-drift<td>clock<td>n1, n2"));
  EXPECT_EQ(occurrences(section_of(page, "operations"), "<tr"), 1U + 4U);
  EXPECT_EQ(occurrences(section_of(page, "operations"), "<tr class=\"hit\">"), 2U);
  EXPECT_THAT(section_of(page, "operations"), HasSubstr("timeout"));
  EXPECT_EQ(occurrences(section_of(page, "trace"), "<tr"), 1U + 40U);
  EXPECT_THAT(section_of(page, "trace"),
              HasSubstr("<tr class=\"hit\"><td class=\"n\">12.000000<td class=\"n\">812"));
  EXPECT_EQ(occurrences(page, "id=\"window\""), 0U) << "no record lies within 21 ms";
  EXPECT_THAT(section_of(page, "again"), HasSubstr("fault.enabled/3"));
  EXPECT_THAT(section_of(page, "again"), HasSubstr("&quot;duration_ms&quot;: 30000"));
  EXPECT_THAT(page, Not(HasSubstr("class=\"banner\""))) << "nothing was left out";
}

TEST(RunPage, DrawsTheWitnessWithAnUnknownOperationOpenToTheRight) {
  const RunDirectory directory;
  write_stale_read(directory, "k");
  auto run = load_run_files(directory.path());
  ASSERT_TRUE(run.ok());
  run.value().reports[0].witness = {0, 1, 2};
  const std::string wrong = section_of(run_page(run.value()), "wrong");
  EXPECT_EQ(occurrences(wrong, "class=\"unknown\""), 1U);
  EXPECT_EQ(occurrences(wrong, "class=\"open\""), 1U);
  EXPECT_EQ(occurrences(wrong, "class=\"ok\""), 2U);
  EXPECT_EQ(occurrences(wrong, "class=\"edge\""), 1U) << "the put returned before the get";
}

TEST(RunPage, ShowsTheProofThatAReportCarries) {
  const RunDirectory directory;
  write_stale_read(directory, "k");
  auto run = load_run_files(directory.path());
  ASSERT_TRUE(run.ok());
  checker::Report& report = run.value().reports[0];
  report.argument = {"Let T1 = put(k, 7).", "Then T1 < T2: a contradiction."};
  report.orders = {{.order = report.witness, .fails_at = 1, .why = "expected 7, got 5"}};
  const std::string wrong = section_of(run_page(run.value()), "wrong");
  EXPECT_THAT(wrong, HasSubstr("<li>Then T1 &lt; T2: a contradiction."));
  EXPECT_THAT(wrong, HasSubstr("The only order that agrees with real time"));
  EXPECT_THAT(wrong, HasSubstr("<td>expected 7, got 5"));
  EXPECT_EQ(occurrences(wrong, "class=\"ok broken\""), 1U);
}

TEST(RunPage, LeavesOutOrdersOfOperationsThatTheHistoryDoesNotHave) {
  const RunDirectory directory;
  write_stale_read(directory, "k");
  directory.write("verdict.json",
                  R"({"verdict":"violation","property":"linearizability","sentence":"s","at_ms":1,
                      "reports":[{"verdict":"invalid","property":"linearizability","key":"k",
                        "sentence":"s","witness":[0],"from":0,"to":1,"steps":1,"undecided":[],
                        "orders":[{"order":[0,77],"fails_at":1,"why":"w"}]}],"faults":[]})");
  const auto page = run_page(directory.path());
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page.value(), HasSubstr("This one operation suffices"));
  EXPECT_THAT(page.value(), Not(HasSubstr("agrees with real time")));
}

TEST(RunPage, EscapesAKeyThatIsAScript) {
  const std::string page = stale_read_page("<script>alert('x')</script>\"><img src=x>\n");
  EXPECT_EQ(occurrences(page, "<script>"), 1U) << "its own";
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&gt;"));
}

TEST(RunPage, ShowsAKeyThatIsNoText) {
  const std::string page = stale_read_page(std::string("k\xFF\x00z", 4));
  EXPECT_THAT(page, HasSubstr("k\xEF\xBF\xBD\\x00z"));
}

class PageContract : public ::testing::TestWithParam<const char*> {
 protected:
  static std::string page() {
    const std::string kind = GetParam();
    if (kind == "run") return stale_read_page();
    if (kind == "check") {
      const testing::Judged judged = testing::judged_stale_read();
      return check_page(judged.result, judged.history, judged.file);
    }
    return suite_page(summarize(testing::result_line(1) +
                                testing::result_line(2, testing::failing("crash", "a"))));
  }
};
INSTANTIATE_TEST_SUITE_P(Pages, PageContract, ::testing::Values("run", "suite", "check"));

TEST_P(PageContract, MakesNoRequest) {
  for (const auto& tag : html_tags(page())) {
    for (const auto& [name, value] : tag.attributes) {
      const bool loads = name == "src" || name == "href" || name == "action" || name == "data" ||
                         name == "srcset" || name == "poster" || name == "style";
      if (!loads) continue;
      EXPECT_TRUE(value.starts_with("data:") || value.starts_with("runs/") ||
                  value.starts_with("#"))
          << tag.name << " " << value;
    }
    EXPECT_NE(tag.name, "iframe");
  }
  EXPECT_EQ(std::string(page_style()).find("url(http"), std::string::npos);
  EXPECT_EQ(std::string(page_style()).find("@import"), std::string::npos);
}

TEST_P(PageContract, PolicyNamesTheInlineScriptAndStyleByHash) {
  const std::string html = page();
  std::string policy;
  for (const auto& tag : html_tags(html)) {
    for (const auto& [name, value] : tag.attributes) {
      if (tag.name == "meta" && name == "content" && policy.empty()) policy = value;
    }
  }
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy,
              HasSubstr("script-src 'sha256-" + sha256_base64(content_of(html, "script")) + "'"));
  EXPECT_THAT(policy,
              HasSubstr("style-src 'sha256-" + sha256_base64(content_of(html, "style")) + "'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
}

TEST_P(PageContract, IsReadableWithoutItsScript) {
  const std::string html = page();
  EXPECT_EQ(occurrences(html, "<button"), occurrences(html, "<button type=\"button\""));
  // Whatever only the script makes work is hidden until the script shows it.
  for (const auto& tag : html_tags(html)) {
    bool hidden = false;
    bool shown_by_script = false;
    for (const auto& [name, value] : tag.attributes) {
      hidden |= name == "hidden";
      shown_by_script |= name == "data-script";
    }
    EXPECT_EQ(hidden, shown_by_script) << tag.name;
  }
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
}

TEST(RunPage, KeepsALargeRunBelowTwoMegabytesAndSaysWhatItLeftOut) {
  const RunFiles run = large_run(10'000, 60'000);
  const std::string page = run_page(run);
  EXPECT_LE(page.size(), 2'000'000U);
  EXPECT_GE(page.size(), 1'500'000U) << "what fits is shown";
  EXPECT_THAT(section_of(page, "operations"), HasSubstr(" of 10,000 operations are shown, among "
                                                        "them every one in the window"));
  EXPECT_THAT(section_of(page, "trace"), HasSubstr(" of 60,000 trace records are shown, among"));
  EXPECT_EQ(occurrences(section_of(page, "operations"), "class=\"hit\""), 2U);
  EXPECT_EQ(occurrences(page, "id=\"window\""), 1U);
  EXPECT_EQ(occurrences(section_of(page, "faults"), "<tr>"), 1U + 10U);
}

// The ladder: what is far goes first; the window, the witness and the faults stay though the page
// grows larger than wanted; only beyond the outermost limit is the window cut, loudly.
TEST(RunPage, NeverLeavesOutTheWindowForTheSizeWanted) {
  RunFiles run = large_run(2'000, 5'000);
  run.reports[0].from = 0;
  run.reports[0].to = run.end_ns();
  const std::string page = run_page(run, {.bytes_wanted = 100'000, .bytes_max = 20'000'000});
  EXPECT_GT(page.size(), 100'000U);
  EXPECT_EQ(occurrences(section_of(page, "operations"), "<tr"), 1U + 2'000U);
  EXPECT_EQ(occurrences(section_of(page, "trace"), "<tr"), 1U + 5'000U);
  EXPECT_THAT(page, Not(HasSubstr("are shown")));

  const std::string cut = run_page(run, {.bytes_wanted = 100'000, .bytes_max = 400'000});
  EXPECT_LE(cut.size(), 400'000U);
  EXPECT_THAT(cut, HasSubstr("NOT EVEN all in the window"));
  EXPECT_EQ(occurrences(section_of(cut, "faults"), "<tr>"), 1U + 10U);
}

TEST(RunPage, ShowsOperationsOnTheKeyBeforeOthersWhenSpaceIsShort) {
  const RunFiles run = large_run(3'000, 0);
  const std::string page = run_page(run, {.bytes_wanted = 450'000, .bytes_max = 20'000'000});
  const std::string operations = section_of(page, "operations");
  EXPECT_EQ(occurrences(operations, "put(key-0, "), 150U) << "all of the key";
  EXPECT_LT(occurrences(operations, "<tr"), 3'000U);
}

TEST(RunPage, SaysWhichFilesCouldNotBeRead) {
  const RunDirectory directory;
  write_stale_read(directory, "k");
  directory.write("history.jsonl", "{\"plumbline_history\":1}\nnonsense\n");
  directory.write("trace.bin", "no trace");
  const auto page = run_page(directory.path());
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page.value(), HasSubstr("history.jsonl:2: "));
  EXPECT_THAT(page.value(), HasSubstr("trace.bin:1: "));
  EXPECT_THAT(page.value(), HasSubstr("2 operations of the witness are not in the history"));
  EXPECT_THAT(page.value(), HasSubstr("VIOLATION"));
}

TEST(RunPage, ARunWithoutClientsWitnessShowsTheSecondBeforeTheVerdict) {
  const RunDirectory directory;
  write_stale_read(directory, "k");
  directory.write("verdict.json",
                  R"({"verdict":"crash","property":"I4","sentence":"two leaders","at_ms":9000,
                      "reports":[],"faults":[]})");
  const auto run = load_run_files(directory.path());
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run.value().violation_window().from_ns, 8'000'999'999);
  EXPECT_EQ(run.value().violation_window().to_ns, 9'000'999'999);
  EXPECT_THAT(run_page(run.value()), HasSubstr("CRASH</span> I4</h1>\n<p>two leaders</p>"));
}

TEST(RunPage, WithoutRunJsonThereIsAProblemAndNoPage) {
  const RunDirectory directory;
  EXPECT_FALSE(run_page(directory.path()).ok());
  directory.write("run.json", "[1]");
  const auto page = run_page(directory.path());
  ASSERT_FALSE(page.ok());
  EXPECT_THAT(page.problem().text(), HasSubstr("run.json: is no JSON object"));
}

TEST(RowBudget, TakesRowsByRankAndDistance) {
  const std::vector<RowPlace> places = {{1, 30}, {1, 10}, {0, 0}, {1, 20}, {2, 1}};
  const auto ten = [](std::size_t) { return std::size_t{10}; };
  EXPECT_THAT(choose_rows(places, {.bytes_wanted = 30, .bytes_max = 100}, ten).rows,
              ElementsAre(1, 2, 3));
  EXPECT_THAT(choose_rows(places, {.bytes_wanted = 100, .bytes_max = 100}, ten).rows,
              ElementsAre(0, 1, 2, 3, 4));
  const RowChoice none = choose_rows(places, {.bytes_wanted = 0, .bytes_max = 5}, ten);
  EXPECT_TRUE(none.rows.empty());
  EXPECT_FALSE(none.all_of_rank_0);
  EXPECT_TRUE(choose_rows(places, {.bytes_wanted = 0, .bytes_max = 10}, ten).all_of_rank_0);
}

}  // namespace
}  // namespace plumbline::reports
