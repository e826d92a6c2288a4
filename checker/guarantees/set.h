#pragma once

#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// "set": what was added is there in the end, and nothing else.
//
// Judged is one read per key: the answered read that returned last. It violates the guarantee by
//  - "lost-element": it misses an element whose add was answered before the read was called and
//    that nobody asked to remove;
//  - "unexpected-element": it shows an element that nobody had asked to add by the time the read
//    returned, or whose adds all definitely failed.
// An element whose adds are unknown may be there ("recovered") or not. Unknown: no read was
// answered, or its answer is no list. Jepsen also calls an add lost that was answered after the
// call of the final read; such an add may have taken effect too late, so it is not held against the
// store.
//
// O(operations + length of the final reads).
// REQUIRES: the history has no fault.
std::vector<Report> check_set(const History& history, const GuaranteeOptions& options);

}  // namespace plumbline::checker
