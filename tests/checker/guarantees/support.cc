#include "tests/checker/guarantees/support.h"

#include <algorithm>

#include "checker/history/text.h"

namespace plumbline::checker {
namespace {

void expect_well_formed(const Report& report, std::string_view guarantee, const History& history) {
  EXPECT_EQ(report.property, guarantee);
  EXPECT_EQ(report.sentence.empty(), report.verdict == Verdict::kValid);
  EXPECT_TRUE(std::is_sorted(report.witness.begin(), report.witness.end()));
  EXPECT_EQ(std::adjacent_find(report.witness.begin(), report.witness.end()), report.witness.end());
  for (const std::uint64_t index : report.witness) EXPECT_LT(index, history.operations.size());
  EXPECT_LE(report.from, report.to);
  EXPECT_FALSE(report.verdict == Verdict::kInvalid && report.topic.empty() &&
               report.witness.empty());
}

}  // namespace

std::vector<Report> reports_of(std::string_view guarantee, const History& history,
                               const GuaranteeOptions& options) {
  EXPECT_EQ(fault_of(history), std::nullopt);
  const GuaranteeInfo* info = guarantee_named(guarantee);
  if (info == nullptr) {
    ADD_FAILURE() << "no guarantee " << guarantee;
    return {};
  }
  std::vector<Report> reports = info->run(history, options);
  EXPECT_FALSE(reports.empty());
  for (const Report& report : reports) expect_well_formed(report, guarantee, history);
  return reports;
}

Verdict verdict_of(std::string_view guarantee, const History& history,
                   const GuaranteeOptions& options) {
  Verdict verdict = Verdict::kValid;
  for (const Report& report : reports_of(guarantee, history, options)) {
    verdict = merge(verdict, report.verdict);
  }
  return verdict;
}

void expect_violation(const std::vector<Report>& reports, std::string_view topic,
                      std::string_view sentence, const Indices& witness) {
  ASSERT_FALSE(reports.empty());
  const Report& report = reports.front();
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.topic, topic);
  EXPECT_EQ(report.sentence, sentence);
  EXPECT_EQ(report.witness, witness);
}

std::string all_of(const History& history) {
  std::string out = "\n";
  for (const Operation& op : history.operations) {
    out += "  [" + std::to_string(op.invoked_at) + ", " +
           (op.returned_at == kNever ? "never" : std::to_string(op.returned_at)) + "] " +
           client_text(op) + " -> " + answer_text(op) + "\n";
  }
  return out;
}

Operation* some_answered(History& history, Function function, Dice& dice) {
  if (history.operations.empty()) return nullptr;
  const auto n = static_cast<std::int64_t>(history.operations.size());
  for (int i = 0; i < 8; ++i) {
    Operation& op = history.operations[static_cast<std::size_t>(dice.below(n))];
    const bool fits = op.function == function && op.outcome == Outcome::kOk && !op.results.empty();
    if (fits) return &op;
  }
  return nullptr;
}

}  // namespace plumbline::checker
