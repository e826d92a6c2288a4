#include "tests/checker/support/long_history.h"

#include <queue>
#include <utility>
#include <vector>

#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

constexpr std::int64_t kLongest = 1'000'000;  // One operation, in nanoseconds.
constexpr std::int64_t kLatest = 20;          // Of an unknown effect, in longest operations.

enum class Step : std::uint8_t { kEffect, kReturn };

struct Event {
  std::int64_t at;
  Step step;
  std::uint32_t operation;
  friend bool operator>(const Event& a, const Event& b) {
    return a.at != b.at ? a.at > b.at : a.operation > b.operation;
  }
};

class Register {
 public:
  Register(const LongShape& shape, std::uint64_t seed)
      : shape_(shape), dice_(seed), seen_(static_cast<std::size_t>(shape.clients)) {}

  History run() {
    history_.meta.semantics = "cas-register";
    history_.operations.reserve(static_cast<std::size_t>(shape_.operations));
    for (int client = 0; client < shape_.clients; ++client) names_.push_back(client);
    for (std::size_t client = 0; client < names_.size(); ++client) {
      events_.push(
          {dice_.below(kLongest), Step::kReturn, kNobody - static_cast<std::uint32_t>(client)});
    }
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      if (event.step == Step::kEffect) {
        take_effect(history_.operations[event.operation]);
      } else {
        returned(event);
      }
    }
    return std::move(history_);
  }

 private:
  // The first call of each client has no return before it.
  static constexpr std::uint32_t kNobody = UINT32_MAX;

  void returned(const Event& event) {
    std::size_t client = kNobody - event.operation;
    if (event.operation < history_.operations.size()) {
      client = clients_[event.operation];
      Operation& op = history_.operations[event.operation];
      if (op.outcome == Outcome::kUnknown) {
        names_[client] += shape_.clients;
      } else if (const Value* shown = shown_value(op)) {
        seen_[client] = *shown;
      }
    }
    if (static_cast<std::int64_t>(history_.operations.size()) < shape_.operations) {
      call(client, event.at + 1);
    }
  }

  void call(std::size_t client, std::int64_t now) {
    const auto index = static_cast<std::uint32_t>(history_.operations.size());
    clients_.push_back(static_cast<std::uint16_t>(client));
    Operation& op = history_.operations.emplace_back();
    op.process = names_[client];
    op.key = "x";
    choose(op, client);
    op.invoked_at = now;
    op.returned_at = now + 1 + dice_.below(kLongest);
    op.outcome = dice_.percent(shape_.unknown_percent) ? Outcome::kUnknown : Outcome::kOk;
    events_.push({op.returned_at, Step::kReturn, index});
    if (op.outcome == Outcome::kOk) {
      events_.push({now + dice_.below(op.returned_at - now + 1), Step::kEffect, index});
    } else if (dice_.percent(50)) {
      events_.push({now + dice_.below(kLatest * kLongest), Step::kEffect, index});
    }
  }

  void choose(Operation& op, std::size_t client) {
    const std::int64_t kind = dice_.below(shape_.swaps ? 3 : 2);
    op.function = kind == 0 ? Function::kRead : kind == 1 ? Function::kWrite : Function::kCas;
    if (kind == 1) op.arguments = {new_value()};
    if (kind == 2) op.arguments = {seen_[client], new_value()};
  }

  Value new_value() { return shape_.values == 0 ? ++written_ : dice_.below(shape_.values); }

  void take_effect(Operation& op) {
    const bool answers = op.outcome == Outcome::kOk;
    if (op.function == Function::kRead) {
      if (answers) op.results = {now_};
    } else if (op.function == Function::kWrite) {
      change(op.arguments[0]);
    } else if (now_ == op.arguments[0]) {
      change(op.arguments[1]);
      if (answers) op.results = {Value(true)};
    } else if (answers) {
      op.results = shape_.silent ? Values{Value(false)} : Values{Value(false), now_};
    }
    if (answers && shape_.revisions) op.revision = revision_;
  }

  void change(const Value& value) {
    now_ = value;
    ++revision_;
  }

  LongShape shape_;
  Dice dice_;
  History history_;
  std::vector<std::uint16_t> clients_;
  std::vector<std::int64_t> names_;
  std::vector<Value> seen_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  Value now_;
  std::int64_t written_ = 0;
  std::int64_t revision_ = 1;
};

bool is_read(const Operation& op) {
  return op.function == Function::kRead && op.outcome == Outcome::kOk && !op.results[0].is_nil();
}

}  // namespace

History long_history(const LongShape& shape, std::uint64_t seed) {
  return Register(shape, seed).run();
}

std::size_t plant_stale_read(History& history) {
  auto& operations = history.operations;
  std::size_t old = operations.size() / 3;
  while (!is_read(operations[old])) ++old;
  std::size_t at = operations.size() / 3 * 2;
  while (!is_read(operations[at])) ++at;
  operations[at].results = operations[old].results;
  return at;
}

}  // namespace plumbline::checker
