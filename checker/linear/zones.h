#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/history/requests.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// Linearizability of one register whose values are written once, in O(n log n) and without search
// (Gibbons and Korach, "Testing Shared Memories", 1997).
//
// The cluster of a value is the operation that wrote it with all that saw it. A swap from a to b
// ties the cluster of b right behind that of a; a chain of clusters is a block, and every order
// keeps a block together. Let f be the first return in a block and s its last call. If f < s the
// block must be there from f to s, its zone is forward; else one instant of [s, f] is enough. The
// register is linearizable if and only if inside each block no operation returned before one that
// must precede it was called, and of no two blocks each must precede the other (fY < sX and
// fX < sY). The block of the initial value has been there for ever.
//
// Unknown outcomes cost nothing: one that nobody saw need not have happened, one that was seen has
// happened and never returned.
struct ZoneJudgement {
  enum class Answer : std::uint8_t {
    kValid,
    kInvalid,
    kNotForZones,  // A value that was seen has several writers, or a function is not a register's.
    kUndecided,    // As for kValid, but for swaps that failed and do not say what they saw.
  };
  Answer answer = Answer::kValid;
  // Invalid: operations of the blocks that contradict each other, as positions in `requests`,
  // ascending. Together with whoever wrote the values they show they are invalid.
  std::vector<std::uint32_t> core;
  std::uint64_t steps = 0;
};

// `of_key` are positions in `requests` in the order of their calls.
ZoneJudgement judge_by_zones(std::span<const Request> requests,
                             std::span<const std::uint32_t> of_key, const Value& initial);

}  // namespace plumbline::checker
