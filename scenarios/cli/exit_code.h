#pragma once

#include <initializer_list>

namespace plumbline::cli {

// What a program that calls us may rely on. When several apply, a violation is never masked:
// worst() keeps their order.
enum class Exit : int {
  kPassed = 0,
  kViolation = 1,
  kUsage = 2,
  kInfrastructure = 3,
  kIndeterminate = 4,
  kNondeterminism = 5,
  kNothingRan = 6,
  kInterrupted = 130,
};

// The one of both that must be told.
constexpr Exit worst(Exit a, Exit b) {
  for (const Exit first : {Exit::kViolation, Exit::kNondeterminism, Exit::kUsage,
                           Exit::kInfrastructure, Exit::kNothingRan, Exit::kIndeterminate}) {
    if (a == first || b == first) return first;
  }
  return a == Exit::kInterrupted ? a : b;
}

}  // namespace plumbline::cli
