#pragma once

#include <string>

#include "reports/suite.h"

namespace plumbline::reports {

// One summary in each of its forms. Every form tells the same counts.

// For programs: {"format":1, ...}, described in README.md.
std::string suite_json(const SuiteSummary& summary);

// For the summary page of a CI job; always below 900 KiB.
std::string suite_markdown(const SuiteSummary& summary);

// For a CI server: one test case per scenario and block of 1,000 seeds (what ran), and one per
// failure cluster (what failed, with its sentence and replay command). Never one per seed: servers
// give up on hundreds of thousands of test cases. Class and name together are unique.
std::string suite_junit(const SuiteSummary& summary);
inline constexpr std::size_t kSeedsPerBlock = 1000;

// suite.html: one file that makes no request and can be read without its script.
std::string suite_page(const SuiteSummary& summary);

struct TableOptions {
  bool colour = false;  // ANSI colour as an addition; words carry the meaning.
  std::size_t clusters_max = 10;
};
// The table at the end of `plumbline sim`: verdicts by scenario, totals, failures with replays.
std::string suite_table(const SuiteSummary& summary, const TableOptions& options = {});

}  // namespace plumbline::reports
