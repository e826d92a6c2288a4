#pragma once

#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// "set-full": what was added is there from then on, judged by every read of the key.
//
// Answered reads count in the order of their calls. An element that somebody asked to add is
// *known* from the earliest return of an answered add of it or of a read that shows it. It is
//  - stable if the last read shows it;
//  - lost if the last read misses it and was called after it was known;
//  - never read otherwise.
// A stable element is *stale* if some read that was called after it was known misses it. Its stable
// latency is the time from when it was known to the call of the last read that misses it, or 0; the
// lost latency of a lost one is the time from when it was known to the call of the last read that
// shows it, or 0. Latencies are in the argument of the first report: least, median, 95 and 99 of a
// hundred, greatest.
//
// Violations: "lost-element"; "duplicate", an element twice in one answer; with
// options.linearizable also "stale-read". Unknown: a key of which no element is stable and none is
// lost, in particular one that was never read. Elements that somebody asked to remove are not
// judged; elements that nobody asked to add are counted only. The verdicts are those of Jepsen's
// checker of that name, but that it rounds latencies down to milliseconds before it calls an
// element stale.
//
// O(operations + length of all answers).
// REQUIRES: the history has no fault.
std::vector<Report> check_set_full(const History& history, const GuaranteeOptions& options);

}  // namespace plumbline::checker
