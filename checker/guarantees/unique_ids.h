#pragma once

#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// "unique-ids": no id is given out twice.
//
// Violation, "duplicate-id": two answered generates (of one key, if keys are independent) have
// equal answers. Attempts under one session and sequence are one generate. Whatever failed or is
// unknown gave no id to anybody. A history without answers is valid: nothing was given out.
//
// O(operations).
// REQUIRES: the history has no fault.
std::vector<Report> check_unique_ids(const History& history, const GuaranteeOptions& options);

}  // namespace plumbline::checker
