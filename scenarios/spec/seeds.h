#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nodes/base/result.h"

namespace plumbline::scenarios {

// A seed as people write it: decimal, "0x5f3c9a", or a commit hash of 40 hex digits, whose first 16
// are the seed. Errors: kInvalid; detail is one line for the user.
Result<std::uint64_t> parse_seed(std::string_view text);
// As it is printed everywhere: "0x5f3c9a".
std::string seed_text(std::uint64_t seed);

// What --seeds says: "10..29", both included, or a count, whose first seed is --seed-base's to
// choose.
struct SeedRange {
  std::optional<std::uint64_t> first;
  std::uint64_t count = 0;

  friend bool operator==(const SeedRange&, const SeedRange&) = default;
};
Result<SeedRange> parse_seed_range(std::string_view text);

}  // namespace plumbline::scenarios
