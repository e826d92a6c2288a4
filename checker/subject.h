#pragma once

#include <string>

#include "checker/check.h"
#include "checker/guarantees/guarantees.h"
#include "checker/linear/models.h"

namespace plumbline::checker {

// What a history is about and what it is held to.
struct Subject {
  enum class Family : std::uint8_t {
    kLinear,        // Objects whose operations take effect one at a time.
    kTransactions,  // Lists and registers that transactions read and write.
    kMvcc,          // A store with revisions, watches and leases.
    kGuarantee,     // One guarantee of guarantees.h.
  };

  Family family = Family::kLinear;
  std::string model;
  std::string level;
  const ModelInfo* linear = nullptr;         // Of kLinear.
  const GuaranteeInfo* guarantee = nullptr;  // Of kGuarantee.
};

// The problem says in a sentence why there is nothing to judge by.
// REQUIRES: fault_of(history) finds nothing.
Result<Subject> subject_of(const History& history, const CheckOptions& options);

inline constexpr std::string_view kLinearizable = "linearizable";
inline constexpr std::string_view kSession = "session";

}  // namespace plumbline::checker
