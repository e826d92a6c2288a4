#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "checker/linear/configs.h"
#include "checker/linear/moves.h"

namespace plumbline::checker {

// How far a search got: the last return that any order reached, and in which states.
class Reach {
 public:
  void note(const Config& config);
  std::uint32_t position() const { return position_; }
  const std::vector<State>& states() const { return states_; }

 private:
  std::uint32_t position_ = 0;
  std::vector<State> states_;
};

// Wing and Gong's search with Lowe's memory: one order after another, as deep as it goes. Quick
// where there is an order to find; remembers all that it met.
class DepthFirst {
 public:
  explicit DepthFirst(Moves& moves);

  // Until there is a verdict or the moves have made so many steps. kUnknown: not yet.
  Verdict advance(std::uint64_t steps);
  const Reach& reach() const { return reach_; }

 private:
  bool meet(const Config& config);

  Moves& moves_;
  Configs configs_;
  std::vector<std::uint32_t> stack_;
  Config here_;
  Reach reach_;
};

// Lowe's just-in-time linearization: all configurations at one return before those at the next.
// Quick where there is no order, since it meets each configuration of a window once; remembers
// only the window, however long the history is.
class Frontier {
 public:
  explicit Frontier(Moves& moves);

  Verdict advance(std::uint64_t steps);
  const Reach& reach() const { return reach_; }

 private:
  bool meet(const Config& config);

  Moves& moves_;
  std::map<std::uint32_t, Configs> by_position_;  // Those not yet looked at, and their neighbours.
  std::uint32_t looked_at_ = 0;                   // Of those at the first position.
  Config here_;
  Reach reach_;
};

}  // namespace plumbline::checker
