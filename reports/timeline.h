#pragma once

#include <cstddef>
#include <string>

#include "reports/run_files.h"

namespace plumbline::reports {

// The whole run at a glance: faults as bands over its full height, operations as strokes in one
// lane per client, and a frame around the part that timeline() shows. Its size grows by a few bytes
// per operation, so nothing has to be left out of it.
std::string overview_figure(const RunFiles& run, TimeWindow shown);

// The operations in `shown` one by one, with the faults as bands behind them.
struct Timeline {
  std::string svg;
  std::size_t drawn = 0;    // Operations,
  std::size_t in_view = 0;  // of so many; the nearest to the violation are drawn.
};
Timeline timeline_figure(const RunFiles& run, TimeWindow shown);
inline constexpr std::size_t kTimelineOperationsMax = 600;
inline constexpr std::size_t kTimelineLanesMax = 60;

// What the timeline shows: the violation with some of what came before and after it.
TimeWindow shown_window(const RunFiles& run);

// The marks of both figures in words, as HTML: a paragraph, and its sentence about operations.
std::string timeline_legend();
std::string operations_legend();

}  // namespace plumbline::reports
