#include "reports/check_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "checker/explain/sub_history.h"
#include "checker/history/reader.h"
#include "reports/check_figures.h"
#include "tests/reports/check_fixture.h"
#include "tests/reports/markup_check.h"

namespace plumbline::reports {
namespace {

using checker::Report;
using checker::Verdict;
using ::testing::HasSubstr;
using testing::html_tags;
using testing::Judged;
using testing::judged_stale_read;
using ::testing::Not;
using testing::occurrences;

std::string page_of(const Judged& judged) {
  return check_page(judged.result, judged.history, judged.file);
}

std::string section_of(const std::string& page, const std::string& id) {
  const std::size_t begin = page.find("<section id=\"" + id + "\"");
  return begin == std::string::npos ? ""
                                    : page.substr(begin, page.find("</section>", begin) - begin);
}

TEST(CheckPage, SaysWhatIsWrongAndWhy) {
  const std::string page = page_of(judged_stale_read());
  EXPECT_THAT(page, HasSubstr("INVALID</span> linearizability of key orders/42</h1>\n"));
  EXPECT_THAT(page, HasSubstr("id=\"sentence\">key orders/42 is not linearizable because c3 read"));
  EXPECT_THAT(page, HasSubstr("<dd><a href=\"#word-stale-read\">stale-read</a></dd>"));
  EXPECT_THAT(page, HasSubstr("<dt>operations</dt><dd>8: 7 ok, 0 failed, 1 unknown</dd>"));
  const std::string why = section_of(page, "why");
  EXPECT_THAT(why, HasSubstr(">Why it is wrong</h2>"));
  EXPECT_THAT(why, HasSubstr("<li>Let\n<li>  T1 = write(orders/42, 7)  c1"));
  EXPECT_THAT(why, HasSubstr("It read 5: a contradiction."));
  EXPECT_THAT(why, HasSubstr(">strict-serializable</a>"));
  EXPECT_THAT(why, HasSubstr("<dt>? still possible</dt><dd><a href=\"#word-sequential\">"));
  EXPECT_THAT(section_of(page, "again"), HasSubstr("<code>plumbline check history.jsonl</code>"));
}

TEST(CheckPage, DrawsTheWitnessAndMarksWhatBreaksInEveryOrder) {
  Judged judged = judged_stale_read();
  const std::string why = section_of(page_of(judged), "why");
  EXPECT_EQ(occurrences(why, "class=\"unknown\""), 1U);
  EXPECT_EQ(occurrences(why, "class=\"ok broken\""), 1U);
  EXPECT_THAT(why, HasSubstr("class=\"broken-label\">✖ #6 read(orders/42) = 5</text>"));
  judged.result.reports[0].orders[1].fails_at = 1;
  EXPECT_THAT(page_of(judged), Not(HasSubstr("broken\"")))
      << "orders that break at different operations blame none of them";
}

TEST(CheckPage, ListsAllOrdersAndFoldsWhatIsTooMuch) {
  Judged judged = judged_stale_read();
  std::string why = section_of(page_of(judged), "why");
  EXPECT_THAT(why, HasSubstr("<caption>All 2 orders are wrong</caption>"));
  EXPECT_THAT(why, HasSubstr("#2 → #4 → <b class=\"nowrap\">✖ #6</b><td>read(orders/42) = 5"
                             "<td>expected 7, got 5"));
  EXPECT_THAT(why, Not(HasSubstr("<details>")));

  auto& orders = judged.result.reports[0].orders;
  orders[0].stands_for = 24;
  orders.resize(30, orders[0]);
  why = section_of(page_of(judged), "why");
  EXPECT_THAT(why, HasSubstr("<caption>All 697 orders are wrong</caption>"));
  EXPECT_THAT(why, HasSubstr("<span class=\"dim\">(24 orders)</span>"));
  EXPECT_THAT(why, HasSubstr("<summary>18 more</summary>"));

  orders.resize(1);
  orders[0].stands_for = 1;
  EXPECT_THAT(page_of(judged), HasSubstr("The only order that agrees with real time"));
}

TEST(CheckPage, EveryLinkLeadsSomewhereAndNoIdComesTwice) {
  for (const Judged& judged : {judged_stale_read(), testing::judged_undecided(),
                               testing::judged_valid(), testing::judged_many_findings(20)}) {
    std::vector<std::string> ids;
    std::vector<std::string> links;
    for (const auto& tag : html_tags(page_of(judged))) {
      for (const auto& [name, value] : tag.attributes) {
        if (name == "id") ids.push_back(value);
        if (name == "href" && value.starts_with("#")) links.push_back(value.substr(1));
      }
    }
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
    for (const std::string& link : links) {
      EXPECT_TRUE(std::binary_search(ids.begin(), ids.end(), link)) << link;
    }
  }
}

TEST(CheckPage, EscapesWhateverComesFromAHistory) {
  const std::string evil = "<script>alert('x')</script>\"><img src=x>\n";
  Judged judged = judged_stale_read(evil);
  Report& report = judged.result.reports[0];
  report.topic = report.property = evil;
  report.argument = report.ruled_out = report.still_possible = {evil};
  report.orders[0].why = evil;
  judged.file = judged.result.model = judged.history.meta.scenario = evil;
  judged.history.operations[6].set_server(evil);
  judged.history.operations[6].set_note(evil);
  const std::string page = page_of(judged);
  EXPECT_EQ(occurrences(page, "<script>"), 1U) << "its own";
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)"));
}

TEST(CheckPage, ShowsAKeyThatIsNoText) {
  EXPECT_THAT(page_of(judged_stale_read(std::string("k\xFF\x00z", 4))),
              HasSubstr("of key k\xEF\xBF\xBD\\x00z</h1>"));
}

TEST(CheckPage, TheCommandSurvivesAShell) {
  Judged judged = judged_stale_read();
  const auto command = [&](const std::string& file) {
    judged.file = file;
    const std::string again = section_of(page_of(judged), "again");
    const std::size_t begin = again.find("<code>") + 6;
    return again.substr(begin, again.find("</code>") - begin);
  };
  EXPECT_EQ(command("a b.jsonl"), "plumbline check &#39;a b.jsonl&#39;");
  EXPECT_EQ(command("it's"), "plumbline check &#39;it&#39;\\&#39;&#39;s&#39;");
  EXPECT_EQ(command("-x"), "plumbline check ./-x");
  EXPECT_EQ(command("-"), "plumbline check -");
  EXPECT_THAT(check_page(judged.result, judged.history, "h", {.command = "make check"}),
              HasSubstr("<code>make check</code>"));
}

TEST(CheckPage, OperationsThatTheHistoryDoesNotHaveAreLeftOut) {
  Judged judged = judged_stale_read();
  Report& report = judged.result.reports[0];
  report.witness.push_back(1'000);
  report.undecided = {2'000};
  report.orders[0].order[0] = 3'000;
  report.orders[1].fails_at = 9;
  const std::string page = page_of(judged);
  EXPECT_THAT(section_of(page, "timeline"), HasSubstr("These 4 operations suffice to show it"));
  EXPECT_THAT(page, Not(HasSubstr("orders are wrong")));
}

TEST(CheckPage, AnUnknownVerdictListsWhatIsUndecidedAndHowToGoOn) {
  const std::string page = page_of(testing::judged_undecided());
  EXPECT_THAT(page, HasSubstr("UNKNOWN</span> linearizability of key orders/42</h1>"));
  const std::string why = section_of(page, "why");
  EXPECT_THAT(why, HasSubstr(">What is not decided</h2>"));
  EXPECT_THAT(why, HasSubstr("<code>plumbline check history.jsonl --budget 100000000</code>"));
  EXPECT_THAT(why, HasSubstr("Undecided: 3 of 3 operations"));
  EXPECT_EQ(occurrences(why, "<tr>"), 3U + 1U) << "with its head";
  EXPECT_THAT(section_of(page, "timeline"), HasSubstr(">Where it is undecided</h2>"));
  EXPECT_EQ(section_of(page, "minimal"), "") << "there is no witness";
}

TEST(CheckPage, AValidVerdictSaysWhatWasChecked) {
  const std::string page = page_of(testing::judged_valid());
  EXPECT_THAT(page, HasSubstr("VALID</span> every check that applies</h1>"));
  EXPECT_EQ(section_of(page, "why"), "");
  EXPECT_THAT(section_of(page, "timeline"), HasSubstr(">The whole history</h2>"));
  EXPECT_THAT(section_of(page, "checks"), HasSubstr("<td>at-most-once<td>"));
  EXPECT_EQ(occurrences(section_of(page, "keys"), "✔</span> valid"), 2U);
}

TEST(CheckPage, AnEmptyHistoryHasAPage) {
  const std::string page = check_page({}, {}, "empty.jsonl");
  EXPECT_THAT(page, HasSubstr("There is no operation that could be wrong."));
  EXPECT_THAT(page, HasSubstr("VALID</span>"));
}

TEST(CheckPage, TheWorstOfSeveralFindingsComesFirstAndTheOthersAreListed) {
  Judged judged = testing::judged_many_findings(300);
  std::swap(judged.result.reports[0], judged.result.reports[250]);
  judged.result.reports[0].verdict = Verdict::kUnknown;
  const std::string page = page_of(judged);
  EXPECT_THAT(page, HasSubstr("INVALID</span> linearizability of key k0</h1>"));
  const std::string findings = section_of(page, "findings");
  EXPECT_THAT(findings, HasSubstr("100 of 300 findings are listed."));
  EXPECT_THAT(findings, HasSubstr("<a href=\"#verdict\">1</a>"));
  EXPECT_EQ(occurrences(findings, "<article id=\"finding-"), 7U);
  EXPECT_EQ(occurrences(findings, "</span> unknown"), 0U) << "the unknown one comes last";
  EXPECT_THAT(section_of(page, "keys"), HasSubstr("100 of 300 keys are listed, the worst first."));
  EXPECT_LE(page.size(), 2'000'000U);
}

TEST(CheckPage, SurvivesTimesAtTheEndOfTheClock) {
  for (const std::int64_t begin : {std::int64_t{0}, checker::kNever - 2}) {
    Judged judged = judged_stale_read();
    for (checker::Operation& op : judged.history.operations) {
      op.invoked_at = begin;
      op.returned_at = checker::kNever - 1;
    }
    judged.history.operations[5].returned_at = checker::kNever;
    const std::string page = page_of(judged);
    EXPECT_THAT(section_of(page, "timeline"), HasSubstr("These 4 operations suffice"));
    EXPECT_LE(page.size(), 2'000'000U);
  }
}

// Operations of a transaction have no key, but what is found may have one.
TEST(CheckPage, AFindingWithinTransactionsIsNotTakenForOneOnAKey) {
  Judged judged = judged_stale_read();
  for (checker::Operation& op : judged.history.operations) op.key = "";
  judged.result.reports[0].key = "x";
  const std::string page = page_of(judged);
  EXPECT_THAT(page, HasSubstr("of key x</h1>"));
  EXPECT_THAT(section_of(page, "keys"), HasSubstr("the whole store</span>"));
  EXPECT_THAT(section_of(page, "keys"), HasSubstr("<td>nothing of its own"));
  const Surroundings around = surroundings_of(judged.history, judged.result.reports[0]);
  EXPECT_GT(around.operations.size(), 4U) << "not the witness alone";
}

std::string decoded(std::string_view text) {
  std::string out;
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<std::uint32_t>(kLetters.find(c));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xFFU);
  }
  return out;
}

TEST(CheckPage, TheWitnessCanBeSavedAndReadAgain) {
  const Judged judged = judged_stale_read();
  std::string link;
  for (const auto& tag : html_tags(page_of(judged))) {
    for (const auto& [name, value] : tag.attributes) {
      if (name == "href" && value.starts_with("data:application/")) link = value;
    }
  }
  const std::size_t begin = link.find("base64,");
  ASSERT_NE(begin, std::string::npos);
  std::istringstream file(decoded(link.substr(begin + 7)));
  const auto history = checker::read_history(file, "witness.jsonl");
  ASSERT_TRUE(history) << history.problem().text();
  EXPECT_EQ(history.value(), checker::sub_history(judged.history, {2, 4, 5, 6}).history);
}

TEST(CheckPage, AMillionOperationsStayBelowTwoMegabytes) {
  const Judged judged = testing::judged_large(1'000'000);
  const std::string page = page_of(judged);
  EXPECT_LE(page.size(), 2'000'000U);
  EXPECT_THAT(page, HasSubstr("1,000,000: "));
  EXPECT_THAT(section_of(page, "timeline"), HasSubstr("These 3 operations suffice"));
  EXPECT_EQ(page, page_of(judged)) << "the same again";
}

// What is drawn around a finding is on its key and includes the witness, also where the witness
// spans the whole history.
TEST(Surroundings, AreOnTheKeyAndHaveTheWitness) {
  Judged judged = testing::judged_large(100'000);
  Report report = judged.result.reports[0];
  for (const bool wide : {false, true}) {
    if (wide) {
      const auto on_key = [&](std::uint64_t i) {
        return judged.history.operations[i].key == report.key;
      };
      std::uint64_t first = 0;
      while (!on_key(first)) ++first;
      report.witness[0] = first;
    }
    const Surroundings around = surroundings_of(judged.history, report);
    EXPECT_TRUE(std::is_sorted(around.operations.begin(), around.operations.end()));
    EXPECT_LE(around.operations.size(), kSurroundingsMax);
    EXPECT_GT(around.operations.size(), report.witness.size());
    EXPECT_GE(around.in_view, around.operations.size());
    EXPECT_EQ(wide, around.in_view > around.operations.size());
    for (const std::uint64_t index : around.operations) {
      EXPECT_EQ(judged.history.operations[index].key, report.key);
    }
    for (const std::uint64_t index : report.witness) {
      EXPECT_TRUE(std::binary_search(around.operations.begin(), around.operations.end(), index));
      EXPECT_TRUE(around.shown.contains(judged.history.operations[index].invoked_at));
    }
  }
  EXPECT_THAT(page_of(Judged{judged.history,
                             [&] {
                               checker::CheckResult result;
                               result.add(report);
                               return result;
                             }(),
                             "wide.jsonl"}),
              HasSubstr("operations on this key in this part are drawn"));
}

}  // namespace
}  // namespace plumbline::reports
