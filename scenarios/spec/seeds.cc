#include "scenarios/spec/seeds.h"

#include <charconv>

namespace plumbline::scenarios {
namespace {

constexpr std::size_t kCommitDigits = 40;
constexpr std::size_t kSeedDigits = 16;

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool is_commit(std::string_view text) {
  return text.size() == kCommitDigits &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::optional<std::uint64_t> seed_of(std::string_view text) {
  if (is_commit(text)) return number(text.substr(0, kSeedDigits), 16);
  if (text.starts_with("0x") || text.starts_with("0X")) return number(text.substr(2), 16);
  return number(text, 10);
}

}  // namespace

Result<std::uint64_t> parse_seed(std::string_view text) {
  if (const auto seed = seed_of(text)) return *seed;
  return Error{Errc::kInvalid, "\"" + std::string(text) +
                                   "\" is not a seed: decimal, 0x and up to 16 hex digits, or a "
                                   "commit hash of 40 hex digits"};
}

std::string seed_text(std::uint64_t seed) {
  char digits[kSeedDigits];
  const auto [end, error] = std::to_chars(digits, digits + kSeedDigits, seed, 16);
  return "0x" + std::string(digits, end);
}

Result<SeedRange> parse_seed_range(std::string_view text) {
  const auto refuse = [&](const char* why) {
    return Error{Errc::kInvalid, "\"" + std::string(text) + "\" is not a range of seeds: " + why};
  };
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto count = number(text, 10);
    if (!count || *count == 0) return refuse("expected a count from 1, or A..B");
    return SeedRange{std::nullopt, *count};
  }
  const auto first = parse_seed(text.substr(0, dots));
  if (!first) return first.error();
  const auto last = parse_seed(text.substr(dots + 2));
  if (!last) return last.error();
  if (*first > *last) return refuse("the first is above the last");
  if (*last - *first == UINT64_MAX) return refuse("that many cannot be counted");
  return SeedRange{*first, *last - *first + 1};
}

}  // namespace plumbline::scenarios
