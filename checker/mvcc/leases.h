#pragma once

#include <vector>

#include "checker/mvcc/journal.h"
#include "checker/mvcc/options.h"
#include "checker/mvcc/replay.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker::mvcc {

// Leases, by what their holders were told. That keys stay until their lease ends, and go all at
// once with it, is part of the replay: what took them is an operation or the end of the lease.
struct LeaseCase {
  const Journal& journal;
  const Replayed& replayed;
  const MvccOptions& options;
};

// No lease ends by itself before its time to live has passed, less the drift of clocks, since the
// call of the last renewal that was granted.
Report check_lease_never_early(const LeaseCase& leases);
// No lease keeps its keys longer than its time to live and the bound after the last renewal that
// can have been granted.
Report check_lease_not_for_ever(const LeaseCase& leases);
// A lease that is known to have ended is not kept alive and takes no keys.
Report check_lease_stays_ended(const LeaseCase& leases);
// The keys of a lease that ends are deleted by one revision. Judged by watches alone, so that a
// torn end has a name where the replay only finds a revision that nobody made.
Report check_lease_atomic(const LeaseCase& leases);
// A lease is refused as not found only if it may not have been there, and used only if it may.
Report check_lease_known(const LeaseCase& leases);

std::vector<Report> check_leases(const LeaseCase& leases);

}  // namespace plumbline::checker::mvcc
