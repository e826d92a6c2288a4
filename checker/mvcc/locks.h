#pragma once

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker::mvcc {

// A lock that hands out tokens, and a resource that it protects. An acquire that was answered
// carries its token as its revision; a write or put to the resource has the argument [token,
// value] and is answered ok only if the resource took it.

// The resource takes no write whose token is lower than one that it had taken before: if a write
// was answered before another was called, its token is not the greater. This is what a lock of
// leases can promise.
Report check_fencing(const History& history);

// Whether no two clients believed at one time that they held a lock: from the answer to acquire to
// the call of release. A right system breaks this, since a client may be paused while its lease
// ends: a negative control, which shows that the faults of a run were strong enough. Never part of
// a verdict on a store.
Report check_belief_of_exclusion(const History& history);

}  // namespace plumbline::checker::mvcc
