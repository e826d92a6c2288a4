#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace plumbline::checker {

// Numbers for keys, 0, 1, 2 ... in the order in which they are met: a key costs four to eight bytes
// and an operation one look-up, so that a million of them can be kept apart by number.
class KeyNumbers {
 public:
  KeyNumbers() : slots_(kSlotsAtFirst, kFree) {}

  // The bytes must outlive this object: they are not copied.
  std::uint32_t number_of(std::string_view key);

  std::string_view key(std::uint32_t number) const { return keys_[number]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }

 private:
  static constexpr std::size_t kSlotsAtFirst = 64;
  static constexpr std::uint32_t kFree = UINT32_MAX;

  std::size_t slot_of(std::string_view key) const;
  void grow();

  std::vector<std::uint32_t> slots_;  // A power of two of them, at most half taken.
  std::vector<std::string_view> keys_;
};

}  // namespace plumbline::checker
