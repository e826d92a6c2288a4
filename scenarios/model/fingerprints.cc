#include "scenarios/model/fingerprints.h"

#include <cstring>
#include <utility>
#include <vector>

#include "nodes/base/assert.h"

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
  const std::uint64_t before = size_.fetch_add(1, std::memory_order_relaxed);
  PLUMB_ASSERT(before + 1 < capacity_, "a table that must not be full is");
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

namespace {

constexpr std::size_t kBlock = std::size_t{1} << 16;

void put(CheckpointWriter& to, std::vector<std::uint64_t>& block) {
  to.put(BytesView(reinterpret_cast<const char*>(block.data()), block.size() * 8));
  block.clear();
}

}  // namespace

void Fingerprints::save(CheckpointWriter& to) const {
  to.put(size());
  std::vector<std::uint64_t> block;
  for (std::uint64_t i = 0; i < capacity_; ++i) {
    const std::uint64_t fingerprint = slots_[i].load(std::memory_order_relaxed);
    if (fingerprint != 0) block.push_back(fingerprint);
    if (block.size() == kBlock) put(to, block);
  }
  if (!block.empty()) put(to, block);
}

void Fingerprints::load(CheckpointReader& from) {
  const std::uint64_t size = from.number();
  while (this->size() < size) {
    const Bytes block = from.block();
    for (std::size_t at = 0; at < block.size(); at += sizeof(std::uint64_t)) {
      if (is_crowded()) grow();
      std::uint64_t fingerprint = 0;
      std::memcpy(&fingerprint, block.data() + at, sizeof(fingerprint));
      insert(fingerprint);
    }
  }
}

}  // namespace plumbline::model
