#pragma once

#include <cstddef>
#include <string>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::reports::testing {

// A history with what checks said about it, written by hand.
struct Judged {
  checker::History history;
  checker::CheckResult result;
  std::string file;
};

// A register of five clients: 7 replaces 5, and then a read gives 5. One write is unknown, and the
// proof has two orders.
Judged judged_stale_read(const std::string& key = "orders/42");
// A search that spent its budget.
Judged judged_undecided();
Judged judged_valid();
// `findings` keys, each with its own stale read.
Judged judged_many_findings(std::size_t findings);
// `operations` of twenty clients on ten keys in fifty seconds or so, with one stale read in the
// middle.
Judged judged_large(std::size_t operations);

}  // namespace plumbline::reports::testing
