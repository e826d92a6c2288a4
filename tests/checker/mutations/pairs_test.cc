// Small histories in pairs: one that a right store gives, and nearly the same one that breaks a
// promise.

#include <gtest/gtest.h>

#include <string>

#include "checker/check.h"
#include "checker/explain/glossary.h"
#include "checker/formats/load.h"

namespace plumbline::checker {
namespace {

struct Kind {
  std::string name;  // Of the files.
  std::string model;
  std::string topic;  // Of what is broken, by any of its names.
};

const Kind kKinds[] = {
    {"stale-read", "cas-register", "stale-read"},
    {"lost-update", "cas-register", "lost-update"},
    {"failed-effect", "cas-register", "failed-effect"},
    {"resurrected-value", "kv-append", "resurrected-value"},
    {"duplicate-effect", "kv-append", "duplicate-effect"},
    {"revision-reuse", "cas-register", "revision-reuse"},
    {"torn-transaction", "list-append", "G-monotonic"},
    {"write-skew", "list-append", "G2-item"},
    {"lost-element", "set", "lost-element"},
    {"duplicate", "queue", "duplicate"},
    {"duplicate-id", "unique-ids", "duplicate-id"},
    {"out-of-bounds", "counter", "out-of-bounds"},
    {"wrong-total", "bank", "wrong-total"},
    {"double-acquire", "owned-mutex", "double-acquire"},
    {"long-fork", "long-fork", "long-fork"},
    {"watch-gap", "mvcc", "watch-gap"},
    {"early-lease-end", "mvcc", "early-lease-end"},
};

class Pairs : public ::testing::TestWithParam<Kind> {};

CheckResult judged(const Kind& kind, const std::string& ending) {
  const auto history = load_history_file("pairs/" + kind.name + ending);
  EXPECT_TRUE(history) << history.problem().text();
  return history ? check_history(history.value(), {.model = kind.model}) : CheckResult{};
}

TEST_P(Pairs, TheGoodOneIsValid) {
  const CheckResult result = judged(GetParam(), "-good.micro");
  EXPECT_EQ(result.verdict, Verdict::kValid)
      << (result.finding() == nullptr ? "" : result.finding()->sentence);
  EXPECT_GE(result.operations, 2U);
}

TEST_P(Pairs, TheBadOneIsInvalidAndCalledByItsName) {
  const CheckResult result = judged(GetParam(), "-bad.micro");
  ASSERT_EQ(result.verdict, Verdict::kInvalid);
  const Report& finding = *result.finding();
  EXPECT_NE(glossary_entry(finding.topic), nullptr) << finding.topic;
  EXPECT_EQ(glossary_entry(finding.topic), glossary_entry(GetParam().topic))
      << finding.topic << ": " << finding.sentence;
  EXPECT_LE(finding.witness.size(), 4U);
}

INSTANTIATE_TEST_SUITE_P(All, Pairs, ::testing::ValuesIn(kKinds), [](const auto& info) {
  std::string name = info.param.name;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace plumbline::checker
