#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "nodes/base/assert.h"

namespace plumbline::model {

// Values by their number that never move. Adding needs a lock that the owner has; reading a value
// whose number was learned after it was added needs none.
template <class T>
class Shelf {
 public:
  Shelf() { blocks_.reserve(kBlocksMax); }

  void add(T value) {
    if (size_ % kBlock == 0) {
      PLUMB_ASSERT(blocks_.size() < kBlocksMax);
      blocks_.push_back(std::make_unique<Block>());
      blocks_.back()->reserve(kBlock);
    }
    blocks_.back()->push_back(std::move(value));
    ++size_;
  }
  const T& operator[](std::uint32_t id) const { return (*blocks_[id / kBlock])[id % kBlock]; }
  std::size_t size() const { return size_; }
  std::uint64_t bytes() const { return blocks_.size() * kBlock * sizeof(T); }

 private:
  static constexpr std::size_t kBlock = 256;
  static constexpr std::size_t kBlocksMax = 1 << 16;
  using Block = std::vector<T>;

  std::vector<std::unique_ptr<Block>> blocks_;
  std::size_t size_ = 0;
};

// Values that occur in many states, each kept once and named by a small number.
template <class T>
class Pool {
 public:
  Pool() : index_(std::size_t{1} << 12, kNone) {}

  // The number of the equal value, which is added when there is none.
  std::uint32_t intern(T value, std::uint64_t hash) {
    for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
      if (index_[at] == kNone) return add(std::move(value), hash);
      if (hashes_[index_[at]] == hash && values_[index_[at]] == value) return index_[at];
    }
  }
  const T& operator[](std::uint32_t id) const { return values_[id]; }
  std::size_t size() const { return hashes_.size(); }
  std::uint64_t bytes() const {
    return values_.bytes() + index_.size() * 4 + hashes_.capacity() * 8;
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::size_t mask() const { return index_.size() - 1; }
  void place(std::uint32_t id) {
    std::size_t at = hashes_[id] & mask();
    while (index_[at] != kNone) at = (at + 1) & mask();
    index_[at] = id;
  }
  std::uint32_t add(T value, std::uint64_t hash) {
    const auto id = static_cast<std::uint32_t>(hashes_.size());
    values_.add(std::move(value));
    hashes_.push_back(hash);
    if (hashes_.size() * 2 > index_.size()) {
      index_.assign(index_.size() * 2, kNone);
      for (std::uint32_t other = 0; other < id; ++other) place(other);
    }
    place(id);
    return id;
  }

  Shelf<T> values_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> index_;
};

}  // namespace plumbline::model
