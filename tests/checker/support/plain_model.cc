#include "tests/checker/support/plain_model.h"

#include <algorithm>
#include <array>

namespace plumbline::checker {
namespace {

// A state is nil, or the holder: its process, or -1 if it does not matter.
class Lock final : public PlainModel {
 public:
  Lock(bool owned, const Value& initial)
      : PlainModel(owned ? "owned-mutex" : "mutex", initial), owned_(owned) {}

  Value first_state() const override {
    if (initial().is_nil() || initial() == Value("unlocked")) return {};
    return owned_ ? initial() : Value(-1);
  }

  std::vector<Value> after(const Operation& op, const Value& now) const override {
    const bool ok = op.outcome == Outcome::kOk;
    const bool acquires = op.function == Function::kAcquire;
    const bool possible = acquires ? now.is_nil() : now == holder(op);
    if (!possible) return ok ? std::vector<Value>{} : std::vector<Value>{now};
    return {acquires ? holder(op) : Value()};
  }

  void draw(Operation& op, Draw& draw) const override {
    op.function = draw.dice.percent(55) ? Function::kAcquire : Function::kRelease;
  }

  bool serve(Operation& op, Value& now, Dice&) const override {
    if (op.function == Function::kRelease && now.is_nil()) op.function = Function::kAcquire;
    if (op.function == Function::kAcquire && now == holder(op)) op.function = Function::kRelease;
    if (op.function == Function::kAcquire && !now.is_nil()) return false;
    if (op.function == Function::kRelease && now != holder(op)) return false;
    now = op.function == Function::kAcquire ? holder(op) : Value();
    return true;
  }

  void lie(Operation& op, Draw& draw) const override {
    op.results.clear();
    draw.dice.percent(50) ? op.function = Function::kAcquire : op.function = Function::kRelease;
  }

 private:
  Value holder(const Operation& op) const { return owned_ ? Value(op.process) : Value(-1); }

  bool owned_;
};

class Counter final : public PlainModel {
 public:
  explicit Counter(const Value& initial) : PlainModel("counter", initial) {}

  Value first_state() const override { return initial().is_int() ? initial() : Value(0); }

  std::vector<Value> after(const Operation& op, const Value& now) const override {
    if (op.function == Function::kAdd) return {Value(now.number() + op.arguments[0].number())};
    if (op.outcome == Outcome::kOk && op.results[0] != now) return {};
    return {now};
  }

  // A history of unique values only counts up.
  void draw(Operation& op, Draw& draw) const override {
    op.function = draw.dice.percent(45) ? Function::kRead : Function::kAdd;
    if (op.function == Function::kRead) return;
    const std::int64_t amount = !draw.unique ? draw.dice.below(5) - 2
                                : draw.plain ? 1
                                             : draw.dice.below(4);
    op.arguments = {Value(amount)};
  }

  bool serve(Operation& op, Value& now, Dice&) const override {
    if (op.function == Function::kRead) {
      op.results = {now};
    } else {
      now = Value(now.number() + op.arguments[0].number());
    }
    return true;
  }

  void lie(Operation& op, Draw& draw) const override {
    op.results.clear();
    if (op.function == Function::kRead) op.results = {Value(draw.dice.below(8) - 1)};
  }
};

// A state is the sorted list of [register, value], without those that are nil.
class Registers final : public PlainModel {
 public:
  explicit Registers(const Value& initial) : PlainModel("multi-register", initial) {}

  Value first_state() const override {
    if (initial().is_nil()) return Value(Value::List{});
    Value::List all;
    for (int at = 0; at < kRegisters; ++at)
      all.push_back(Value(Value::List{at, normal(initial())}));
    return Value(all);
  }

  std::vector<Value> after(const Operation& op, const Value& state) const override {
    Value now = state;
    for (std::size_t i = 0; i < op.arguments.size(); ++i) {
      const Value::List& step = op.arguments[i].list();
      const std::string_view what = step[0].text();
      if (what == "w") put(now, step[1], normal(step[2]));
      if (what == "append") put(now, step[1], longer(at(now, step[1]), step[2]));
      const bool told = what == "r" && op.outcome == Outcome::kOk;
      if (told && at(now, step[1]) != normal(op.results[i].list()[2])) return {};
    }
    return {now};
  }

