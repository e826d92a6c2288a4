// The checker is put to the test: what a right store answered is valid; broken in one of many ways,
// each time for certain, it is not, and the explanation names the operations to blame.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "checker/explain/glossary.h"
#include "tests/checker/mutations/mutation.h"

namespace plumbline::checker {
namespace {

constexpr int kHistories = 60;
constexpr std::uint64_t kSeedsMax = 3000;

// What was seen of one mutation: a row of the table.
struct Row {
  std::string_view name;
  int histories = 0;
  std::size_t witness_min = SIZE_MAX;
  std::size_t witness_max = 0;
  std::map<std::string, int> topics;
  std::string example;

  void add(const Report& finding) {
    ++histories;
    witness_min = std::min(witness_min, finding.witness.size());
    witness_max = std::max(witness_max, finding.witness.size());
    ++topics[finding.topic];
    if (example.empty()) example = finding.sentence;
  }

  void print() const {
    std::string names;
    for (const auto& [topic, count] : topics) {
      names += (names.empty() ? "" : ", ") + topic + " " + std::to_string(count);
    }
    std::printf("%-28.*s %4d  %zu..%zu  %s\n    %s\n", static_cast<int>(name.size()), name.data(),
                histories, witness_min, witness_max, names.c_str(), example.c_str());
  }
};

bool names(const Report& finding, std::size_t index) {
  return std::find(finding.witness.begin(), finding.witness.end(), index) != finding.witness.end();
}

void expect_readable(const CheckResult& result) {
  for (const Report& report : result.reports) {
    if (report.verdict != Verdict::kInvalid) continue;
    EXPECT_NE(glossary_entry(report.topic), nullptr) << "no topic '" << report.topic << "'";
    EXPECT_FALSE(report.sentence.empty());
    EXPECT_FALSE(report.witness.empty()) << report.sentence;
  }
}

void expect_explained(const Report& finding, const Mutation& mutation, const Blame& blame) {
  const auto& topics = mutation.topics;
  EXPECT_NE(std::find(topics.begin(), topics.end(), finding.topic), topics.end()) << finding.topic;
  EXPECT_LE(finding.witness.size(), mutation.witness_max);
  for (const std::size_t index : blame.each) {
    EXPECT_TRUE(names(finding, index)) << "the witness lacks operation " << index;
  }
  EXPECT_TRUE(blame.one_of.empty() ||
              std::any_of(blame.one_of.begin(), blame.one_of.end(),
                          [&](std::size_t index) { return names(finding, index); }))
      << "the witness has none of " << ::testing::PrintToString(blame.one_of);
}

// Refused and explained; false if the history has no place for the mutation.
bool judge(const Mutation& mutation, std::uint64_t seed, Row& row) {
  Dice dice(seed);
  History history = mutation.valid(dice);
  const History before = history;
  const std::optional<Blame> blame = mutation.apply(history, dice);
  if (!blame) return false;
  const CheckResult right = check_history(before, mutation.options);
  EXPECT_EQ(right.verdict, Verdict::kValid)
      << (right.finding() == nullptr ? "" : right.finding()->sentence);
  const CheckResult wrong = check_history(history, mutation.options);
  EXPECT_EQ(wrong.verdict, Verdict::kInvalid)
      << (wrong.finding() == nullptr ? "" : wrong.finding()->sentence);
  if (wrong.verdict != Verdict::kInvalid) return true;
  expect_readable(wrong);
  const Report& finding = *wrong.finding();
  SCOPED_TRACE(finding.sentence + " " + ::testing::PrintToString(finding.witness));
  expect_explained(finding, mutation, *blame);
  row.add(finding);
  return true;
}

Row judge(const Mutation& mutation) {
  Row row;
  row.name = mutation.name;
  int tried = 0;
  for (std::uint64_t seed = 0; tried < kHistories && seed < kSeedsMax; ++seed) {
    SCOPED_TRACE(std::string(mutation.name) + ", seed " + std::to_string(seed));
    tried += judge(mutation, seed, row) ? 1 : 0;
  }
  EXPECT_EQ(tried, kHistories) << mutation.name;
  return row;
}

TEST(Mutations, EachIsRefusedAndExplained) {
  std::vector<Row> rows;
  for (auto* mutations : {register_mutations, string_mutations, transaction_mutations,
                          store_mutations, watch_mutations, workload_mutations}) {
    for (const Mutation& mutation : mutations()) rows.push_back(judge(mutation));
  }
  std::printf("mutation, histories, operations in the witness, topics, an example\n");
  for (const Row& row : rows) row.print();
}

}  // namespace
}  // namespace plumbline::checker
