#include "checker/linear/configs.h"

#include <algorithm>

namespace plumbline::checker {
namespace {

constexpr std::size_t kTableMin = 256;

std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  return x ^ (x >> 32);
}

}  // namespace

Configs::Configs(std::size_t mask_words, std::size_t groups)
    : mask_words_(mask_words), groups_(groups), table_(kTableMin, 0) {}

std::size_t Configs::hash_of(const Config& config) const {
  std::uint64_t hash = mix(static_cast<std::uint64_t>(config.position) << 32 |
                           static_cast<std::uint32_t>(config.state));
  for (const std::uint64_t word : config.mask) hash = mix(hash ^ word);
  return hash & 0xffffffffU;
}

bool Configs::same_place(std::uint32_t number, const Config& config) const {
  const Head& head = heads_[number];
  return head.position == config.position && head.state == config.state &&
         std::equal(config.mask.begin(), config.mask.end(),
                    masks_.begin() + static_cast<std::ptrdiff_t>(number * mask_words_));
}

bool Configs::dominates(std::uint32_t number, const Config& config) const {
  const std::uint16_t* used = used_.data() + number * groups_;
  for (std::size_t i = 0; i < groups_; ++i) {
    if (used[i] > config.used[i]) return false;
  }
  return true;
}

bool Configs::add(const Config& config) {
  const std::size_t hash = hash_of(config);
  for (std::size_t at = hash & (table_.size() - 1); table_[at] != 0;
       at = (at + 1) & (table_.size() - 1)) {
    const std::uint32_t number = table_[at] - 1;
    if (hashes_[number] != hash || !same_place(number, config)) continue;
    if (dominates(number, config)) return false;
  }
  const auto number = static_cast<std::uint32_t>(size());
  heads_.push_back({config.position, config.state, config.seen});
  masks_.insert(masks_.end(), config.mask.begin(), config.mask.end());
  used_.insert(used_.end(), config.used.begin(), config.used.end());
  hashes_.push_back(static_cast<std::uint32_t>(hash));
  if (2 * size() > table_.size()) grow();
  place(number, hash);
  return true;
}

void Configs::load(std::uint32_t number, Config& config) const {
  config.position = heads_[number].position;
  config.state = heads_[number].state;
  config.seen = heads_[number].seen;
  config.mask.assign(masks_.begin() + static_cast<std::ptrdiff_t>(number * mask_words_),
                     masks_.begin() + static_cast<std::ptrdiff_t>((number + 1) * mask_words_));
  config.used.assign(used_.begin() + static_cast<std::ptrdiff_t>(number * groups_),
                     used_.begin() + static_cast<std::ptrdiff_t>((number + 1) * groups_));
}

// Places all but the newest, which the caller places.
void Configs::grow() {
  table_.assign(4 * table_.size(), 0);
  for (std::uint32_t number = 0; number + 1 < size(); ++number) place(number, hashes_[number]);
}

void Configs::place(std::uint32_t number, std::size_t hash) {
  std::size_t at = hash & (table_.size() - 1);
  while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
  table_[at] = number + 1;
}

}  // namespace plumbline::checker
