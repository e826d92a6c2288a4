#pragma once

#include <vector>

#include "checker/history/history.h"
#include "checker/mvcc/options.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// The one entrance: keys and values, compaction, watches, leases and the final states of servers
// in one verdict over one history of a store that publishes revisions. One report for each property
// that applies. Where the answers do not fit the revisions, one more says which of the two lies,
// if `options.judge_data` can tell.
// REQUIRES: fault_of(history) finds nothing.
std::vector<Report> check_mvcc(const History& history, const MvccOptions& options = {});

// Whether the history has operations of such a store at all.
bool has_mvcc(const History& history);

}  // namespace plumbline::checker
