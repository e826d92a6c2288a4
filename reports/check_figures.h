#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"
#include "reports/trace_reader.h"

namespace plumbline::reports {

// The operations around a finding that are drawn one by one: those on its keys, the witness for
// sure, and of the others those nearest to it.
struct Surroundings {
  std::vector<std::uint64_t> operations;  // Ascending.
  TimeWindow shown;
  std::size_t in_view = 0;  // So many operations on these keys lie in `shown`.
};
inline constexpr std::size_t kSurroundingsMax = 240;

// REQUIRES: the operations that `finding` names are in the history.
Surroundings surroundings_of(const checker::History& history, const checker::Report& finding);
std::string surroundings_figure(const checker::History& history, const checker::Report& finding,
                                const Surroundings& around);

// The whole history as counts of calls per slice of time, with a frame around the part that is
// shown one by one and a triangle at each finding. Its size does not depend on the history's.
std::string density_figure(const checker::History& history,
                           const std::vector<checker::Report>& findings, const TimeWindow* shown);
std::string density_legend();

}  // namespace plumbline::reports
