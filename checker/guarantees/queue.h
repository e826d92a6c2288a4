#pragma once

#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// "queue": what goes in comes out, at most once, and nothing else does. Order is not judged.
//
// An element is *taken* by an answered dequeue that got it, or by an answered drain that lists it.
// Equal elements may be enqueued several times. Violations:
//  - "unexpected-element": an element is taken that nobody had asked to enqueue by the time the
//  take
//    returned (an enqueue that definitely failed is none);
//  - "duplicate": an element is taken more often than it had been asked for by then;
//  - "lost-element": the queue was drained, and an element is taken less often than it was enqueued
//    with an answer before that. Drained means: an answered drain, or a dequeue that found nothing;
//    the one called last counts. A dequeue whose outcome is unknown may have taken one element, a
//    drain any number, so elements are lost only beyond what those account for.
// An enqueue whose outcome is unknown may have put its element in or not. Unknown: acknowledged
// elements did not come out, but the queue was never drained.
//
// O(n * log(n)) in the operations and the lengths of the drains.
// REQUIRES: the history has no fault.
std::vector<Report> check_queue(const History& history, const GuaranteeOptions& options);

}  // namespace plumbline::checker
