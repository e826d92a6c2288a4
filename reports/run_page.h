#pragma once

#include <cstddef>
#include <string>

#include "checker/history/result.h"
#include "reports/run_files.h"

namespace plumbline::reports {

struct PageOptions {
  // The size that a page has when something can be left out to reach it. What is left out first:
  // trace records and operations far from the violation. What never is: the verdict, the witness,
  // the faults, and everything within the violation's window.
  std::size_t bytes_wanted = 2'000'000;
  // The size above which even rows of the window are left out, because nobody could open the page.
  std::size_t bytes_max = 20'000'000;
};

// report.html of one run: what went wrong, in words and figures, and how to see it again. One file
// without requests. What it leaves out, it says in a banner.
std::string run_page(const RunFiles& run, const PageOptions& options = {});
// Of a run directory; a problem only if its run.json cannot be read.
checker::Result<std::string> run_page(const std::string& directory,
                                      const PageOptions& options = {});

}  // namespace plumbline::reports
