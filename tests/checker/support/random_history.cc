#include "tests/checker/support/random_history.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace plumbline::checker {
namespace {

// One request with the instant at which it takes effect, if it does.
struct Planned {
  Operation operation;
  std::optional<std::int64_t> effect_at;
  std::optional<std::size_t> retry_of;  // An index of the plan: that one's effect is the answer.
};

class Generator {
 public:
  Generator(const RandomShape& shape, Dice& dice) : shape_(shape), dice_(dice) {}

  History generate() {
    std::vector<std::int64_t> free_at(shape_.clients, 0);
    for (int i = 0; i < shape_.operations; ++i) {
      const auto client = static_cast<std::size_t>(dice_.below(shape_.clients));
      const bool retry = dice_.percent(shape_.retry_percent) && plan_retry(client, free_at);
      if (!retry) plan_operation(client, free_at);
    }
    take_effect();
    return sorted();
  }

 private:
  std::int64_t gap() { return dice_.below(shape_.gap_max + 1); }

  void plan_operation(std::size_t client, std::vector<std::int64_t>& free_at) {
    Planned planned;
    Operation& op = planned.operation;
    op.process = static_cast<std::int64_t>(client);
    op.key = std::string(1, static_cast<char>('x' + dice_.below(shape_.keys)));
    choose_function(op);
    op.invoked_at = free_at[client] + gap();
    op.returned_at = op.invoked_at + gap();
    free_at[client] = op.returned_at;
    choose_outcome(planned);
    if (shape_.retry_percent > 0) op.set_session(SessionSequence{0, ++sequence_});
    plan_.push_back(std::move(planned));
  }

  void choose_outcome(Planned& planned) {
    Operation& op = planned.operation;
    op.outcome = Outcome::kOk;
    planned.effect_at = op.invoked_at + dice_.below(op.returned_at - op.invoked_at + 1);
    if (dice_.percent(shape_.fail_percent)) {
      op.outcome = Outcome::kFail;
      planned.effect_at.reset();
    } else if (dice_.percent(shape_.unknown_percent)) {
      op.outcome = Outcome::kUnknown;
      planned.effect_at = op.invoked_at + dice_.below(5 * shape_.gap_max + 1);
      if (dice_.percent(40)) planned.effect_at.reset();
    }
  }

  void choose_function(Operation& op) {
    const bool reads = dice_.percent(shape_.read_percent);
    if (shape_.map) {
      op.function = reads ? Function::kGet : map_change();
    } else {
      op.function = reads ? Function::kRead : dice_.percent(50) ? Function::kWrite : Function::kCas;
    }
    if (op.function == Function::kCas) op.arguments = {some_value(), new_value(false)};
    if (op.function == Function::kAppend) op.arguments = {new_value(true)};
    if (op.function == Function::kWrite || op.function == Function::kPut) {
      op.arguments = {new_value(false)};
    }
  }

  Function map_change() {
    if (shape_.only_appends) return Function::kAppend;
    const std::int64_t n = dice_.below(10);
    if (n < 5) return Function::kAppend;
    if (n < 7) return Function::kPut;
    return n < 8 ? Function::kDelete : Function::kCas;
  }

  Value new_value(bool token) {
    if (!shape_.unique_values) {
      if (!token && dice_.percent(10)) return Value();
      return Value(1 + dice_.below(3));
    }
    return Value(++counter_);
  }

  // One that may well be there.
  Value some_value() {
    if (!shape_.unique_values) return dice_.percent(25) ? Value() : Value(1 + dice_.below(3));
    if (counter_ == 0 || dice_.percent(20)) return Value();
    return Value(counter_ - dice_.below(std::min<std::int64_t>(counter_, 3)));
  }

  // A new attempt, by a client that is free, at a request whose outcome was unknown.
  bool plan_retry(std::size_t client, std::vector<std::int64_t>& free_at) {
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      const Operation& first = plan_[i].operation;
      const bool tried = first.outcome != Outcome::kUnknown || plan_[i].retry_of ||
                         first.returned_at > free_at[client] || retried_[i];
      if (tried) continue;
      Planned retry{first, std::nullopt, i};
      Operation& op = retry.operation;
      op.process = static_cast<std::int64_t>(client);
      op.invoked_at = free_at[client] + gap();
      op.returned_at = op.invoked_at + gap();
      op.outcome = Outcome::kOk;
      std::optional<std::int64_t>& effect = plan_[i].effect_at;
      if (!effect || *effect > op.returned_at) effect = op.returned_at;
      free_at[client] = op.returned_at;
      retried_[i] = true;
      plan_.push_back(std::move(retry));
      return true;
    }
    return false;
  }

