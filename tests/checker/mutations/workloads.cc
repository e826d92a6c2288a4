// The workloads, each with a fault that its rule forbids.

#include <algorithm>
#include <utility>

#include "tests/checker/mutations/mutation.h"
#include "tests/checker/support/builder.h"
#include "tests/checker/support/model_histories.h"
#include "tests/checker/support/simulated.h"

namespace plumbline::checker {
namespace {

History by_model(std::string_view name, Dice& dice, int unknown_percent) {
  ModelShape shape;
  shape.operations = 40;
  shape.clients = 4;
  shape.unknown_percent = unknown_percent;
  Draw draw{dice};
  draw.plain = true;
  return right_history(*plain_model(name), shape, draw);
}

History queue(Dice& dice) { return by_model("unordered-queue", dice, 10); }
History set(Dice& dice) { return by_model("set", dice, 10); }
History counter(Dice& dice) { return by_model("counter", dice, 10); }

SimulatedShape long_shape() {
  SimulatedShape shape;
  shape.operations = 40;
  return shape;
}

History ids(Dice& dice) {
  std::int64_t next = 0;
  return simulated(
      long_shape(), dice, [](Operation& op) { op.function = Function::kGenerate; },
      [&](Operation& op) { op.results = {++next}; });
}

History bank(Dice& dice) {
  std::vector<std::int64_t> balances = {6, 4, 0};
  const auto choose = [&](Operation& op) {
    op.function = dice.percent(50) ? Function::kRead : Function::kTransfer;
    if (op.function == Function::kRead) return;
    op.arguments = {dice.below(3), dice.below(3), 1 + dice.below(3)};
  };
  const auto act = [&](Operation& op) {
    if (op.function == Function::kTransfer) {
      balances[static_cast<std::size_t>(op.arguments[0].number())] -= op.arguments[2].number();
      balances[static_cast<std::size_t>(op.arguments[1].number())] += op.arguments[2].number();
      return;
    }
    Value::List all;
    for (std::int64_t i = 0; i < 3; ++i) {
      all.push_back(list_of({i, balances[static_cast<std::size_t>(i)]}));
    }
    op.results = {Value(std::move(all))};
  };
  return simulated(long_shape(), dice, choose, act);
}

// Each key is written once; readers read all keys.
History forks(Dice& dice) {
  constexpr std::size_t kKeys = 4;
  std::vector<Value> seen(kKeys);
  std::int64_t written = 0;
  const auto choose = [&](Operation& op) {
    op.function = Function::kTxn;
    Value::List steps;
    if (dice.percent(20) && written < static_cast<std::int64_t>(kKeys)) {
      steps.push_back(list_of({"w", written++, 1}));
    } else {
      for (std::size_t key = 0; key < kKeys; ++key) {
        steps.push_back(list_of({"r", static_cast<std::int64_t>(key), Value()}));
      }
    }
    op.arguments = steps;
  };
  const auto act = [&](Operation& op) {
    Value::List told;
    for (const Value& step : op.arguments) {
      Value& now = seen[static_cast<std::size_t>(step.list()[1].number())];
      if (step.list()[0] == Value("w")) now = Value(1);
      told.push_back(with_item(step, 2, now));
    }
    op.results = told;
  };
  return simulated(long_shape(), dice, choose, act);
}

// Times with room between them.
History mutex(Dice& dice) {
  ModelShape shape;
  shape.operations = 30;
  shape.fail_percent = 0;
  shape.unknown_percent = 0;
  Draw draw{dice};
  History history = right_history(*plain_model("owned-mutex"), shape, draw);
  for (Operation& op : history.operations) {
    op.invoked_at *= 10;
    op.returned_at *= 10;
  }
  return history;
}

std::optional<Blame> dequeued_twice(History& history, Dice& dice) {
  const auto pair = some_pair(history, dice, [](const Operation& a, const Operation& b) {
    return answered(a, Function::kDequeue) && !a.results[0].is_nil() &&
           answered(b, Function::kDequeue) && b.results[0].is_nil() && precedes(a, b);
  });
  if (!pair) return std::nullopt;
  history.operations[pair->second].results = history.operations[pair->first].results;
  return Blame{{pair->first, pair->second}, {}};
}

std::optional<Blame> lost_element(History& history, Dice& dice) {
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (!answered(op, Function::kRead)) continue;
    if (!last || history.operations[*last].returned_at <= op.returned_at) last = i;
  }
  if (!last) return std::nullopt;
  Operation& read = history.operations[*last];
  const auto add = some_index(history, dice, [&](const Operation& op) {
    return answered(op, Function::kAdd) && precedes(op, read);
  });
  if (!add) return std::nullopt;
  Value::List list = read.results[0].list();
  std::erase(list, history.operations[*add].arguments[0]);
  read.results = {Value(std::move(list))};
  return Blame{{*add, *last}, {}};
}

std::optional<Blame> id_twice(History& history, Dice& dice) {
  const auto pair = some_pair(history, dice, [](const Operation& a, const Operation& b) {
    return a.outcome == Outcome::kOk && b.outcome == Outcome::kOk;
  });
  if (!pair) return std::nullopt;
  history.operations[pair->second].results = history.operations[pair->first].results;
  return Blame{{pair->first, pair->second}, {}};
}

std::optional<Blame> counted_too_far(History& history, Dice& dice) {
  const auto read =
      some_index(history, dice, [](const Operation& op) { return answered(op, Function::kRead); });
  if (!read) return std::nullopt;
  Values& results = history.operations[*read].results;
  results = {results[0].number() + (dice.percent(50) ? 100 : -100)};
  return Blame{{*read}, {}};
}

std::optional<Blame> wrong_total(History& history, Dice& dice) {
  const auto read =
      some_index(history, dice, [](const Operation& op) { return answered(op, Function::kRead); });
  if (!read) return std::nullopt;
  const Value& balances = history.operations[*read].results[0];
  const auto account = static_cast<std::size_t>(dice.below(3));
  const Value& entry = balances.list()[account];
  const Value other(entry.list()[1].number() + 1 + dice.below(5));
  history.operations[*read].results = {with_item(balances, account, with_item(entry, 1, other))};
  return Blame{{*read}, {}};
}

// Two readers, each of which misses what the other sees.
std::optional<Blame> fork(History& history, Dice& dice) {
  const auto sees_both = [](const Operation& op) {
    return op.outcome == Outcome::kOk && op.results.size() > 1 &&
           !op.results[0].list()[2].is_nil() && !op.results[1].list()[2].is_nil();
  };
  const auto pair = some_pair(history, dice, [&](const Operation& a, const Operation& b) {
    return sees_both(a) && sees_both(b);
  });
  if (!pair) return std::nullopt;
  Values& first = history.operations[pair->first].results;
  first[0] = with_item(first[0], 2, Value());
  Values& second = history.operations[pair->second].results;
  second[1] = with_item(second[1], 2, Value());
  return Blame{{}, {pair->first, pair->second}};
}

// Another client gets the lock that nobody asks to release before.
std::optional<Blame> held_twice(History& history, Dice& dice) {
  const auto holder = some_index(history, dice, [&](const Operation& held) {
    return answered(held, Function::kAcquire) &&
           std::none_of(
               history.operations.begin(), history.operations.end(), [&](const Operation& op) {
                 return op.key == held.key && op.function == Function::kRelease &&
                        op.invoked_at <= held.returned_at + 2 && op.returned_at >= held.invoked_at;
               });
  });
  if (!holder) return std::nullopt;
  Operation second = history.operations[*holder];
  second.process = 99;
  second.invoked_at = history.operations[*holder].returned_at + 1;
  second.returned_at = second.invoked_at + 1;
  const auto at =
      std::find_if(history.operations.begin(), history.operations.end(),
                   [&](const Operation& op) { return op.invoked_at > second.invoked_at; });
  const auto index = static_cast<std::size_t>(at - history.operations.begin());
  history.operations.insert(at, std::move(second));
  return Blame{{index}, {*holder}};
}

CheckOptions bank_options() {
  CheckOptions options{.model = "bank"};
  options.params.total = 10;
  options.params.accounts = 3;
  options.params.negative_allowed = true;
  return options;
}

}  // namespace

std::vector<Mutation> workload_mutations() {
  return {
      {"queue element twice", {.model = "queue"}, 3, {"duplicate"}, queue, dequeued_twice},
      {"set element lost", {.model = "set"}, 2, {"lost-element"}, set, lost_element},
      {"unique id twice", {.model = "unique-ids"}, 2, {"duplicate-id"}, ids, id_twice},
      {"counter out of bounds",
       {.model = "counter"},
       2,
       {"out-of-bounds"},
       counter,
       counted_too_far},
      {"bank total wrong", bank_options(), 3, {"wrong-total"}, bank, wrong_total},
      {"mutex held twice", {.model = "owned-mutex"}, 4, {"double-acquire"}, mutex, held_twice},
      {"long fork", {.model = "long-fork"}, 4, {"long-fork"}, forks, fork},
  };
}

}  // namespace plumbline::checker
