#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plumbline::reports {

// What a seed came to, the worst first. The order is that in which failures are shown.
enum class SeedVerdict : std::uint8_t {
  kViolation,
  kCrash,
  kLiveness,
  kNondeterminism,
  kInfrastructure,
  kIndeterminate,
  kPass,
};

inline constexpr std::size_t kSeedVerdicts = 7;
inline constexpr std::array<SeedVerdict, kSeedVerdicts> kAllSeedVerdicts = {
    SeedVerdict::kViolation,
    SeedVerdict::kCrash,
    SeedVerdict::kLiveness,
    SeedVerdict::kNondeterminism,
    SeedVerdict::kInfrastructure,
    SeedVerdict::kIndeterminate,
    SeedVerdict::kPass};

// How a verdict is told: never by colour alone, always by word and icon.
struct VerdictLook {
  std::string_view name;     // As in results.jsonl.
  std::string_view word;     // For a heading.
  std::string_view icon;     // One character.
  std::string_view meaning;  // One sentence for a reader who meets the word for the first time.
};

const VerdictLook& look_of(SeedVerdict verdict);
std::optional<SeedVerdict> seed_verdict_named(std::string_view name);
// The store or the testbed is at fault, and trying again is no remedy.
bool is_failure(SeedVerdict verdict);

}  // namespace plumbline::reports
