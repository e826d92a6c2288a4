#include "tests/checker/support/model_histories.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace plumbline::checker {
namespace {

// A request with the instant at which it takes effect, if it does.
struct Planned {
  Operation operation;
  std::optional<std::int64_t> effect_at;
};

Planned planned(Operation op, const ModelShape& shape, Dice& dice) {
  op.outcome = Outcome::kOk;
  std::optional<std::int64_t> effect =
      op.invoked_at + dice.below(op.returned_at - op.invoked_at + 1);
  if (dice.percent(shape.fail_percent)) {
    op.outcome = Outcome::kFail;
    effect.reset();
  } else if (dice.percent(shape.unknown_percent)) {
    op.outcome = Outcome::kUnknown;
    effect = op.invoked_at + dice.below(5 * shape.gap_max + 1);
    if (dice.percent(40)) effect.reset();
  }
  return {std::move(op), effect};
}

std::vector<Planned> plan_of(const PlainModel& model, const ModelShape& shape, Draw& draw) {
  std::vector<Planned> plan;
  std::vector<std::int64_t> free_at(static_cast<std::size_t>(shape.clients), 0);
  for (int i = 0; i < shape.operations; ++i) {
    const auto client = static_cast<std::size_t>(draw.dice.below(shape.clients));
    Operation op;
    op.process = static_cast<std::int64_t>(client);
    op.key = std::string(1, static_cast<char>('a' + draw.dice.below(shape.keys)));
    model.draw(op, draw);
    op.invoked_at = free_at[client] + draw.dice.below(shape.gap_max + 1);
    op.returned_at = op.invoked_at + draw.dice.below(shape.gap_max + 1);
    free_at[client] = op.returned_at;
    plan.push_back(planned(std::move(op), shape, draw.dice));
  }
  return plan;
}

void take_effect(const PlainModel& model, std::vector<Planned>& plan, Dice& dice) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i].effect_at) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return *plan[a].effect_at < *plan[b].effect_at;
  });
  std::map<std::string, Value> store;
  for (const std::size_t i : order) {
    Operation& op = plan[i].operation;
    Value& state = store.try_emplace(op.key.str(), model.first_state()).first->second;
    const bool served = model.serve(op, state, dice);
    if (!served && op.outcome == Outcome::kOk) op.outcome = Outcome::kFail;
    if (op.outcome != Outcome::kOk) op.results.clear();
  }
}

void tell_a_lie(const PlainModel& model, Operation& op, Draw& draw) {
  switch (draw.dice.below(4)) {
    case 0:
      if (op.outcome == Outcome::kOk) {
        op.outcome = draw.dice.percent(50) ? Outcome::kFail : Outcome::kUnknown;
        op.results.clear();
      } else {
        op.outcome = Outcome::kOk;
        model.lie(op, draw);
      }
      break;
    case 1:
      // An earlier return keeps the order of calls and every process's peace.
      op.returned_at -= draw.dice.below(op.returned_at - op.invoked_at + 1);
      break;
    default:
      if (op.outcome == Outcome::kOk) model.lie(op, draw);
  }
}

}  // namespace

History right_history(const PlainModel& model, const ModelShape& shape, Draw& draw) {
  std::vector<Planned> plan = plan_of(model, shape, draw);
  take_effect(model, plan, draw.dice);
  History history;
  for (Planned& planned : plan) history.operations.push_back(std::move(planned.operation));
  std::stable_sort(
      history.operations.begin(), history.operations.end(),
      [](const Operation& a, const Operation& b) { return a.invoked_at < b.invoked_at; });
  return history;
}

History with_lies(const PlainModel& model, History history, Draw& draw) {
  const auto size = static_cast<std::int64_t>(history.operations.size());
  for (std::int64_t lies = 1 + draw.dice.below(3); lies > 0 && size > 0; --lies) {
    tell_a_lie(model, history.operations[static_cast<std::size_t>(draw.dice.below(size))], draw);
  }
  return history;
}

}  // namespace plumbline::checker
