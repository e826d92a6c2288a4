#include "checker/linear/key_numbers.h"

#include <cstring>

namespace plumbline::checker {
namespace {

std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
  state = (state ^ word) * 0x9e3779b97f4a7c15ULL;
  return state ^ (state >> 29);
}

std::uint64_t hash_of(std::string_view key) {
  std::uint64_t state = key.size();
  for (; key.size() >= sizeof(std::uint64_t); key.remove_prefix(sizeof(std::uint64_t))) {
    std::uint64_t word = 0;
    std::memcpy(&word, key.data(), sizeof(word));
    state = mix(state, word);
  }
  std::uint64_t rest = 0;
  for (const char c : key) rest = rest << 8 | static_cast<unsigned char>(c);
  return mix(state, rest);
}

}  // namespace

std::size_t KeyNumbers::slot_of(std::string_view key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash_of(key) & mask;
  while (slots_[at] != kFree && keys_[slots_[at]] != key) at = (at + 1) & mask;
  return at;
}

std::uint32_t KeyNumbers::number_of(std::string_view key) {
  const std::size_t at = slot_of(key);
  if (slots_[at] != kFree) return slots_[at];
  const std::uint32_t number = size();
  slots_[at] = number;
  keys_.push_back(key);
  if (2 * keys_.size() > slots_.size()) grow();
  return number;
}

void KeyNumbers::grow() {
  slots_.assign(2 * slots_.size(), kFree);
  for (std::uint32_t number = 0; number < size(); ++number) slots_[slot_of(keys_[number])] = number;
}

}  // namespace plumbline::checker
