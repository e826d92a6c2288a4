#include "reports/seed_verdict.h"

namespace plumbline::reports {
namespace {

constexpr std::array<VerdictLook, kSeedVerdicts> kLooks = {{
    {"violation", "VIOLATION", "✖", "What clients were told contradicts the contract."},
    {"crash", "CRASH", "✸", "An assertion or an invariant failed, or the program died."},
    {"liveness", "LIVENESS", "∞", "The cluster did not recover after the faults had healed."},
    {"nondeterminism", "NON-DETERMINISTIC", "≠",
     "The same build, scenario and seed gave two different runs."},
    {"infrastructure", "INFRASTRUCTURE", "⚠",
     "The machine failed (disk full, worker killed from outside), not the store."},
    {"indeterminate", "INDETERMINATE", "?", "The run did not suffice for a verdict."},
    {"pass", "PASS", "✔", "Everything observed is allowed by the contract."},
}};

}  // namespace

const VerdictLook& look_of(SeedVerdict verdict) {
  return kLooks[static_cast<std::size_t>(verdict)];
}

std::optional<SeedVerdict> seed_verdict_named(std::string_view name) {
  for (const SeedVerdict verdict : kAllSeedVerdicts) {
    if (look_of(verdict).name == name) return verdict;
  }
  return std::nullopt;
}

bool is_failure(SeedVerdict verdict) { return verdict < SeedVerdict::kInfrastructure; }

}  // namespace plumbline::reports
