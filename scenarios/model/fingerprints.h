#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace plumbline::model {

// The states that were met, eight bytes each: open addressing, linear probing, no removal. Several
// threads may insert at once; growing needs all of them out.
class Fingerprints {
 public:
  explicit Fingerprints(unsigned bits = 16);

  // True when it was not there. Zero counts as one.
  bool insert(std::uint64_t fingerprint);
  bool is_crowded() const { return size() > capacity_ / 8 * 6; }
  // REQUIRES: nobody inserts meanwhile.
  void grow();

  std::uint64_t size() const { return size_.load(std::memory_order_relaxed); }
  std::uint64_t bytes() const { return capacity_ * sizeof(std::uint64_t); }

  const std::atomic<std::uint64_t>* begin() const { return slots_.get(); }
  const std::atomic<std::uint64_t>* end() const { return slots_.get() + capacity_; }

 private:
  bool place(std::uint64_t fingerprint);

  std::uint64_t capacity_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> slots_;
  std::atomic<std::uint64_t> size_{0};
};

}  // namespace plumbline::model
