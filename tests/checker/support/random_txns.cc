#include "tests/checker/support/random_txns.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace plumbline::checker {
namespace {

class TxnGenerator {
 public:
  TxnGenerator(const TxnShape& shape, Dice& dice) : shape_(shape), dice_(dice) {
    for (int i = 0; i < shape.keys; ++i) slots_.push_back(new_key());
  }

  History generate() {
    plan();
    std::vector<std::size_t> order(planned_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return planned_[a].happens_at < planned_[b].happens_at;
    });
    for (const std::size_t i : order) carry_out(planned_[i]);
    History history;
    std::stable_sort(planned_.begin(), planned_.end(), [](const Planned& a, const Planned& b) {
      return a.op.invoked_at < b.op.invoked_at;
    });
    history.operations.reserve(planned_.size());
    for (Planned& planned : planned_) history.operations.push_back(std::move(planned.op));
    return history;
  }

 private:
  struct Planned {
    Operation op;
    std::int64_t happens_at = 0;
    bool happens = true;
    bool lies = false;
  };
  struct KeyState {
    Value::List states;  // Of a register: every value it had. Of a list: its elements.
    int written = 0;
  };

  std::size_t new_key() {
    keys_.emplace_back();
    return keys_.size() - 1;
  }

  std::int64_t gap() { return dice_.below(shape_.gap_max + 1); }

  void plan() {
    std::vector<std::int64_t> free_at(static_cast<std::size_t>(shape_.clients), 0);
    planned_.reserve(static_cast<std::size_t>(shape_.transactions));
    for (int i = 0; i < shape_.transactions; ++i) {
      const auto client = static_cast<std::size_t>(dice_.below(shape_.clients));
      Planned& planned = planned_.emplace_back();
      Operation& op = planned.op;
      op.process = static_cast<std::int64_t>(client);
      op.function = Function::kTxn;
      op.invoked_at = free_at[client] + gap();
      op.returned_at = op.invoked_at + gap();
      free_at[client] = op.returned_at;
      planned.happens_at =
          op.invoked_at + dice_.below(std::max<std::int64_t>(1, op.returned_at - op.invoked_at));
      planned.lies = dice_.percent(shape_.lie_percent);
      choose_outcome(planned);
    }
  }

  void choose_outcome(Planned& planned) {
    planned.op.outcome = Outcome::kOk;
    if (dice_.percent(shape_.fail_percent)) {
      planned.op.outcome = Outcome::kFail;
      planned.happens = planned.lies && dice_.percent(50);
    } else if (dice_.percent(shape_.unknown_percent)) {
      planned.op.outcome = Outcome::kUnknown;
      planned.happens = dice_.percent(60);
      planned.happens_at += gap();
    } else if (planned.lies && dice_.percent(40)) {
      planned.happens_at += dice_.below(2 * shape_.gap_max + 1) - shape_.gap_max;
    }
  }

  void carry_out(Planned& planned) {
    const std::int64_t count = 1 + dice_.below(shape_.steps_max);
    Value::List asked;
    Value::List told;
    bool changed = false;
    for (std::int64_t i = 0; i < count; ++i) {
      std::size_t& slot = slots_[static_cast<std::size_t>(dice_.below(shape_.keys))];
      const bool writes = dice_.percent(50);
      if (!writes || (shape_.registers && !shape_.blind)) read(planned, slot, asked, told);
      if (!writes) continue;
      write(planned, slot, asked, told);
      changed = true;
    }
    planned.op.arguments = asked;
    if (planned.op.outcome == Outcome::kOk) planned.op.results = told;
    if (!shape_.revisions || planned.op.outcome != Outcome::kOk) return;
    if (changed) ++revision_;
    planned.op.revision = revision_;
  }

  void read(const Planned& planned, std::size_t key, Value::List& asked, Value::List& told) {
    const Value::List& states = keys_[key].states;
    std::size_t count = states.size();
    if (planned.lies && count > 0 && dice_.percent(60)) {
      count -= static_cast<std::size_t>(
          dice_.below(std::min<std::int64_t>(3, static_cast<std::int64_t>(count) + 1)));
    }
    Value seen;
    if (!shape_.registers) {
      seen =
          Value(Value::List(states.begin(), states.begin() + static_cast<std::ptrdiff_t>(count)));
    } else if (count > 0) {
      seen = states[count - 1];
    }
    asked.push_back(Value(Value::List{"r", name(key), Value()}));
    told.push_back(Value(Value::List{"r", name(key), std::move(seen)}));
  }

  void write(const Planned& planned, std::size_t& slot, Value::List& asked, Value::List& told) {
    const std::size_t key = slot;
    const Value value(++keys_[key].written);
    asked.push_back(Value(Value::List{shape_.registers ? "w" : "append", name(key), value}));
    told.push_back(asked.back());
    const bool torn = planned.lies && dice_.percent(20);
    if (planned.happens && !torn) keys_[key].states.push_back(value);
    if (shape_.retire_after > 0 && keys_[key].written >= shape_.retire_after) {
      Value::List().swap(keys_[key].states);
      slot = new_key();
    }
  }

  static Value name(std::size_t key) { return Value(static_cast<std::int64_t>(key)); }

  const TxnShape& shape_;
  Dice& dice_;
  std::vector<Planned> planned_;
  std::vector<KeyState> keys_;
  std::vector<std::size_t> slots_;
  std::int64_t revision_ = 0;
};

void change_list(Value::List& list, Dice& dice) {
  const auto at = [&] {
    return static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(list.size())));
  };
  switch (list.empty() ? 3 : dice.below(4)) {
    case 0: std::swap(list[at()], list[at()]); break;
    case 1: list.erase(list.begin() + static_cast<std::ptrdiff_t>(at())); break;
    case 2: list.push_back(list[at()]); break;
    default: list.push_back(Value(1 + dice.below(9))); break;
  }
}

}  // namespace

History random_txns(const TxnShape& shape, Dice& dice) {
  return TxnGenerator(shape, dice).generate();
}

History with_other_read(History history, Dice& dice) {
  std::vector<std::pair<std::size_t, std::size_t>> reads;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Values& results = history.operations[i].results;
    for (std::size_t j = 0; j < results.size(); ++j) {
      if (results[j].list()[0].text() == "r") reads.emplace_back(i, j);
    }
  }
  if (reads.empty()) return history;
  const auto [op, step] =
      reads[static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(reads.size())))];
  Value::List parts = history.operations[op].results[step].list();
  if (parts[2].is_list()) {
    Value::List list = parts[2].list();
    change_list(list, dice);
    parts[2] = Value(std::move(list));
  } else {
    parts[2] = dice.percent(20) ? Value() : Value(1 + dice.below(5));
  }
  history.operations[op].results[step] = Value(std::move(parts));
  return history;
}

}  // namespace plumbline::checker
