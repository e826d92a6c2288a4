#include "checker/verdict/verdict.h"

#include <gtest/gtest.h>

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
