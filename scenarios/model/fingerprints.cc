#include "scenarios/model/fingerprints.h"

#include <utility>

namespace plumbline::model {
namespace {

std::unique_ptr<std::atomic<std::uint64_t>[]> empty_slots(std::uint64_t count) {
  return std::make_unique<std::atomic<std::uint64_t>[]>(count);
}

}  // namespace

Fingerprints::Fingerprints(unsigned bits)
    : capacity_(std::uint64_t{1} << bits), slots_(empty_slots(capacity_)) {}

bool Fingerprints::insert(std::uint64_t fingerprint) {
  if (!place(fingerprint == 0 ? 1 : fingerprint)) return false;
  size_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Fingerprints::place(std::uint64_t fingerprint) {
  // Fingerprints are well mixed already.
  for (std::uint64_t at = fingerprint;; ++at) {
    std::atomic<std::uint64_t>& slot = slots_[at & (capacity_ - 1)];
    std::uint64_t there = slot.load(std::memory_order_relaxed);
    if (there == 0 && slot.compare_exchange_strong(there, fingerprint, std::memory_order_relaxed)) {
      return true;
    }
    if (there == fingerprint) return false;
  }
}

void Fingerprints::grow() {
  const std::uint64_t before = capacity_;
  auto old = std::exchange(slots_, empty_slots(capacity_ * 2));
  capacity_ *= 2;
  for (std::uint64_t i = 0; i < before; ++i) {
    const std::uint64_t fingerprint = old[i].load(std::memory_order_relaxed);
    if (fingerprint != 0) place(fingerprint);
  }
}

}  // namespace plumbline::model
