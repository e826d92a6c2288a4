#pragma once

#include <string>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::reports {

struct CheckPageOptions {
  // What judges the history again; empty: `plumbline check FILE`.
  std::string command;
};

// The page of one judged history: the verdict, why, the proof in words and as a figure, every order
// of its operations, and below that what is around it. One file without requests, readable without
// its script. All of its parts are bounded, so it stays below 2 MB for a history of any length;
// what it leaves out it says.
//
// REQUIRES: `result` came from `history`; operations that do not fit it are left out.
std::string check_page(const checker::CheckResult& result, const checker::History& history,
                       const std::string& file_name, const CheckPageOptions& options = {});

}  // namespace plumbline::reports
