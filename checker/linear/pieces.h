#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "checker/history/value.h"

namespace plumbline::checker {

// The strings that were ever put or appended to a key, and how a longer one is made of them.
class Pieces {
 public:
  struct Cut {
    std::size_t ways = 0;              // 0, 1, or 2 for more than one.
    std::vector<const Value*> pieces;  // If there is one way.
  };

  // An empty piece is ignored.
  void add(std::string_view piece);
  // The ways to write `whole` as pieces, one after the other. Costs O(length of `whole`) if the
  // pieces have few different lengths. The pieces live as long as this object does.
  Cut cut(std::string_view whole) const;
  // The piece itself; nullptr if it was not added.
  const Value* find(std::string_view piece) const;

 private:
  std::deque<Value> values_;  // Addresses of its elements stay.
  std::unordered_map<std::string_view, const Value*> by_text_;
  std::vector<std::size_t> lengths_;  // Ascending, each once.
};

}  // namespace plumbline::checker
