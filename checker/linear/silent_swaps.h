#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/history/requests.h"
#include "checker/linear/written_once.h"

namespace plumbline::checker {

// A block of values as zones.h has them.
struct Block {
  ClusterId head = kNoCluster;
  OperationId first_returned = kNoOperation;  // Gives f.
  OperationId last_called = kNoOperation;     // Gives s.
};

// Whether each swap that failed without saying what it saw finds an instant at which the register
// held something else than it expected.
//
// The values are laid out along time: a value comes as late as it may, unless a swap needs the one
// before it to be gone. What then comes is whatever must come soonest, or a write of unknown
// outcome that nobody saw. A layout in which all swaps have their instant is an order. Where one
// has none in any layout, since some operation had seen the value before its call and another
// after its return, that is a contradiction. Else another layout may do: undecided.
struct SilentSwaps {
  enum class Answer : std::uint8_t { kPlaced, kContradiction, kUndecided };
  Answer answer = Answer::kPlaced;
  std::vector<OperationId> core;  // Of a contradiction.
};

// REQUIRES: no two of the blocks contradict each other; no block contradicts itself.
SilentSwaps place_silent_swaps(std::span<const Request> requests,
                               std::span<const std::uint32_t> of_key, const WrittenOnce& values,
                               const std::vector<Block>& blocks);

}  // namespace plumbline::checker
