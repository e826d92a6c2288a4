// Transactions over lists and registers, whose values are written once per key.

#include <algorithm>
#include <utility>

#include "tests/checker/mutations/mutation.h"
#include "tests/checker/support/random_txns.h"

namespace plumbline::checker {
namespace {

TxnShape shape() {
  TxnShape shape;
  shape.transactions = 120;
  shape.clients = 4;
  shape.keys = 2;
  shape.steps_max = 4;
  shape.unknown_percent = 5;
  shape.gap_max = 20;
  shape.retire_after = 12;
  return shape;
}

History lists(Dice& dice) { return random_txns(shape(), dice); }

History registers(Dice& dice) {
  TxnShape registers = shape();
  registers.registers = true;
  registers.revisions = true;
  registers.retire_after = 0;
  return random_txns(registers, dice);
}

// A step of a transaction as it was answered, or as it was asked for if that is all there is.
struct Step {
  std::string_view what;
  Value key;
  Value value;
};

std::vector<Step> steps_of(const Operation& op) {
  std::vector<Step> steps;
  const Values& from = op.outcome == Outcome::kOk ? op.results : op.arguments;
  for (const Value& step : from) {
    const Value::List& parts = step.list();
    steps.push_back({parts[0].text(), parts[1], parts[2]});
  }
  return steps;
}

// The only step on a key, if it is a read; npos if there is none such.
constexpr std::size_t kNone = SIZE_MAX;
std::size_t lone_read(const Operation& op, const Value& key) {
  std::size_t at = kNone;
  const std::vector<Step> steps = steps_of(op);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].key != key) continue;
    if (at != kNone || steps[i].what != "r") return kNone;
    at = i;
  }
  return op.outcome == Outcome::kOk ? at : kNone;
}

bool writes(const Operation& op, const Value& key, const Value& value) {
  const std::vector<Step> steps = steps_of(op);
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    return step.what != "r" && step.key == key && step.value == value;
  });
}

bool sees_write_of(const Operation& read, const Operation& writer, const Value& key) {
  for (const Step& step : steps_of(read)) {
    if (step.what != "r" || step.key != key) continue;
    const Value::List& list = step.value.list();
    if (std::any_of(list.begin(), list.end(),
                    [&](const Value& element) { return writes(writer, key, element); })) {
      return true;
    }
  }
  return false;
}

void set_read(Operation& op, std::size_t step, Value seen) {
  op.results[step] = with_item(op.results[step], 2, std::move(seen));
}

// An answered read that ends with what another transaction appended to that key.
struct LastSeen {
  std::size_t read = 0;
  std::size_t step = 0;
  std::size_t writer = 0;
  Value key;
};

template <typename Holds>
std::optional<LastSeen> some_last_seen(const History& history, Dice& dice, Holds holds) {
  std::optional<LastSeen> found;
  some_pair(history, dice, [&](const Operation& read, const Operation& writer) {
    for (const Step& step : steps_of(read)) {
      const std::size_t at = lone_read(read, step.key);
      if (at == kNone || step.value.list().empty()) continue;
      if (!writes(writer, step.key, step.value.list().back())) continue;
      if (!holds(read, writer, step.key)) continue;
      const Operation* all = history.operations.data();
      found = LastSeen{static_cast<std::size_t>(&read - all), at,
                       static_cast<std::size_t>(&writer - all), step.key};
      return true;
    }
    return false;
  });
  return found;
}

// All that the writer appended at the end of what was read is not seen.
void unsee(History& history, const LastSeen& seen) {
  Operation& op = history.operations[seen.read];
  Value::List list = op.results[seen.step].list()[2].list();
  while (!list.empty() && writes(history.operations[seen.writer], seen.key, list.back())) {
    list.pop_back();
  }
  set_read(op, seen.step, Value(std::move(list)));
}

// The reader sees what the writer appended to one key and not what it appended to another.
std::optional<Blame> torn(History& history, Dice& dice) {
  const auto seen = some_last_seen(
      history, dice, [](const Operation& read, const Operation& writer, const Value& key) {
        for (const Step& other : steps_of(writer)) {
          if (other.key != key && sees_write_of(read, writer, other.key)) return true;
        }
        return false;
      });
  if (!seen) return std::nullopt;
  unsee(history, *seen);
  return Blame{{seen->read}, {seen->writer}};
}

std::optional<Blame> delay(History& history, Dice& dice) {
  const auto seen = some_last_seen(
      history, dice, [](const Operation& read, const Operation& writer, const Value&) {
        return precedes(writer, read);
      });
  if (!seen) return std::nullopt;
  unsee(history, *seen);
  return Blame{{seen->read}, {}};
}

