#include "checker/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "checker/linear/models.h"
#include "tests/checker/support/builder.h"

namespace plumbline::checker {
namespace {

std::vector<std::string> properties(const CheckResult& result) {
  std::vector<std::string> names;
  for (const Report& report : result.reports) names.push_back(report.property);
  return names;
}

TEST(CheckHistory, PicksTheModelFromTheFunctions) {
  HistoryBuilder registers;
  registers.write(1, 5, 10).ok(20);
  EXPECT_EQ(check_history(registers).model, "cas-register");

  HistoryBuilder map;
  map.write(1, 5, 10).ok(20);
  map.get(1, 30).ok(40, {5});
  EXPECT_EQ(check_history(map).model, "kv-append");
}

TEST(CheckHistory, TheCallerNamesTheModelBeforeTheHistoryDoes) {
  HistoryBuilder h;
  h.write(1, 5, 10).ok(20);
  History history = h;
  history.meta.semantics = "kv-append";
  EXPECT_EQ(check_history(history).model, "kv-append");
  EXPECT_EQ(check_history(history, {.model = "cas-register"}).model, "cas-register");
}

TEST(CheckHistory, AModelThatDoesNotFitIsUnknownNotAPass) {
  HistoryBuilder h;
  h.put(1, 5, 10).ok(20);
  const CheckResult lacking = check_history(h, {.model = "cas-register"});
  EXPECT_EQ(lacking.verdict, Verdict::kUnknown);
  EXPECT_EQ(lacking.reports[0].sentence,
            "not judged because the model cas-register lacks a function of the history");
  const CheckResult unknown = check_history(h, {.model = "kv-apend"});
  EXPECT_EQ(unknown.verdict, Verdict::kUnknown);
  EXPECT_EQ(unknown.reports[0].sentence,
            "not judged because of an unknown model 'kv-apend'; the nearest known one is "
            "'kv-append'");
}

TEST(CheckHistory, RunsWhatApplies) {
  HistoryBuilder h;
  h.append(1, "a", 10).ok(20).revision(3).session(1, 1);
  using Names = std::vector<std::string>;
  EXPECT_EQ(properties(check_history(h)),
            (Names{"linearizability", "revisions", "at-most-once", "failed-leaves-no-trace",
                   "acknowledged-stays", "retries-answer-alike"}));
  EXPECT_EQ(properties(check_history(h, {.model = "", .level = "session"})),
            (Names{"at-most-once", "failed-leaves-no-trace", "acknowledged-stays",
                   "retries-answer-alike", "monotonic-writes", "monotonic-revisions"}));
}

TEST(CheckHistory, TheSessionLevelAllowsStaleReads) {
  HistoryBuilder h;
  h.put(1, 5, 10).ok(20);
  h.get(2, 30).ok(40, {Value()});
  EXPECT_EQ(check_history(h).verdict, Verdict::kInvalid);
  EXPECT_EQ(check_history(h, {.model = "", .level = "session"}).verdict, Verdict::kValid);
}

TEST(CheckHistory, ALevelThatIsNoneOfTheModelIsRefused) {
  HistoryBuilder lock;
  lock.call(1, Function::kAcquire, "x", {}, 10).ok(20);
  const CheckResult result = check_history(lock, {.model = "", .level = "session"});
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_EQ(result.reports[0].sentence,
            "not judged because the level session is none of the model mutex, which knows "
            "linearizable");
}

TEST(CheckHistory, AHistoryThatBreaksItsInvariantsIsNotJudged) {
  const auto sentence = [](const History& history) {
    const CheckResult result = check_history(history);
    EXPECT_EQ(result.verdict, Verdict::kUnknown);
    EXPECT_EQ(result.reports.size(), 1U);
    return result.reports[0].sentence;
  };
  HistoryBuilder order;
  order.put(1, 5, 30).ok(40);
  order.put(2, 6, 10).ok(20);
  EXPECT_EQ(sentence(order),
            "not judged because operation 1 is called before the operation listed before it");

  HistoryBuilder twice;
  twice.put(1, 5, 10).ok(40);
  twice.put(1, 6, 20).ok(30);
  EXPECT_EQ(sentence(twice),
            "not judged because operation 1 is called by process 1 while an operation of that "
            "process is open");

  HistoryBuilder request;
  request.append(1, "a", 10).ok(20).session(3, 1);
  request.append(1, "b", 30).ok(40).session(3, 1);
  EXPECT_EQ(sentence(request),
            "not judged because operation 1 asks under session 3, sequence 1 for something else "
            "than before");

  HistoryBuilder answer;
  answer.get(1, 10).ok(20);
  EXPECT_EQ(sentence(answer), "not judged because operation 0: get answers with at least 1 result");
}

TEST(CheckNames, AnUnknownNameIsToldTheNearest) {
  EXPECT_TRUE(check_names({.model = "cas-register", .level = "session"}).ok());
  EXPECT_EQ(check_names({.model = "", .level = "linearisable"}).problem().text(),
            "--level: unknown level 'linearisable'; the nearest known one is 'linearizable'");
  EXPECT_EQ(check_names({.model = "registers"}).problem().text(),
            "--model: unknown model 'registers'; the nearest known one is 'register'");
}

TEST(Models, EveryModelIsFoundByItsNameAndSaysHowItStarts) {
  const std::map<std::string_view, std::string> starts = {
      {"mutex", "unlocked"},
      {"owned-mutex", "unlocked"},
      {"queue", "[]"},
      {"unordered-queue", "[]"},
      {"set", "[]"},
      {"counter", "0"},
      {"multi-register", "{}"},
  };
  for (const ModelInfo& info : models()) {
    EXPECT_EQ(model_named(info.name), &info);
    const auto model = info.make({});
    std::vector<Entry> none;
    model->meet({});
    model->prepare(none);
    const auto start = starts.find(info.name);
    EXPECT_EQ(model->text(model->initial()), start == starts.end() ? "nil" : start->second);
  }
}

}  // namespace
}  // namespace plumbline::checker
