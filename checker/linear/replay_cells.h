#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "checker/linear/tokens_view.h"

namespace plumbline::checker {

// What a key holds on the way through the revisions, as far as answered changes tell: the value
// last set or shown, and the tokens that answered appends added since. 32 bytes a key and 32 for
// each append that nobody saw yet.
class ReplayCells {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Cell {
    const Value* shown = nullptr;  // nullptr is nil.
    std::int64_t since = 0;        // The revision at which `shown` was certain.
    // The last revision after that at which the value was compared with another and differed.
    std::int64_t blind_at = std::numeric_limits<std::int64_t>::min();
    std::uint32_t appended = kNone;  // The newest append since.
    std::uint32_t set_by = kNone;    // The request that set `shown`, or the last that showed it.
  };
  struct Append {
    const Value* token = nullptr;
    std::int64_t revision = 0;
    std::uint32_t request = 0;
    std::uint32_t older = kNone;
  };

  // Every key holds nil since `base`.
  ReplayCells(std::uint32_t keys, std::int64_t base, bool sequences)
      : sequences_(sequences), cells_(keys, Cell{.since = base}) {}

  Cell& operator[](std::uint32_t key) { return cells_[key]; }
  const Cell& operator[](std::uint32_t key) const { return cells_[key]; }
  const Append& append(std::uint32_t at) const { return appends_[at]; }
  TokensView view(const Value* value) const { return TokensView::of(value, sequences_); }

  bool holds(std::uint32_t key, TokensView seen) const;
  bool is_nil(std::uint32_t key) const;
  // From here on the key holds `value` for certain.
  void pin(std::uint32_t key, const Value* value, std::int64_t revision, std::uint32_t request);
  void add(std::uint32_t key, const Value* token, std::int64_t revision, std::uint32_t request);

 private:
  bool sequences_;
  std::vector<Cell> cells_;
  std::vector<Append> appends_;
  std::uint32_t free_ = kNone;
};

}  // namespace plumbline::checker
