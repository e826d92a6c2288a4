#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/check.h"
#include "checker/history/history.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {

// Operations of a mutated history that an explanation has to name.
struct Blame {
  std::vector<std::size_t> each;    // All of these ...
  std::vector<std::size_t> one_of;  // ... and one of these, unless there are none.
};

// One way to break what a store promises.
struct Mutation {
  std::string_view name;
  CheckOptions options;
  std::size_t witness_max = 0;
  std::vector<std::string_view> topics;  // What it may be called.
  // A history that keeps the promises.
  std::function<History(Dice&)> valid;
  // Breaks them for certain; nothing if this history has no place for it.
  std::function<std::optional<Blame>(History&, Dice&)> apply;
};

std::vector<Mutation> register_mutations();
std::vector<Mutation> string_mutations();
std::vector<Mutation> transaction_mutations();
std::vector<Mutation> store_mutations();
std::vector<Mutation> watch_mutations();
std::vector<Mutation> workload_mutations();

// Whether the first certainly took effect before the second was called.
inline bool precedes(const Operation& a, const Operation& b) {
  return a.outcome == Outcome::kOk && a.returned_at < b.invoked_at;
}

inline bool answered(const Operation& op, Function function) {
  return op.outcome == Outcome::kOk && op.function == function;
}

// An index for which it holds: the next from a random one on, around the end.
template <typename Holds>
std::optional<std::size_t> some_index(const History& history, Dice& dice, Holds holds) {
  const std::size_t size = history.operations.size();
  if (size == 0) return std::nullopt;
  const auto from = static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(size)));
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = (from + i) % size;
    if (holds(history.operations[at])) return at;
  }
  return std::nullopt;
}

struct Pair {
  std::size_t first = 0;
  std::size_t second = 0;
};

// Two operations, in either order of their calls, for which it holds.
template <typename Holds>
std::optional<Pair> some_pair(const History& history, Dice& dice, Holds holds) {
  std::optional<Pair> found;
  some_index(history, dice, [&](const Operation& a) {
    const auto other =
        some_index(history, dice, [&](const Operation& b) { return &a != &b && holds(a, b); });
    if (!other) return false;
    found = Pair{static_cast<std::size_t>(&a - history.operations.data()), *other};
    return true;
  });
  return found;
}

// A list with another item at one place.
inline Value with_item(const Value& list, std::size_t at, Value item) {
  Value::List items = list.list();
  items[at] = std::move(item);
  return Value(std::move(items));
}

}  // namespace plumbline::checker
