#include "checker/verdict/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "checker/verdict/render.h"
#include "checker/verdict/verdict_json.h"
#include "tests/checker/support/builder.h"

namespace plumbline::checker {
namespace {

constexpr std::array kAll = {Verdict::kValid, Verdict::kUnknown, Verdict::kInvalid};

TEST(VerdictMerge, IsAssociativeCommutativeAndIdempotentWithValidAsNeutral) {
  for (const Verdict a : kAll) {
    EXPECT_EQ(merge(a, a), a);
    EXPECT_EQ(merge(a, Verdict::kValid), a);
    EXPECT_EQ(merge(a, Verdict::kInvalid), Verdict::kInvalid);
    for (const Verdict b : kAll) {
      EXPECT_EQ(merge(a, b), merge(b, a));
      for (const Verdict c : kAll) EXPECT_EQ(merge(merge(a, b), c), merge(a, merge(b, c)));
    }
  }
  EXPECT_EQ(merge(Verdict::kValid, Verdict::kUnknown), Verdict::kUnknown);
}

CheckResult example() {
  CheckResult result;
  result.model = "kv-append";
  result.operations = 3;
  result.keys = 1;
  result.add(Report{.verdict = Verdict::kValid, .property = "revisions", .steps = 3});
  result.add(Report{.verdict = Verdict::kUnknown,
                    .property = "linearizability",
                    .key = "y",
                    .sentence = "undecided",
                    .from = 1,
                    .to = 9,
                    .steps = 20,
                    .undecided = {1, 2}});
  result.add(Report{.verdict = Verdict::kInvalid,
                    .property = "linearizability",
                    .key = std::string("\xff\0", 2),
                    .sentence = "because \xfe",
                    .witness = {0, 2},
                    .from = 5,
                    .to = 7,
                    .steps = 12});
  return result;
}

// A report with everything that a report can have.
Report proven() {
  Report report;
  report.verdict = Verdict::kInvalid;
  report.property = "linearizability";
  report.key = "x";
  report.topic = "stale-read";
  report.sentence = "Because.";
  report.argument = {"Let", "  T1 = put(x, 7)", "  bytes \xfe"};
  report.witness = {0, 1, 2};
  report.orders = {{.order = {0, 1, 2}, .fails_at = 2, .why = "expected 7, got 5"},
                   {.order = {1}, .fails_at = 0, .why = "why \xfd", .stands_for = 4}};
  report.ruled_out = {"linearizable"};
  report.still_possible = {"sequential", "causal"};
  return report;
}

TEST(VerdictReport, TheResultCarriesTheWorstVerdictAndItsFinding) {
  const CheckResult result = example();
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  ASSERT_NE(result.finding(), nullptr);
  EXPECT_EQ(result.finding()->sentence, "because \xfe");
  EXPECT_EQ(CheckResult{}.finding(), nullptr);
}

TEST(VerdictJson, RoundTrip) {
  const auto read = check_result_from_json(to_json(example()), "verdict.json");
  ASSERT_TRUE(read.ok()) << read.problem().text();
  EXPECT_EQ(read.value(), example());
}

TEST(VerdictJson, RoundTripOfEverythingThatAReportCanHave) {
  CheckResult result;
  result.add(proven());
  const auto read = check_result_from_json(to_json(result), "verdict.json");
  ASSERT_TRUE(read.ok()) << read.problem().text();
  EXPECT_EQ(read.value(), result);
}

// Files from before reports had a topic, an argument and so on.
TEST(VerdictJson, AFileWithoutReasonsStillReads) {
  const std::string report =
      R"({"verdict":"invalid","property":"p","key":"k","sentence":"s","witness":[1],"from":2,)"
      R"("to":3,"steps":4,"undecided":[]})";
  const auto read = check_result_from_json(
      R"({"plumbline_verdict":1,"verdict":"invalid","model":"m","operations":5,"keys":1,)"
      R"("reports":[)" +
          report + "]}",
      "verdict.json");
  ASSERT_TRUE(read.ok()) << read.problem().text();
  const Report expected{.verdict = Verdict::kInvalid,
                        .property = "p",
                        .key = "k",
                        .sentence = "s",
                        .witness = {1},
                        .from = 2,
                        .to = 3,
                        .steps = 4};
  ASSERT_EQ(read.value().reports.size(), 1U);
  EXPECT_EQ(read.value().reports[0], expected);
}

void expect_problem(const std::string& text, const std::string& problem) {
  const auto read = check_result_from_json(text, "verdict.json");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.problem().text(), "verdict.json: " + problem);
}

TEST(VerdictJson, BadInputIsOneLine) {
  expect_problem("", "not valid JSON at byte 1");
  expect_problem("[]", "not a JSON object");
  const std::string good = to_json(CheckResult{});
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  expect_problem(with("\"model\"", "\"modle\""),
                 "unknown member 'modle'; the nearest known one is 'model'");
  expect_problem(with("\"valid\"", "\"vlaid\""),
                 "unknown verdict 'vlaid'; the nearest known one is 'valid'");
  expect_problem(with("\"plumbline_verdict\": 1", "\"plumbline_verdict\": 2"),
                 "the version of the format is not known");
  expect_problem(with("\"keys\": 0", "\"keys\": -1"), "member 'keys' must not be negative");
  expect_problem(with("\"reports\": []", "\"reports\": [{}]"),
                 "report 0: member 'verdict' is missing");
}

TEST(VerdictJson, BadReasonsAreOneLine) {
  CheckResult result;
  result.add(proven());
  const std::string good = to_json(result);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  expect_problem(with("\"fails_at\": 2", "\"fails_at\": 3"),
                 "report 0: order 0: member 'fails_at' lies outside the order");
  expect_problem(with("\"stands_for\": 4", "\"stands_for\": -4"),
                 "report 0: order 1: member 'stands_for' must not be negative");
  expect_problem(with("\"stands_for\"", "\"stand_for\""),
                 "report 0: order 1: unknown member 'stand_for'; the nearest known one is "
                 "'stands_for'");
  expect_problem(with("\"sequential\"", "7"),
                 "report 0: member 'still_possible' must be a list of strings");
  expect_problem(with("\"ruled_out\"", "\"ruled_owt\""),
                 "report 0: unknown member 'ruled_owt'; the nearest known one is 'ruled_out'");
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  return longest;
}

TEST(VerdictText, ShowsTheProofAllOrdersAndWhereToReadOn) {
  HistoryBuilder h;
  h.put(1, 5, 1000).ok(2000);
  h.put(2, 7, 12000).ok(12044);
  h.get(3, 12050).ok(12060, {5});
  EXPECT_EQ(render_text(proven(), h),
            "  invalid  linearizability of key x (0 steps)\n"
            "    Because.\n"
            "    #0  c1  1.000 s  to 2.000 s   put(x, 5)  -> ok\n"
            "    #1  c2  12.000 s to 12.044 s  put(x, 7)  -> ok\n"
            "    #2  c3  12.050 s to 12.060 s  get(x)     -> 5\n"
            "    Let\n"
            "      T1 = put(x, 7)\n"
            "      bytes \xfe\n"
            "    every order that agrees with real time, and what breaks it:\n"
            "      #0 #1 #2   #2: expected 7, got 5\n"
            "      #1 ...     #1: why \xfd (4 orders begin so)\n"
            "    ruled out: linearizable; still possible: sequential, causal\n"
            "    what that means: plumbline explain stale-read\n");
}

TEST(VerdictText, BreaksLongLinesAtSpacesAndShortensLongLists) {
  Report report = proven();
  for (int i = 0; i < 40; ++i) report.sentence += " several words";
  for (int i = 0; i < 40; ++i) report.argument[1] += " and more";
  report.orders.assign(50, report.orders[0]);
  const std::string text = render_text(report, History{});
  EXPECT_LE(longest_line(text), 100U) << text;
  EXPECT_GE(longest_line(text), 90U) << text;
  EXPECT_NE(text.find("      and 38 more\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n          more and"), std::string::npos) << "goes on further in\n" << text;
}

TEST(VerdictText, AWordThatIsLongerThanALineStaysWhole) {
  Report report = proven();
  report.sentence = "a " + std::string(150, 'x') + " b";
  EXPECT_NE(render_text(report, History{}).find("\n    " + std::string(150, 'x') + "\n    b\n"),
            std::string::npos);
}

TEST(VerdictText, ShowsSentenceAndWitness) {
  HistoryBuilder h;
  h.put(1, 5, 1000).ok(2000);
  h.put(2, 7, 12000).ok(12044).revision(9);
  h.get(3, 12050).ok(12060, {5});
  CheckResult result;
  result.operations = 3;
  result.keys = 1;
  result.model = "kv-append";
  result.add(Report{.verdict = Verdict::kInvalid,
                    .property = "linearizability",
                    .key = "x",
                    .sentence = "Because.",
                    .witness = {0, 1, 2, 99},
                    .steps = 8});
  result.add(Report{.verdict = Verdict::kUnknown,
                    .property = "linearizability",
                    .key = "y",
                    .sentence = "Undecided.",
                    .steps = 9,
                    .undecided = {1, 2, 3, 4, 5, 6, 7, 8}});
  EXPECT_EQ(render_text(result, h),
            "invalid: 3 operations on 1 key, model kv-append\n"
            "  invalid  linearizability of key x (8 steps)\n"
            "    Because.\n"
            "    #0  c1  1.000 s  to 2.000 s   put(x, 5)  -> ok\n"
            "    #1  c2  12.000 s to 12.044 s  put(x, 7)  -> ok, at revision 9\n"
            "    #2  c3  12.050 s to 12.060 s  get(x)     -> 5\n"
            "  unknown  linearizability of key y (9 steps)\n"
            "    Undecided.\n"
            "    undecided operations: #1 #2 #3 #4 #5 #6 and 2 more\n");
}

}  // namespace
}  // namespace plumbline::checker
