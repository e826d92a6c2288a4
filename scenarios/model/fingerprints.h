#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "scenarios/model/checkpoint.h"

namespace plumbline::model {

// The states that were met, eight bytes each: open addressing, linear probing, no removal. Several
// threads may insert at once; growing needs all of them out.
class Fingerprints {
 public:
  explicit Fingerprints(unsigned bits = 20);

  // True when it was not there. Zero counts as one.
  bool insert(std::uint64_t fingerprint);
  void prefetch(std::uint64_t fingerprint) const {
    __builtin_prefetch(&slots_[fingerprint & (capacity_ - 1)], 1);
  }
  bool is_crowded() const { return size() > capacity_ / 8 * 6; }
  // REQUIRES: nobody inserts meanwhile.
  void grow();

  std::uint64_t size() const { return size_.load(std::memory_order_relaxed); }
  std::uint64_t bytes() const { return capacity_ * sizeof(std::uint64_t); }

  // REQUIRES of both: nobody inserts meanwhile.
  void save(CheckpointWriter& to) const;
  void load(CheckpointReader& from);

 private:
  bool place(std::uint64_t fingerprint);

  std::uint64_t capacity_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> slots_;
  std::atomic<std::uint64_t> size_{0};
};

}  // namespace plumbline::model
