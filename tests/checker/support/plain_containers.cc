#include <algorithm>

#include "tests/checker/support/plain_model.h"

namespace plumbline::checker {
namespace {

Value sorted(Value::List list) {
  std::sort(list.begin(), list.end());
  return Value(std::move(list));
}

Value without(const Value& whole, std::size_t at) {
  Value::List list = whole.list();
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
  return Value(std::move(list));
}

Value with(const Value& whole, const Value& element) {
  Value::List list = whole.list();
  list.push_back(element);
  return Value(std::move(list));
}

Value some_list(Draw& draw) {
  Value::List list;
  for (std::int64_t i = draw.dice.below(4); i > 0; --i) list.push_back(draw.known());
  return Value(list);
}

// A state is the list of elements, oldest first if there is an order, else sorted.
class Queue final : public PlainModel {
 public:
  Queue(bool ordered, const Value& initial)
      : PlainModel(ordered ? "queue" : "unordered-queue", initial), ordered_(ordered) {}

  Value first_state() const override {
    return in_order(initial().is_list() ? initial() : Value(Value::List{}));
  }

  std::vector<Value> after(const Operation& op, const Value& now) const override {
    const bool ok = op.outcome == Outcome::kOk;
    const Value none = Value(Value::List{});
    switch (op.function) {
      case Function::kEnqueue: return {in_order(with(now, op.arguments[0]))};
      case Function::kDrain:
        if (ok && in_order(op.results[0]) != now) return {};
        return {none};
      default: break;
    }
    if (now.list().empty()) {
      if (ok && !op.results[0].is_nil()) return {};
      return {now};
    }
    std::vector<Value> all;
    for (std::size_t i = 0; i < (ordered_ ? 1 : now.list().size()); ++i) {
      if (!ok || now.list()[i] == op.results[0]) all.push_back(without(now, i));
    }
    return all;
  }

  void draw(Operation& op, Draw& draw) const override {
    const std::int64_t n = draw.dice.below(20);
    op.function = n < 10 ? Function::kEnqueue : n < 19 ? Function::kDequeue : Function::kDrain;
    if (op.function == Function::kEnqueue) op.arguments = {draw.fresh()};
    if (n < 10 && op.arguments[0].is_nil()) op.arguments = {Value(1)};
  }

  bool serve(Operation& op, Value& now, Dice& dice) const override {
    if (op.function == Function::kEnqueue) {
      now = in_order(with(now, op.arguments[0]));
    } else if (op.function == Function::kDrain) {
      op.results = {now};
      now = Value(Value::List{});
    } else if (now.list().empty()) {
      op.results = {Value()};
    } else {
      const auto size = static_cast<std::int64_t>(now.list().size());
      const std::size_t at = ordered_ ? 0 : static_cast<std::size_t>(dice.below(size));
      op.results = {now.list()[at]};
      now = without(now, at);
    }
    return true;
  }

  void lie(Operation& op, Draw& draw) const override {
    op.results.clear();
    if (op.function == Function::kDequeue) op.results = {draw.known()};
    if (op.function == Function::kDrain) op.results = {some_list(draw)};
  }

 private:
  Value in_order(const Value& list) const { return ordered_ ? list : sorted(list.list()); }

  bool ordered_;
};

// A state is the sorted list of elements.
class Set final : public PlainModel {
 public:
  explicit Set(const Value& initial) : PlainModel("set", initial) {}

  Value first_state() const override {
    return initial().is_list() ? sorted(initial().list()) : Value(Value::List{});
  }

  std::vector<Value> after(const Operation& op, const Value& now) const override {
    const bool ok = op.outcome == Outcome::kOk;
    if (op.function == Function::kRead) {
      if (ok && sorted(op.results[0].list()) != now) return {};
      return {now};
    }
    const auto at = std::find(now.list().begin(), now.list().end(), op.arguments[0]);
    const bool adds = op.function == Function::kAdd;
    const bool changes = (at == now.list().end()) == adds;
    if (ok && !op.results.empty() && op.results[0].truth() != changes) return {};
    if (!changes) return {now};
    if (adds) return {sorted(with(now, op.arguments[0]).list())};
    return {without(now, static_cast<std::size_t>(at - now.list().begin()))};
  }

  void draw(Operation& op, Draw& draw) const override {
    const std::int64_t n = draw.dice.below(draw.unique ? 22 : 20);
    op.function = n < 7 ? Function::kRead : n < 15 || n >= 20 ? Function::kAdd : Function::kRemove;
    if (op.function == Function::kAdd) op.arguments = {draw.fresh()};
    if (op.function != Function::kRemove) return;
    op.arguments = {draw.known()};
    if (draw.plain || (draw.unique && draw.dice.percent(70))) {
      op.function = Function::kAdd;
      op.arguments = {draw.fresh()};
    }
  }

  bool serve(Operation& op, Value& now, Dice& dice) const override {
    if (op.function == Function::kRead) {
      Value::List list = now.list();
      if (list.size() > 1 && dice.percent(50)) std::swap(list.front(), list.back());
      op.results = {Value(list)};
      return true;
    }
    const Value before = now;
    Operation unknown = op;
    unknown.outcome = Outcome::kUnknown;
    now = after(unknown, now)[0];
    if (dice.percent(20)) op.results = {Value(now != before)};
    return true;
  }

  void lie(Operation& op, Draw& draw) const override {
    op.results.clear();
    if (op.function == Function::kRead) {
      op.results = {some_list(draw)};
    } else if (draw.dice.percent(50)) {
      op.results = {Value(draw.dice.percent(50))};
    }
  }
};

}  // namespace

std::unique_ptr<PlainModel> plain_queue(bool ordered, const Value& initial) {
  return std::make_unique<Queue>(ordered, initial);
}

std::unique_ptr<PlainModel> plain_set(const Value& initial) {
  return std::make_unique<Set>(initial);
}

}  // namespace plumbline::checker
