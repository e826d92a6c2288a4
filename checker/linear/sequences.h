#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checker/history/value.h"
#include "checker/linear/model.h"

namespace plumbline::checker {

using Token = std::int32_t;

// Numbers for values and for sequences of values: nil, the empty sequence, and a tree in which a
// child is its parent with one token more. Appending and comparing cost O(1) whatever the length.
// A child's number is greater than its parent's.
class Sequences {
 public:
  static constexpr State kNil = 0;
  static constexpr State kEmpty = 1;

  Sequences();

  // The values must outlive this object: their addresses are kept, not copies.
  Token token(const Value& value);
  State child(State parent, Token token);
  State child(State parent, const Value& value);

  // Of every node but kNil and kEmpty.
  State parent(State node) const { return nodes_[node].parent; }
  Token last(State node) const { return nodes_[node].token; }

  const Value& value(Token token) const { return *values_[token]; }

  std::size_t nodes() const { return nodes_.size(); }
  std::size_t tokens() const { return values_.size(); }

  // [1, 2], nil, []; `scalar` writes a sequence of one as its token.
  std::string text(State node, bool scalar) const;

 private:
  struct Node {
    State parent = kNil;
    Token token = -1;
    State newest_child = kNil;  // Most walks follow the path of the walk before.
  };
  struct Hash {
    std::size_t operator()(const Value* value) const { return value->hash(); }
  };
  struct Equal {
    bool operator()(const Value* a, const Value* b) const { return *a == *b; }
  };
  struct Mix {
    std::size_t operator()(std::uint64_t key) const { return (key * 0x9e3779b97f4a7c15ULL) >> 13; }
  };

  std::vector<Node> nodes_;
  std::vector<const Value*> values_;
  std::unordered_map<const Value*, Token, Hash, Equal> tokens_;
  std::unordered_map<std::uint64_t, State, Mix> children_;
};

}  // namespace plumbline::checker
