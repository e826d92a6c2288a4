#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "checker/history/value.h"

namespace plumbline::checker {

// Numbers for values, 0, 1, 2 ... in the order in which they were added: one table without a node
// per value, since a million elements are normal. It keeps the addresses of the values, not copies;
// they must outlive it.
class Numbering {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // The number of an equal value, a new one if there is none.
  std::uint32_t add(const Value& value);
  // kNone if no equal value was added.
  std::uint32_t find(const Value& value) const;

  std::uint32_t size() const { return static_cast<std::uint32_t>(values_.size()); }
  const Value& operator[](std::uint32_t number) const { return *values_[number]; }

 private:
  std::size_t slot_of(const Value& value) const;
  void grow();

  std::vector<const Value*> values_;
  std::vector<std::uint32_t> slots_;  // Open addressing; a power of two, at most half full.
};

}  // namespace plumbline::checker
