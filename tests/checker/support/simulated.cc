#include "tests/checker/support/simulated.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace plumbline::checker {
namespace {

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

}  // namespace plumbline::checker
