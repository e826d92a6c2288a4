#pragma once

#include "checker/mvcc/journal.h"
#include "checker/mvcc/options.h"
#include "checker/mvcc/replay.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker::mvcc {

// Whether the servers that told all that they hold (`state`) hold the same: any two at one
// revision always, and, if a time is given from which nothing disturbs the store, all that were
// asked after it and after the last change. What is told as content, not as a hash, is held against
// the model too.
Report check_convergence(const Journal& journal, const Replayed& replayed,
                         const MvccOptions& options);

}  // namespace plumbline::checker::mvcc
