#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "checker/history/value.h"

namespace plumbline::checker::txn {

inline constexpr std::uint32_t kNone = UINT32_MAX;

// Values of equal bytes are equal, which settles almost every comparison without a call; values of
// different bytes may still be equal when they live behind a pointer.
inline bool same(const Value& a, const Value& b) {
  return std::memcmp(&a, &b, sizeof(Value)) == 0 || a == b;
}

inline bool same(const Value* a, const Value* b, std::size_t count) {
  if (count == 0 || std::memcmp(a, b, count * sizeof(Value)) == 0) return true;
  for (std::size_t i = 0; i < count; ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

// Finds dense ids by hash: open addressing over one array, at most half full, eight bytes a slot.
// Whoever uses it keeps what an id stands for, and tells equal from unequal.
class IdTable {
 public:
  IdTable() : slots_(kSlotsMin) {}

  // The id whose entry `equals`, or kNone.
  template <typename Equals>
  std::uint32_t find(std::size_t hash, Equals equals) const {
    return slots_[position(short_hash(hash), equals)].id;
  }

  // The slot's id, to be set when it is kNone. Valid until the next call.
  template <typename Equals>
  std::uint32_t& find_or_add(std::size_t hash, Equals equals) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    const std::uint32_t tag = short_hash(hash);
    Slot& slot = slots_[position(tag, equals)];
    if (slot.id == kNone) {
      slot.tag = tag;
      ++used_;
    }
    return slot.id;
  }

 private:
  static constexpr std::size_t kSlotsMin = 64;

  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t id = kNone;
  };

  static std::uint32_t short_hash(std::size_t hash) {
    return static_cast<std::uint32_t>((hash * 0x9e3779b97f4a7c15ULL) >> 32);
  }

  template <typename Equals>
  std::size_t position(std::uint32_t tag, Equals equals) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = tag & mask;; i = (i + 1) & mask) {
      const Slot& slot = slots_[i];
      if (slot.id == kNone || (slot.tag == tag && equals(slot.id))) return i;
    }
  }

  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.id == kNone) continue;
      slots_[position(slot.tag, [](std::uint32_t) { return false; })] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace plumbline::checker::txn
