#pragma once

#include <span>
#include <vector>

#include "checker/guarantees/options.h"
#include "checker/guarantees/session_rules.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// The session guarantees of Terry et al., each key by itself. A session is what one client did:
// the operations under one session number if they have one, else those of one process. An operation
// comes before another of its session if it was answered before the other was called; one whose
// outcome is unknown comes before nothing. The versions of a key have one order (key_versions.h
// says what the history tells of it). Then
//  - "read-your-writes": a read shows no version older than one that its session wrote before;
//  - "monotonic-reads": a read shows no version older than one that its session read before;
//  - "monotonic-writes": a write makes no version older than one that its session wrote before;
//  - "writes-follow-reads": a write makes no version older than one that its session read before.
// A cas that succeeded reads and writes; one that failed and says what it saw reads.
//
// Where the order is total (revisions; keys that are only appended to) the check is exact. Else it
// asks whether any order at all agrees with what is proved and with what the guarantee demands: of
// each session alone, so that sessions need not agree on what is not proved (causal memory lets
// them differ); of all together with options.agreed_order; and also with the real time of writes
// with options.real_time_writes. In both cases a history that keeps the guarantee is never called
// invalid. Unknown: no key has versions.
//
// O(n * log(n)) in the operations and the lengths of lists.
// REQUIRES: the history has no fault.
std::vector<Report> check_session_rule(const History& history, const GuaranteeOptions& options,
                                       Rule rule);

}  // namespace plumbline::checker
