#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

#include "checker/linear/model.h"

namespace plumbline::checker {

// Numbers for arrays of one size that share what they have in common: equal arrays have equal
// numbers, and an array that differs from a known one in one place costs O(log size). An array is a
// tree of blocks, and no two blocks are equal, so that the number of the root tells all.
class SharedArrays {
 public:
  explicit SharedArrays(std::size_t size);
  SharedArrays(const SharedArrays&) = delete;
  SharedArrays& operator=(const SharedArrays&) = delete;

  static constexpr State kZeros = 0;

  State of(std::span<const std::uint32_t> values);
  std::uint32_t at(State array, std::size_t index) const;
  State with(State array, std::size_t index, std::uint32_t value);

 private:
  static constexpr std::size_t kBits = 3;
  static constexpr std::size_t kWidth = std::size_t{1} << kBits;
  using Block = std::array<std::uint32_t, kWidth>;

  struct Hash {
    const std::vector<Block>& blocks;
    std::size_t operator()(std::uint32_t block) const;
  };
  struct Equal {
    const std::vector<Block>& blocks;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return blocks[a] == blocks[b]; }
  };

  std::uint32_t number_of(const Block& block);
  std::uint32_t with(std::uint32_t block, std::size_t index, std::uint32_t value,
                     std::size_t shift);

  // A block of zeros has the number 0, which makes a tree of zeros of any height the number 0.
  std::vector<Block> blocks_;
  std::unordered_set<std::uint32_t, Hash, Equal> known_;
  std::size_t top_shift_ = 0;
};

}  // namespace plumbline::checker
