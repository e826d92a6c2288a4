#pragma once

#include <algorithm>
#include <cstddef>

#include "checker/history/value.h"

namespace plumbline::checker {

// A value seen as the tokens of a cell, without a copy of any: nil, or a sequence.
struct TokensView {
  const Value* first = nullptr;
  std::size_t count = 0;
  bool nil = true;

  // `value` may be nullptr, for nil, and must outlive the view. Unless `sequences`, a list is one
  // token as any other value is.
  static TokensView of(const Value* value, bool sequences) {
    if (value == nullptr || value->is_nil()) return {};
    if (!sequences || !value->is_list()) return {value, 1, false};
    return {value->list().data(), value->list().size(), false};
  }

  const Value& last() const { return first[count - 1]; }
  TokensView without_last() const { return {first, count - 1, false}; }

  friend bool operator==(const TokensView& a, const TokensView& b) {
    return a.nil == b.nil && a.count == b.count && std::equal(a.first, a.first + a.count, b.first);
  }
};

}  // namespace plumbline::checker
