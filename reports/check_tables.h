#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::reports {

// The tables of the page of a judged history, as HTML. Each has at most some hundreds of rows, the
// worst first, and says what it leaves out.

// The reports that are not valid, the worst first; each of the first `in_full` has an anchor
// "finding-N", except the first of all, which leads to "verdict".
std::string findings_table(const std::vector<checker::Report>& findings, std::size_t in_full);
// What was checked, by how many steps, and what it came to.
std::string checks_section(const checker::CheckResult& result);
// Each key with its operations and its verdict.
std::string keys_section(const checker::CheckResult& result, const checker::History& history);

}  // namespace plumbline::reports
