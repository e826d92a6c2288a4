#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/history/operation.h"

namespace plumbline::checker {

// Where a history comes from. All of it is for the reader of a report, except `semantics`, which
// names the model to judge by when the caller names none.
struct Meta {
  std::string scenario;
  std::string seed;
  std::string semantics;

  friend bool operator==(const Meta&, const Meta&) = default;
};

// What clients did and what they were told. Invariants, which fault_of() checks:
//  1. Each operation is without fault of its own.
//  2. Operations are in order of their calls; the position of one is its index everywhere (in
//     files, witnesses and reports).
//  3. A process has at most one operation open at a time. An operation that ended as unknown is
//     not open for its process any more, although it may still take effect.
//  4. Operations of one session and sequence ask for the same thing.
struct History {
  Meta meta;
  std::vector<Operation> operations;

  friend bool operator==(const History&, const History&) = default;
};

// The first broken invariant in words, with the index of the operation; or nothing.
std::optional<std::string> fault_of(const History& history);

}  // namespace plumbline::checker
