#pragma once

#include <cstdint>
#include <vector>

namespace plumbline::sim {

// How many times the same thing was done before: the last part of a decision's key when content
// alone does not tell two decisions apart. Things are named by a hash; two that collide share a
// count, which keeps keys distinct all the same.
class Attempts {
 public:
  // 0 the first time.
  std::uint64_t next(std::uint64_t hash) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    Slot& slot = find(hash);
    if (slot.uses == 0) {
      slot.hash = hash;
      ++count_;
    }
    return slot.uses++;
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint64_t uses = 0;
  };

  Slot& find(std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].uses != 0 && slots_[at].hash != hash) at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(old.empty() ? 256 : old.size() * 2, Slot{});
    for (const Slot& slot : old) {
      if (slot.uses != 0) find(slot.hash) = slot;
    }
  }

  std::vector<Slot> slots_;  // open addressing; a free slot has no uses
  std::size_t count_ = 0;
};

}  // namespace plumbline::sim
