#pragma once

#include <cstdint>
#include <vector>

#include "checker/linear/model.h"

namespace plumbline::checker {

// A point that the search has reached.
struct Config {
  std::uint32_t position = 0;
  State state = 0;
  std::uint32_t seen = 0;           // Definite entries that showed `state` since it was entered.
  std::vector<std::uint64_t> mask;  // The open entries that are done, by slot.
  std::vector<std::uint16_t> used;  // How many of each group of optional entries were used.

  bool done(std::uint32_t slot) const { return (mask[slot / 64] >> (slot % 64) & 1) != 0; }
  void set_done(std::uint32_t slot) { mask[slot / 64] |= std::uint64_t{1} << (slot % 64); }
  void clear(std::uint32_t slot) { mask[slot / 64] &= ~(std::uint64_t{1} << (slot % 64)); }
};

// All configurations reached so far, packed. One that another dominates (same position, state and
// mask, and it used no more of any optional group) need not be looked at.
class Configs {
 public:
  Configs(std::size_t mask_words, std::size_t groups);

  // False if `config` is known or dominated; else it is stored as number size() - 1.
  bool add(const Config& config);
  void load(std::uint32_t number, Config& config) const;
  std::size_t size() const { return heads_.size(); }

 private:
  struct Head {
    std::uint32_t position;
    State state;
    std::uint32_t seen;
  };

  std::size_t hash_of(const Config& config) const;
  bool same_place(std::uint32_t number, const Config& config) const;
  bool dominates(std::uint32_t number, const Config& config) const;
  void grow();
  void place(std::uint32_t number, std::size_t hash);

  std::size_t mask_words_;
  std::size_t groups_;
  std::vector<Head> heads_;
  std::vector<std::uint64_t> masks_;
  std::vector<std::uint16_t> used_;
  std::vector<std::uint32_t> hashes_;
  std::vector<std::uint32_t> table_;  // Open addressing; a number plus one, 0 for a free place.
};

}  // namespace plumbline::checker
