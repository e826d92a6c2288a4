#include "checker/guarantees/numbering.h"

namespace plumbline::checker {
namespace {

constexpr std::size_t kSlotsMin = 16;

// Spreads hashes whose low bits are alike.
std::size_t spread(std::size_t hash) {
  return static_cast<std::size_t>((static_cast<std::uint64_t>(hash) * 0x9e3779b97f4a7c15ULL) >> 20);
}

}  // namespace

std::size_t Numbering::slot_of(const Value& value) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = spread(value.hash()) & mask;
  while (slots_[slot] != kNone && *values_[slots_[slot]] != value) slot = (slot + 1) & mask;
  return slot;
}

void Numbering::grow() {
  slots_.assign(slots_.empty() ? kSlotsMin : 2 * slots_.size(), kNone);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t i = 0; i < size(); ++i) {
    std::size_t slot = spread(values_[i]->hash()) & mask;
    while (slots_[slot] != kNone) slot = (slot + 1) & mask;
    slots_[slot] = i;
  }
}

std::uint32_t Numbering::add(const Value& value) {
  if (2 * values_.size() >= slots_.size()) grow();
  std::uint32_t& number = slots_[slot_of(value)];
  if (number == kNone) {
    number = size();
    values_.push_back(&value);
  }
  return number;
}

std::uint32_t Numbering::find(const Value& value) const {
  return slots_.empty() ? kNone : slots_[slot_of(value)];
}

}  // namespace plumbline::checker
