// What sources mean differently, and what a check must be told beside a history.

#include "checker/formats/semantics.h"

#include <gtest/gtest.h>

#include "checker/formats/micro.h"
#include "tests/checker/formats/loading.h"

namespace plumbline::checker {
namespace {

std::string refusal(std::string_view text) {
  const auto semantics = Semantics::parse(text);
  return semantics.ok() ? "none" : semantics.problem().text();
}

std::string params_refusal(std::string_view text) {
  const auto params = Params::parse(text);
  return params.ok() ? "none" : params.problem().text();
}

Told meant(std::string_view semantics, const std::string& micro) {
  return lines_of(micro, {.format = "micro", .semantics = std::string(semantics)});
}

TEST(Semantics, WordsAreReadInAnyOrder) {
  EXPECT_EQ(Semantics::parse("").value(), Semantics());
  EXPECT_EQ(Semantics::parse("strict").value(), Semantics());
  const Semantics both{.failed_erased = true, .nil_read_unknown = true};
  EXPECT_EQ(Semantics::parse("failed-erased,nil-read-unknown").value(), both);
  EXPECT_EQ(Semantics::parse(" nil-read-unknown failed-erased,").value(), both);
}

TEST(Semantics, UnknownWordsAreRefusedWithTheNearest) {
  EXPECT_EQ(refusal("failed-cas-observd"),
            "semantics: unknown word 'failed-cas-observd'; the nearest known one is "
            "'failed-cas-observed'");
  EXPECT_EQ(refusal("strict,failed-erased"), "semantics: 'strict' stands alone");
}

TEST(Semantics, AFailedComparisonIsAnAnswerWhereTheSourceMeansIt) {
  const std::string history = "c1 cas(x 1 2) fail; c1 w(x 1) fail";
  EXPECT_EQ(
      meant("failed-cas-observed", history),
      (Told{"c1 cas(x, 1, 2) [1000000..2000000] false", "c1 write(x, 1) [3000000..4000000] fail"}));
  EXPECT_EQ(meant("failed-erased", history).front(), "c1 cas(x, 1, 2) [1000000..2000000] fail");
}

TEST(Semantics, AReadOfNilSaysNothingWhereTheSourceMeansIt) {
  const std::string history = "c1 r(x)->nil; c1 r(x)->0; c1 get(x)->nil; c1 deq(q)->nil";
  EXPECT_EQ(meant("nil-read-unknown", history),
            (Told{"c1 read(x) [1000000..2000000] unknown", "c1 read(x) [3000000..4000000] 0",
                  "c1 get(x) [5000000..6000000] unknown", "c1 dequeue(q) [7000000..8000000] nil"}));
  EXPECT_EQ(meant("strict", history).front(), "c1 read(x) [1000000..2000000] nil");
}

TEST(Params, EveryParameter) {
  EXPECT_EQ(Params::parse("").value(), Params());
  EXPECT_EQ(Params::parse("init=nil").value().initial, Value());
  EXPECT_EQ(Params::parse("init=unlocked").value().initial, Value());
  EXPECT_EQ(Params::parse("init=0").value().initial, Value(0));
  EXPECT_EQ(Params::parse("init=\"\"").value().initial, Value(""));
  EXPECT_EQ(Params::parse("init=\"7\"").value().initial, Value("7"));
  const Params bank = Params::parse("total=30 accounts=3 negative=allowed").value();
  EXPECT_EQ(bank.total, 30);
  EXPECT_EQ(bank.accounts, 3);
  EXPECT_TRUE(bank.negative_allowed);
  EXPECT_FALSE(bank.initial.has_value());
  EXPECT_TRUE(Params::parse("independent-keys").value().independent_keys);
}

TEST(Params, ABankHasNoMoreAccountsThanFitIntoMemory) {
  for (const char* wrong : {"accounts=99999999999999", "accounts=-1"}) {
    EXPECT_FALSE(Params::parse(wrong).ok()) << wrong;
  }
}

TEST(Params, RefusalsSayWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"initial=0", "unknown parameter 'initial'; the nearest known one is 'init'"},
      {"total", "total needs a value: total=..."},
      {"total=many", "total takes an integer, not 'many'"},
      {"total=9223372036854775808", "total takes an integer, not '9223372036854775808'"},
      {"negative=yes", "negative takes 'allowed' or 'refused', not 'yes'"},
      {"independent-keys=yes", "independent-keys takes no value"},
      {"total=1 total=2", "total occurs twice"},
  };
  for (const auto& [text, problem] : cases) {
    EXPECT_EQ(params_refusal(text), "params: " + problem) << text;
  }
}

}  // namespace
}  // namespace plumbline::checker
