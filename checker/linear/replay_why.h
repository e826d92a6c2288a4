#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/history/requests.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// An answer that the changes before it, in the order of their revisions, do not explain.
struct Mismatch {
  std::uint32_t reader = 0;     // A position in the requests.
  std::int64_t revision = 0;    // The revision whose state the answer shows.
  const Value* seen = nullptr;  // What it shows, nullptr for nil; if `blind`, what it says was not.
  bool blind = false;
};

// What the key holds there by answered changes; positions in the requests.
struct CellView {
  const Value* shown = nullptr;
  std::uint32_t set_by = UINT32_MAX;    // Who set or showed `shown`; UINT32_MAX if it is initial.
  std::vector<std::uint32_t> appended;  // Those that added to it since, in order.
};

// Says in a sentence why, with the few operations that show it. Verdict invalid.
Report explain_mismatch(std::span<const Request> requests, const Mismatch& mismatch,
                        const CellView& cell);

// A change of unknown outcome that `seen_by` shows to have happened after one revision and at or
// before another.
struct PlacedChange {
  std::uint32_t request = 0;
  std::uint32_t seen_by = 0;
  std::int64_t after = 0;
  std::int64_t by = 0;
};

// Why these changes do not all find a revision that nobody else made. Verdict invalid.
Report explain_crowd(std::span<const Request> requests, std::span<const PlacedChange> changes);

}  // namespace plumbline::checker
