#include <algorithm>

#include "tests/checker/support/plain_model.h"

namespace plumbline::checker {
namespace {

bool is_read(Function f) { return f == Function::kRead || f == Function::kGet; }

// What registers, maps of sequences and maps of strings have in common.
class Cells : public PlainModel {
 public:
  using PlainModel::PlainModel;

  Value first_state() const override { return normal(initial()); }

  std::vector<Value> after(const Operation& op, const Value& now) const override {
    const bool ok = op.outcome == Outcome::kOk;
    switch (op.function) {
      case Function::kRead:
      case Function::kGet:
        if (ok && now != normal(op.results[0])) return {};
        return {now};
      case Function::kWrite:
      case Function::kPut: return {normal(op.arguments[0])};
      case Function::kAppend: return {longer(now, op.arguments[0])};
      case Function::kDelete:
        if (ok && !op.results.empty() && tells() && op.results[0].truth() == now.is_nil())
          return {};
        return {normal(Value())};
      default: return after_cas(op, now, ok);
    }
  }

  bool serve(Operation& op, Value& now, Dice& dice) const override {
    if (is_read(op.function)) op.results = {now};
    if (op.function == Function::kDelete && dice.percent(30)) op.results = {Value(!now.is_nil())};
    if (op.function == Function::kCas) {
      const bool holds = now == normal(op.arguments[0]);
      op.results = {Value(holds)};
      if (!holds && dice.percent(70)) op.results = {Value(false), now};
      if (!holds) return true;
    }
    Operation unknown = op;
    unknown.outcome = Outcome::kUnknown;
    now = after(unknown, now)[0];
    return true;
  }

  void lie(Operation& op, Draw& draw) const override {
    const bool truth = draw.dice.percent(50);
    op.results.clear();
    if (is_read(op.function)) op.results = {some_state(draw)};
    if (op.function == Function::kDelete && draw.dice.percent(50)) op.results = {Value(truth)};
    if (op.function != Function::kCas) return;
    op.results = {Value(truth)};
    if (!truth && draw.dice.percent(50)) op.results = {Value(false), some_state(draw)};
  }

 protected:
  virtual Value normal(const Value& value) const = 0;
  virtual Value longer(const Value& now, const Value& token) const = 0;
  virtual Value some_state(Draw& draw) const = 0;
  // Whether a delete can tell what it found.
  virtual bool tells() const { return true; }

 private:
  std::vector<Value> after_cas(const Operation& op, const Value& now, bool ok) const {
    const bool holds = now == normal(op.arguments[0]);
    if (ok && op.results[0].truth() != holds) return {};
    if (ok && op.results.size() == 2 && now != normal(op.results[1])) return {};
    return {holds ? normal(op.arguments[1]) : now};
  }
};

class Register final : public Cells {
 public:
  Register(bool swaps, const Value& initial)
      : Cells(swaps ? "cas-register" : "register", initial), swaps_(swaps) {}

  void draw(Operation& op, Draw& draw) const override {
    const std::int64_t n = draw.dice.below(swaps_ ? 10 : 8);
    op.function = n < 4 ? Function::kRead : n < 8 ? Function::kWrite : Function::kCas;
    if (n >= 4 && n < 8) op.arguments = {draw.fresh()};
    if (n >= 8) op.arguments = {draw.known(), draw.fresh()};
  }

 protected:
  Value normal(const Value& value) const override { return value; }
  Value longer(const Value& now, const Value&) const override { return now; }
  Value some_state(Draw& draw) const override { return draw.known(); }

 private:
  bool swaps_;
};

void draw_of_map(Operation& op, Draw& draw) {
  const std::int64_t n = draw.dice.below(20);
  op.function = n < 7    ? Function::kGet
                : n < 13 ? Function::kAppend
                : n < 16 ? Function::kPut
                : n < 18 ? Function::kDelete
                         : Function::kCas;
}

class KvAppend final : public Cells {
 public:
  explicit KvAppend(const Value& initial) : Cells("kv-append", initial) {}

  void draw(Operation& op, Draw& draw) const override {
    draw_of_map(op, draw);
    if (op.function == Function::kPut || op.function == Function::kAppend) {
      op.arguments = {draw.fresh()};
    }
    if (op.function == Function::kCas) op.arguments = {some_state(draw), draw.fresh()};
    if (op.function == Function::kAppend && op.arguments[0].is_nil()) op.arguments = {Value(1)};
  }

 protected:
  Value normal(const Value& value) const override {
    if (value.is_nil() || value.is_list()) return value;
    return Value(Value::List{value});
  }
  Value longer(const Value& now, const Value& token) const override {
    Value::List list;
    if (now.is_list()) list = now.list();
    list.push_back(token);
    return Value(list);
  }
  Value some_state(Draw& draw) const override {
    Value::List list;
    for (std::int64_t i = draw.dice.below(4); i > 0; --i) {
      const Value token = draw.known();
      if (!token.is_nil()) list.push_back(token);
    }
    if (list.empty() && draw.dice.percent(70)) return {};
    return Value(list);
  }
};

class Strings final : public Cells {
 public:
  explicit Strings(const Value& initial) : Cells("key-value", initial) {}

  void draw(Operation& op, Draw& draw) const override {
    draw_of_map(op, draw);
    if (op.function == Function::kPut || op.function == Function::kAppend) {
      op.arguments = {Value(draw.fresh_text())};
    }
    if (op.function == Function::kCas) {
      op.arguments = {some_state(draw), Value(draw.fresh_text())};
    }
  }

 protected:
  Value normal(const Value& value) const override { return value.is_nil() ? initial() : value; }
  Value longer(const Value& now, const Value& token) const override {
    return Value((now.is_nil() ? "" : std::string(now.text())) + std::string(token.text()));
  }
  Value some_state(Draw& draw) const override {
    std::string text;
    for (std::int64_t i = draw.dice.below(4); i > 0; --i) text += draw.known_text();
    if (text.empty() && draw.dice.percent(70)) return {};
    return Value(text);
  }
  bool tells() const override { return initial().is_nil(); }
};

}  // namespace

std::unique_ptr<PlainModel> plain_cell(std::string_view name, const Value& initial) {
  if (name == "kv-append") return std::make_unique<KvAppend>(initial);
  return std::make_unique<Register>(name == "cas-register", initial);
}

std::unique_ptr<PlainModel> plain_strings(const Value& initial) {
  return std::make_unique<Strings>(initial);
}

}  // namespace plumbline::checker
