#pragma once

#include <functional>

#include "checker/history/history.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {

struct SimulatedShape {
  int operations = 8;
  int clients = 3;
  int unknown_percent = 20;
  int fail_percent = 10;
};

// A history of a store that keeps all promises: `choose` sets function, key and arguments of a
// call, `act` lets it take effect at one instant between call and return (if it is unknown, at any
// time after its call, or never) and sets the results. Answers of what is not ok are dropped.
History simulated(const SimulatedShape& shape, Dice& dice,
                  const std::function<void(Operation&)>& choose,
                  const std::function<void(Operation&)>& act);

}  // namespace plumbline::checker
