#pragma once

#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// "monotonic-revisions": the store never goes back in time for one session, even where reads may
// be stale.
//
// Of two answered operations of one session, on whatever keys, of which one was answered before the
// other was called, the later has no smaller revision; if it certainly changed the store (a cas
// from a value to itself may not), a greater one. Violation: "non-monotonic-revision". What carries
// no revision is left out. Unknown: nothing carries one.
//
// O(n * log(n)).
// REQUIRES: the history has no fault; revisions are those of the whole store.
std::vector<Report> check_monotonic_revisions(const History& history,
                                              const GuaranteeOptions& options);

}  // namespace plumbline::checker
