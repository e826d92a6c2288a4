#pragma once

#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// "long-fork": all readers see the writes happen in one order. Parallel snapshot isolation permits
// them to disagree; snapshot isolation and all that is stronger does not.
//
// Each key is absent (nil) until it is written, once. A transaction whose steps all read is a read;
// it sees a write or not. A read that sees x but not y puts the write of x before that of y. The
// history violates the guarantee, "long-fork", if these orders contradict each other: two reads,
// one of x without y and the other of y without x, or a longer ring of reads. So it is judged for
// reads of any sets of keys, while Jepsen compares reads of equal sets, two by two.
//
// Unknown: a key was written by two transactions, or seen or written with two values; then "not yet
// written" cannot be told from "written over". Transactions that read and write only count as
// writes.
//
// O(r * log(r) + steps) for r reads. Of a group of reads of the same keys, pairs of neighbours in
// the order of what they see are reported, not all pairs.
// REQUIRES: the history has no fault.
std::vector<Report> check_long_fork(const History& history, const GuaranteeOptions& options);

}  // namespace plumbline::checker
