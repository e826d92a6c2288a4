#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "checker/history/history.h"

namespace plumbline::checker {

// One request as the store must see it: an operation, or all the attempts of one session and
// sequence taken together. A request with several attempts may take effect once, at any time after
// its first call; its effect lies before the first positive answer, since a store that answers a
// retry answers for what the request did whenever it did it.
struct Request {
  const Operation* operation = nullptr;  // The attempt that was answered; else the first.
  std::int64_t invoked_at = 0;
  std::int64_t returned_at = kNever;  // kNever unless the outcome is ok or fail.
  std::uint32_t index = 0;            // Of that attempt in the history.
  Outcome outcome = Outcome::kUnknown;
};

// The requests of a history, in the order of their first calls. They point into `history`.
// REQUIRES: fault_of(history) finds nothing.
std::vector<Request> requests_of(const History& history);

}  // namespace plumbline::checker