  void draw(Operation& op, Draw& draw) const override {
    op.function = Function::kTxn;
    op.key = "";
    std::vector<Value> steps;
    for (std::int64_t i = 1 + draw.dice.below(3); i > 0; --i) {
      const Value at(draw.dice.below(kRegisters));
      const std::int64_t n = draw.dice.below(10);
      if (n < 5) steps.emplace_back(Value::List{"r", at, Value()});
      if (n >= 5 && n < 9) steps.emplace_back(Value::List{"w", at, draw.fresh()});
      if (n == 9 && draw.plain) steps.emplace_back(Value::List{"w", at, draw.fresh()});
      if (n == 9 && !draw.plain) steps.emplace_back(Value::List{"append", at, Value(7)});
    }
    op.arguments = steps;
  }

  bool serve(Operation& op, Value& state, Dice&) const override {
    std::vector<Value> told;
    for (const Value& asked : op.arguments) {
      Value::List step = asked.list();
      if (step[0].text() == "w") put(state, step[1], normal(step[2]));
      if (step[0].text() == "append") put(state, step[1], longer(at(state, step[1]), step[2]));
      if (step[0].text() == "r") step[2] = at(state, step[1]);
      told.emplace_back(std::move(step));
    }
    op.results = told;
    return true;
  }

  void lie(Operation& op, Draw& draw) const override {
    if (op.results.empty()) op.results = op.arguments;
    for (Value& result : op.results) {
      Value::List step = result.list();
      if (step[0].text() != "r" || draw.dice.percent(50)) continue;
      step[2] = normal(draw.known());
      result = Value(step);
    }
  }

 private:
  static constexpr int kRegisters = 3;

  static Value normal(const Value& value) {
    if (value.is_nil() || value.is_list()) return value;
    return Value(Value::List{value});
  }
  static Value longer(const Value& now, const Value& token) {
    Value::List list;
    if (now.is_list()) list = now.list();
    list.push_back(token);
    return Value(list);
  }
  static Value at(const Value& state, const Value& where) {
    for (const Value& pair : state.list()) {
      if (pair.list()[0] == where) return pair.list()[1];
    }
    return {};
  }
  static void put(Value& state, const Value& where, const Value& value) {
    Value::List all;
    for (const Value& pair : state.list()) {
      if (pair.list()[0] != where) all.push_back(pair);
    }
    if (!value.is_nil()) all.push_back(Value(Value::List{where, value}));
    std::sort(all.begin(), all.end());
    state = Value(all);
  }
};

constexpr std::array<std::string_view, 6> kTexts = {"a", "b", "ab", "ba", "aa", ""};

}  // namespace

Value Draw::fresh() {
  if (unique) return Value(++count);
  if (dice.percent(10)) return {};
  return Value(1 + dice.below(3));
}

Value Draw::known() {
  if (!unique) return dice.percent(25) ? Value() : Value(1 + dice.below(3));
  if (count == 0 || dice.percent(20)) return {};
  return Value(count - dice.below(std::min<std::int64_t>(count, 4)));
}

std::string Draw::fresh_text() {
  if (unique) return std::to_string(++count) + ".";
  return std::string(kTexts[static_cast<std::size_t>(dice.below(kTexts.size()))]);
}

std::string Draw::known_text() {
  if (!unique) return fresh_text();
  return std::to_string(1 + dice.below(std::max<std::int64_t>(count, 1))) + ".";
}

std::unique_ptr<PlainModel> plain_model(std::string_view name, const Value& initial) {
  if (name == "key-value") return plain_strings(initial);
  if (name == "mutex" || name == "owned-mutex") {
    return std::make_unique<Lock>(name == "owned-mutex", initial);
  }
  if (name == "queue" || name == "unordered-queue") return plain_queue(name == "queue", initial);
  if (name == "set") return plain_set(initial);
  if (name == "counter") return std::make_unique<Counter>(initial);
  if (name == "multi-register") return std::make_unique<Registers>(initial);
  return plain_cell(name, initial);
}

}  // namespace plumbline::checker
