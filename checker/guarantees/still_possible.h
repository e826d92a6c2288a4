#pragma once

#include <string>
#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"

namespace plumbline::checker {

// What can still be said for a history of registers that is not linearizable: which weaker models
// are certainly excluded, and which are not. Both lists are in the order below; together they name
// each model once.
//
//  - "sequential": one order of all operations, the same for everybody, that keeps each session's.
//  - "causal": each session sees the writes in an order that keeps every session's order and never
//    shows an effect (a write after a read) without its cause.
//  - "PRAM": each session sees the writes of every other session in the order they were made.
//  - "read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads": as in
//    session_guarantees.h, of each session alone.
//
// A model is ruled out only if the history proves it: on some key no order of the versions agrees
// with what is proved (key_versions.h) and what the model demands. What revisions, lists and
// comparisons that held prove is taken as the order for everybody, in every model. What is not
// ruled out may still be broken in ways that one key does not show. Each of the first three implies
// all that follow, so what rules out one of those rules it out as well.
//
// O(n * log(n)); on keys whose sequential consistency is broken times the sessions there, up to a
// bound on the steps beyond which causal and PRAM are not ruled out.
// REQUIRES: the history has no fault.
struct Possibilities {
  std::vector<std::string> ruled_out;
  std::vector<std::string> still_possible;
};
Possibilities still_possible(const History& history, const GuaranteeOptions& options = {});

}  // namespace plumbline::checker