std::optional<Blame> twice(History& history, Dice& dice) {
  const auto seen = some_last_seen(
      history, dice, [](const Operation&, const Operation&, const Value&) { return true; });
  if (!seen) return std::nullopt;
  Operation& op = history.operations[seen->read];
  Value::List list = op.results[seen->step].list()[2].list();
  list.push_back(Value(list.back()));
  set_read(op, seen->step, Value(std::move(list)));
  return Blame{{seen->read}, {}};
}

// The last two elements of a read exchanged, of which one was there before the other was asked for.
std::optional<Blame> swap(History& history, Dice& dice) {
  Blame blame;
  const auto seen = some_last_seen(
      history, dice, [&](const Operation& read, const Operation& writer, const Value& key) {
        const Value whole = steps_of(read)[lone_read(read, key)].value;
        const Value::List& list = whole.list();
        if (list.size() < 2) return false;
        const auto before = some_index(history, dice, [&](const Operation& op) {
          return writes(op, key, list[list.size() - 2]) && precedes(op, writer);
        });
        if (before) blame.one_of = {*before};
        return before.has_value();
      });
  if (!seen) return std::nullopt;
  Operation& op = history.operations[seen->read];
  Value::List list = op.results[seen->step].list()[2].list();
  std::swap(list[list.size() - 1], list[list.size() - 2]);
  set_read(op, seen->step, Value(std::move(list)));
  blame.one_of.push_back(seen->read);
  blame.one_of.push_back(seen->writer);
  return blame;
}

std::optional<Blame> resurrect(History& history, Dice& dice) {
  for (int i = 0; i < 20; ++i) {
    const auto failed =
        some_index(history, dice, [](const Operation& op) { return op.outcome == Outcome::kFail; });
    if (!failed) return std::nullopt;
    for (const Step& step : steps_of(history.operations[*failed])) {
      if (step.what == "r") continue;
      const auto read = some_index(history, dice, [&](const Operation& op) {
        return lone_read(op, step.key) != kNone &&
               op.invoked_at > history.operations[*failed].invoked_at;
      });
      if (!read) continue;
      Operation& op = history.operations[*read];
      const std::size_t at = lone_read(op, step.key);
      Value::List list = op.results[at].list()[2].list();
      list.push_back(step.value);
      set_read(op, at, Value(std::move(list)));
      return Blame{{*read, *failed}, {}};
    }
  }
  return std::nullopt;
}

// A transaction that does nothing to a key but to replace what it read there.
std::optional<Pair> replaced(const Operation& op, const Value& key) {
  std::vector<std::size_t> on_key;
  const std::vector<Step> steps = steps_of(op);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].key == key) on_key.push_back(i);
  }
  if (op.outcome != Outcome::kOk || on_key.size() != 2) return std::nullopt;
  if (steps[on_key[0]].what != "r" || steps[on_key[1]].what != "w") return std::nullopt;
  return Pair{on_key[0], on_key[1]};
}

// Of two transactions where the second replaced what the first wrote, both come to replace the
// same.
std::optional<Blame> lost_update(History& history, Dice& dice) {
  for (const int key : {0, 1}) {
    const auto pair = some_pair(history, dice, [&](const Operation& a, const Operation& b) {
      const auto first = replaced(a, key);
      const auto second = replaced(b, key);
      return first && second && !steps_of(a)[first->first].value.is_nil() &&
             steps_of(b)[second->first].value == steps_of(a)[first->second].value;
    });
    if (!pair) continue;
    const Operation& first = history.operations[pair->first];
    Operation& second = history.operations[pair->second];
    set_read(second, replaced(second, key)->first,
             steps_of(first)[replaced(first, key)->first].value);
    return Blame{{pair->first, pair->second}, {}};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Mutation> transaction_mutations() {
  const CheckOptions append{.model = "list-append"};
  const std::vector<std::string_view> cycles = {"fractured-read",
                                                "G-monotonic",
                                                "G-single",
                                                "G-single-process",
                                                "G-single-realtime",
                                                "G-nonadjacent",
                                                "G2-item",
                                                "G2-item-process",
                                                "G2-item-realtime",
                                                "G1c",
                                                "G1c-process",
                                                "G1c-realtime",
                                                "G0",
                                                "G0-realtime",
                                                "G0-process",
                                                "lost-update",
                                                "internal",
                                                "G-nonadjacent-process",
                                                "G-nonadjacent-realtime",
                                                "incompatible-order"};
  return {
      {"txn torn", append, 4, cycles, lists, torn},
      {"txn sees what was replaced", append, 4, cycles, lists, delay},
      {"txn elements swapped", append, 4, cycles, lists, swap},
      {"txn element twice", append, 3, {"duplicate-elements", "incompatible-order"}, lists, twice},
      {"txn sees a failed append", append, 3, {"G1a"}, lists, resurrect},
      {"txn lost update", {.model = "rw-register"}, 3, {"lost-update"}, registers, lost_update},
  };
}

}  // namespace plumbline::checker
