#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checker/history/value.h"

namespace plumbline::checker {

// Numbers for values, 0, 1, 2 ... in the order in which they are met.
class ValueNumbers {
 public:
  // The value must outlive this object: its address is kept, not a copy.
  std::uint32_t number(const Value& value) {
    const auto [at, fresh] = numbers_.try_emplace(&value, size());
    if (fresh) values_.push_back(&value);
    return at->second;
  }
  const Value& value(std::uint32_t number) const { return *values_[number]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(values_.size()); }

 private:
  struct Hash {
    std::size_t operator()(const Value* value) const { return value->hash(); }
  };
  struct Equal {
    bool operator()(const Value* a, const Value* b) const { return *a == *b; }
  };

  std::vector<const Value*> values_;
  std::unordered_map<const Value*, std::uint32_t, Hash, Equal> numbers_;
};

}  // namespace plumbline::checker
