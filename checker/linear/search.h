#pragma once

#include <cstdint>
#include <vector>

#include "checker/linear/model.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

struct SearchOptions {
  std::uint64_t step_budget = 0;
  // Whether Model::hopeless() may cut branches short. Off, the search gets as far as any order
  // gets, which is what an explanation needs.
  bool lookahead = true;
};

struct SearchResult {
  Verdict verdict = Verdict::kValid;
  std::uint64_t steps = 0;
  // Unless valid: definite entries that no order got behind, the next to return first.
  std::vector<std::uint32_t> unplaced;
  // Unless valid: the states that the key can have been in when the first of them returned.
  std::vector<State> states;
};

// Whether the entries can be put in an order that agrees with real time and in which the model
// gives every definite entry its answer: the exact search of Wing and Gong with Lowe's memory of
// configurations ("Testing for linearizability", 2017). A configuration is the position in time,
// the state, and which open entries are done; see Timeline. A depth-first search and a frontier
// (searches.h) take turns, and whichever ends first decides.
//
// A step is one question to the model, so a verdict does not depend on the machine. The memory
// used is bounded by the steps.
// REQUIRES: model.prepare(entries) was called last with these entries.
SearchResult search(Model& model, const std::vector<Entry>& entries, const SearchOptions& options);

}  // namespace plumbline::checker
