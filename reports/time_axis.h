#pragma once

#include <cstdint>

#include "reports/svg.h"
#include "reports/trace_reader.h"

namespace plumbline::reports {

// The layout that all figures with a scale of time share, in pixels, so that they stand in line.
inline constexpr double kGutter = 64;  // Left of the plot, for names.
inline constexpr double kPlot = 1060;
inline constexpr double kAxis = 22;  // Below the plot, for times.

// Where a time stands on a figure that shows `window`. Times outside stand at its ends.
class TimeScale {
 public:
  explicit TimeScale(TimeWindow window) : window_(window) {}
  double operator()(std::int64_t time) const;

 private:
  TimeWindow window_;
};

// Round times below, with a line upwards from each; `height` is that of the whole figure.
void draw_axis(Svg& svg, TimeWindow shown, const TimeScale& x, double height);

}  // namespace plumbline::reports