  void take_effect() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      if (plan_[i].effect_at) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return *plan_[a].effect_at < *plan_[b].effect_at;
    });
    for (const std::size_t i : order) answer(plan_[i].operation);
    for (Planned& planned : plan_) {
      if (!planned.retry_of) continue;
      planned.operation.results = plan_[*planned.retry_of].operation.results;
      planned.operation.revision = plan_[*planned.retry_of].operation.revision;
    }
    for (Planned& planned : plan_) {
      if (planned.operation.outcome == Outcome::kOk) continue;
      planned.operation.results.clear();
      planned.operation.revision.reset();
    }
  }

  void answer(Operation& op) {
    Value& now = store_[op.key.str()];
    const Value before = now;
    switch (op.function) {
      case Function::kRead:
      case Function::kGet: op.results = {now}; break;
      case Function::kWrite:
      case Function::kPut: now = op.arguments[0]; break;
      case Function::kDelete:
        if (dice_.percent(shape_.blind_percent)) op.results = {Value(!now.is_nil())};
        now = Value();
        break;
      case Function::kAppend: {
        Value::List list;
        if (now.is_list()) list = now.list();
        if (!now.is_list() && !now.is_nil()) list.push_back(now);
        list.push_back(op.arguments[0]);
        now = Value(std::move(list));
        break;
      }
      case Function::kCas: answer_cas(op, now); break;
      default: break;
    }
    if (!shape_.revisions) return;
    const bool change = op.function != Function::kDelete ? before != now : !before.is_nil();
    if (change || op.function == Function::kPut || op.function == Function::kWrite) ++revision_;
    op.revision = revision_;
  }

  void answer_cas(Operation& op, Value& now) {
    const bool same_token =
        now.is_list() && now.list().size() == 1 && now.list()[0] == op.arguments[0];
    if (now == op.arguments[0] || same_token) {
      op.results = {Value(true)};
      now = op.arguments[1];
    } else if (dice_.percent(shape_.blind_percent)) {
      op.results = {Value(false)};
    } else {
      op.results = {Value(false), now};
    }
  }

  History sorted() {
    History history;
    for (Planned& planned : plan_) history.operations.push_back(std::move(planned.operation));
    std::stable_sort(
        history.operations.begin(), history.operations.end(),
        [](const Operation& a, const Operation& b) { return a.invoked_at < b.invoked_at; });
    return history;
  }

  const RandomShape& shape_;
  Dice& dice_;
  std::vector<Planned> plan_;
  std::map<std::size_t, bool> retried_;
  std::map<std::string, Value> store_;
  std::int64_t counter_ = 0;
  std::int64_t sequence_ = 0;
  std::int64_t revision_ = 0;
};

// Any value that occurs in the history, or one that does not.
Value other_value(const History& history, Dice& dice) {
  std::vector<Value> values = {Value(), Value(99)};
  for (const Operation& op : history.operations) {
    values.insert(values.end(), op.arguments.begin(), op.arguments.end());
    for (const Value& result : op.results) {
      if (result.kind() != Value::Kind::kBool) values.push_back(result);
    }
  }
  Value value = values[dice.below(static_cast<std::int64_t>(values.size()))];
  if (!value.is_list() || value.list().empty() || dice.percent(50)) return value;
  Value::List list = value.list();
  const auto at = static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(list.size())));
  if (dice.percent(50)) {
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
  } else {
    list.push_back(list[at]);
  }
  return Value(std::move(list));
}

void tamper_with_answer(Operation& op, const History& history, Dice& dice) {
  if (op.outcome != Outcome::kOk || op.results.empty()) return;
  Value& last = op.results.back();
  if (last.kind() != Value::Kind::kBool) {
    last = other_value(history, dice);
  } else {
    last = Value(!last.truth());
  }
}

void tamper_with_outcome(Operation& op, Dice& dice) {
  if (op.outcome == Outcome::kOk) {
    op.outcome = dice.percent(50) ? Outcome::kFail : Outcome::kUnknown;
    op.results.clear();
    op.revision.reset();
  } else if (op.function != Function::kRead && op.function != Function::kGet) {
    op.outcome = Outcome::kOk;
    if (op.function == Function::kCas) op.results = {Value(dice.percent(50))};
  }
}

}  // namespace

std::uint64_t Dice::next() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

History linearizable_history(const RandomShape& shape, Dice& dice) {
  return Generator(shape, dice).generate();
}

History tampered(History history, Dice& dice) {
  const std::int64_t lies = 1 + dice.below(3);
  for (std::int64_t i = 0; i < lies && !history.operations.empty(); ++i) {
    const auto n = static_cast<std::int64_t>(history.operations.size());
    Operation& op = history.operations[static_cast<std::size_t>(dice.below(n))];
    switch (dice.below(4)) {
      case 0: tamper_with_outcome(op, dice); break;
      case 1:
        // An earlier return keeps the order of calls and every process's peace.
        op.returned_at -= dice.below(op.returned_at - op.invoked_at + 1);
        break;
      default: tamper_with_answer(op, history, dice);
    }
  }
  return history;
}

}  // namespace plumbline::checker
