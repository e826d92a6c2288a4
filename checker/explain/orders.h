#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// What a store does with the operations of a witness, one after the other. Whoever calls this room
// makes one from a model, so that the room depends on none.
class Stepper {
 public:
  using State = std::int32_t;
  struct Step {
    State next = 0;   // Of use only if the operation is possible.
    std::string why;  // Empty if it is possible; else what speaks against it: "expected 7, got 5".
  };

  virtual ~Stepper() = default;
  virtual State initial() = 0;
  // `operation` is a position in the witness. The answer depends on nothing but the two arguments.
  virtual Step step(State state, std::size_t operation) = 0;
};

inline constexpr std::size_t kOrderedOperationsMax = 6;

// All orders of a witness that agree with real time: one operation comes before another if it
// returned before the other was called. An operation whose outcome is unknown has no return, and
// an order may leave it out.
struct Orders {
  // Every order breaks in one of these, and each order in exactly one: the beginnings up to the
  // first operation that is not legal, in order of the operations' positions. No entry is the
  // beginning of another, so there are at most 6! = 720 (an unknown operation does not make more
  // of them: where it is left out, there is one operation fewer to place).
  std::vector<OrderTried> broken;
  std::uint64_t all = 0;  // So many whole orders there are, each counted once.
  // A whole order in which nothing breaks, by index in the history. If there is one, the witness
  // proves nothing by itself, and `broken` does not belong into a report.
  std::optional<std::vector<std::uint64_t>> legal;
};

// Nothing if the witness is empty, has more than kOrderedOperationsMax operations, or names one
// that the history does not have or that definitely failed.
// REQUIRES: fault_of(history) finds nothing; `witness` has no operation twice.
std::optional<Orders> all_orders(const History& history, const std::vector<std::uint64_t>& witness,
                                 Stepper& stepper);

// Puts all orders of the report's witness into the report, if they prove what it says: each of them
// breaks. True if so.
bool add_orders(Report& report, const History& history, Stepper& stepper);

}  // namespace plumbline::checker
