#pragma once

#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// "counter": each read shows a number that the additions allow.
//
// An add (or remove, which subtracts) *has happened* for a read if it was answered before the read
// was called. It *may have happened* if it did not definitely fail and was called no later than the
// read returned, but has not happened. A read violates the guarantee, "out-of-bounds", if it shows
//  - less than the initial number, all amounts that have happened and the negative amounts of those
//    that may have, together; or
//  - more than the same with the positive amounts.
// With positive amounts these are Jepsen's bounds. Unknown: an answer or amount is no integer, or
// their sum does not fit 64 bits. A counter that nobody read is valid, as with Jepsen.
//
// O(operations * log(operations)).
// REQUIRES: the history has no fault.
std::vector<Report> check_counter(const History& history, const GuaranteeOptions& options);

}  // namespace plumbline::checker
