#pragma once

#include "checker/txn/graph.h"
#include "checker/txn/versions.h"

namespace plumbline::checker::txn {

// The same versions with an order for every loose key: one that is likely, because it comes from
// carrying the transactions out one by one, the one that returned first before the others, each
// after all that must precede it, and none replacing a version that somebody has yet to read. It
// proves nothing by itself; a search of the graph that follows from it does, if it finds nothing.
Versions completed(const Compiled& history, const Versions& versions, const Graph& graph);

}  // namespace plumbline::checker::txn
