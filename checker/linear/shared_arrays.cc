#include "checker/linear/shared_arrays.h"

#include <algorithm>

namespace plumbline::checker {

SharedArrays::SharedArrays(std::size_t size) : known_(64, Hash{blocks_}, Equal{blocks_}) {
  while ((size - 1) >> top_shift_ >= kWidth && size > 0) top_shift_ += kBits;
  number_of(Block{});
}

std::size_t SharedArrays::Hash::operator()(std::uint32_t block) const {
  std::uint64_t hash = 0;
  for (const std::uint32_t item : blocks[block]) {
    hash = (hash ^ item) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 29;
  }
  return hash;
}

std::uint32_t SharedArrays::number_of(const Block& block) {
  blocks_.push_back(block);
  const auto [at, fresh] = known_.insert(static_cast<std::uint32_t>(blocks_.size() - 1));
  if (!fresh) blocks_.pop_back();
  return *at;
}

State SharedArrays::of(std::span<const std::uint32_t> values) {
  std::vector<std::uint32_t> level(values.begin(), values.end());
  for (std::size_t shift = 0; shift <= top_shift_; shift += kBits) {
    std::vector<std::uint32_t> above;
    for (std::size_t begin = 0; begin < level.size(); begin += kWidth) {
      Block block{};
      const std::size_t count = std::min(kWidth, level.size() - begin);
      std::copy_n(level.begin() + static_cast<std::ptrdiff_t>(begin), count, block.begin());
      above.push_back(number_of(block));
    }
    level = std::move(above);
  }
  return level.empty() ? kZeros : static_cast<State>(level[0]);
}

std::uint32_t SharedArrays::at(State array, std::size_t index) const {
  auto block = static_cast<std::uint32_t>(array);
  for (std::size_t shift = top_shift_; shift > 0; shift -= kBits) {
    block = blocks_[block][index >> shift & (kWidth - 1)];
  }
  return blocks_[block][index & (kWidth - 1)];
}

State SharedArrays::with(State array, std::size_t index, std::uint32_t value) {
  return static_cast<State>(with(static_cast<std::uint32_t>(array), index, value, top_shift_));
}

std::uint32_t SharedArrays::with(std::uint32_t block, std::size_t index, std::uint32_t value,
                                 std::size_t shift) {
  Block copy = blocks_[block];
  std::uint32_t& item = copy[index >> shift & (kWidth - 1)];
  const std::uint32_t changed = shift == 0 ? value : with(item, index, value, shift - kBits);
  if (changed == item) return block;
  item = changed;
  return number_of(copy);
}

}  // namespace plumbline::checker
