#include "tests/checker/guarantees/support.h"

#include <algorithm>
#include <optional>

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

struct Planned {
  Operation operation;
  std::optional<std::int64_t> effect_at;
};

Planned planned(const SimulatedShape& shape, Dice& dice, std::int64_t process, std::int64_t free_at,
                const std::function<void(Operation&)>& choose) {
  Planned plan;
  Operation& op = plan.operation;
  choose(op);
  op.process = process;
  op.invoked_at = free_at + dice.below(5);
  op.returned_at = op.invoked_at + dice.below(5);
  op.outcome = Outcome::kOk;
  plan.effect_at = op.invoked_at + dice.below(op.returned_at - op.invoked_at + 1);
  if (dice.percent(shape.fail_percent)) {
    op.outcome = Outcome::kFail;
    plan.effect_at.reset();
  } else if (dice.percent(shape.unknown_percent)) {
    op.outcome = Outcome::kUnknown;
    plan.effect_at = op.invoked_at + dice.below(20);
    if (dice.percent(40)) plan.effect_at.reset();
  }
  return plan;
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

History simulated(const SimulatedShape& shape, Dice& dice,
                  const std::function<void(Operation&)>& choose,
                  const std::function<void(Operation&)>& act) {
  std::vector<std::int64_t> free_at(static_cast<std::size_t>(shape.clients), 0);
  std::vector<Planned> plan;
  for (int i = 0; i < shape.operations; ++i) {
    const auto client = static_cast<std::size_t>(dice.below(shape.clients));
    plan.push_back(
        planned(shape, dice, static_cast<std::int64_t>(client), free_at[client], choose));
    free_at[client] = plan.back().operation.returned_at;
  }
  std::vector<Planned*> order;
  for (Planned& one : plan) {
    if (one.effect_at) order.push_back(&one);
  }
  std::stable_sort(order.begin(), order.end(), [](const Planned* a, const Planned* b) {
    return *a->effect_at < *b->effect_at;
  });
  for (Planned* one : order) act(one->operation);
  History history;
  for (Planned& one : plan) {
    if (one.operation.outcome != Outcome::kOk) one.operation.results.clear();
    history.operations.push_back(std::move(one.operation));
  }
  std::stable_sort(
      history.operations.begin(), history.operations.end(),
      [](const Operation& a, const Operation& b) { return a.invoked_at < b.invoked_at; });
  return history;
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
