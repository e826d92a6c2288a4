// Keys whose values grow by appends.

#include <algorithm>
#include <utility>

#include "tests/checker/mutations/mutation.h"

namespace plumbline::checker {
namespace {

RandomShape shape() {
  RandomShape shape;
  shape.map = true;
  shape.operations = 80;
  shape.clients = 4;
  shape.unknown_percent = 3;
  return shape;
}

History map(Dice& dice) { return linearizable_history(shape(), dice); }

History appends(Dice& dice) {
  RandomShape appends = shape();
  appends.only_appends = true;
  appends.operations = 40;
  return linearizable_history(appends, dice);
}

bool shows_tokens(const Operation& op) {
  return answered(op, Function::kGet) && op.results[0].is_list();
}

bool shows(const Operation& op, const Value& token) {
  if (!shows_tokens(op)) return false;
  const Value::List& list = op.results[0].list();
  return std::find(list.begin(), list.end(), token) != list.end();
}

std::optional<Blame> duplicate(History& history, Dice& dice) {
  const auto get = some_index(history, dice, shows_tokens);
  if (!get) return std::nullopt;
  Value::List list = history.operations[*get].results[0].list();
  list.push_back(Value(list.back()));
  history.operations[*get].results = {Value(std::move(list))};
  return Blame{{*get}, {}};
}

// No answer shows the token any more.
std::optional<Blame> drop_append(History& history, Dice& dice) {
  const auto pair = some_pair(history, dice, [](const Operation& append, const Operation& get) {
    return answered(append, Function::kAppend) && precedes(append, get) &&
           shows(get, append.arguments[0]);
  });
  if (!pair) return std::nullopt;
  const Value token = history.operations[pair->first].arguments[0];
  for (Operation& op : history.operations) {
    if (!shows(op, token)) continue;
    Value::List list = op.results[0].list();
    std::erase(list, token);
    op.results = {list.empty() ? Value() : Value(std::move(list))};
  }
  return Blame{{pair->first}, {}};
}

// What a put wrote and a delete took away is seen after the delete.
std::optional<Blame> resurrect_deleted(History& history, Dice& dice) {
  const auto after = some_pair(history, dice, [](const Operation& get, const Operation& erase) {
    return answered(get, Function::kGet) && answered(erase, Function::kDelete) &&
           precedes(erase, get);
  });
  if (!after) return std::nullopt;
  const auto put = some_index(history, dice, [&](const Operation& op) {
    return answered(op, Function::kPut) && precedes(op, history.operations[after->second]);
  });
  if (!put) return std::nullopt;
  history.operations[after->first].results = {history.operations[*put].arguments[0]};
  return Blame{{after->first}, {}};
}

}  // namespace

std::vector<Mutation> string_mutations() {
  const CheckOptions append{.model = "kv-append"};
  return {
      {"append seen twice", append, 4, {"duplicate-effect"}, map, duplicate},
      {"drop an append", append, 5, {"lost-write"}, appends, drop_append},
      {"resurrect a deleted value",
       append,
       4,
       {"resurrected-value", "stale-read"},
       map,
       resurrect_deleted},
  };
}

}  // namespace plumbline::checker
