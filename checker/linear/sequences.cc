#include "checker/linear/sequences.h"

#include <algorithm>

namespace plumbline::checker {

Sequences::Sequences() : nodes_(2) {}

Token Sequences::token(const Value& value) {
  const auto [at, fresh] = tokens_.try_emplace(&value, static_cast<Token>(values_.size()));
  if (fresh) values_.push_back(&value);
  return at->second;
}

State Sequences::child(State parent, Token token) {
  const std::uint64_t key =
      static_cast<std::uint64_t>(parent) << 32 | static_cast<std::uint32_t>(token);
  const auto [at, fresh] = children_.try_emplace(key, static_cast<State>(nodes_.size()));
  if (fresh) nodes_.push_back({parent, token, kNil});
  nodes_[parent].newest_child = at->second;
  return at->second;
}

State Sequences::child(State parent, const Value& value) {
  const State newest = nodes_[parent].newest_child;
  if (newest != kNil && *values_[nodes_[newest].token] == value) return newest;
  return child(parent, token(value));
}

std::string Sequences::text(State node, bool scalar) const {
  if (node == kNil) return "nil";
  Value::List list;
  for (State n = node; n > kEmpty; n = nodes_[n].parent) list.push_back(*values_[last(n)]);
  if (scalar && list.size() == 1) return to_text(list[0]);
  std::reverse(list.begin(), list.end());
  return to_text(Value(std::move(list)));
}

}  // namespace plumbline::checker
