#include "reports/time_axis.h"

#include <algorithm>

#include "reports/text.h"

namespace plumbline::reports {
namespace {

// A step of 1, 2 or 5 times a power of ten nanoseconds that gives at most ten ticks.
std::int64_t tick_step(TimeWindow window) {
  std::int64_t step = 1;
  for (std::size_t i = 0; (window.to_ns - window.from_ns) / step > 10; ++i) {
    step = i % 3 == 1 ? step / 2 * 5 : step * 2;
  }
  return step;
}

int tick_decimals(std::int64_t step) {
  int decimals = 0;
  for (std::int64_t unit = 1'000'000'000; unit > 1 && step % unit != 0; unit /= 10) ++decimals;
  return decimals;
}

}  // namespace

double TimeScale::operator()(std::int64_t time) const {
  const auto from = static_cast<double>(window_.from_ns);
  const double length = std::max(1.0, static_cast<double>(window_.to_ns) - from);
  const double share = (static_cast<double>(time) - from) / length;
  return kGutter + kPlot * std::clamp(share, 0.0, 1.0);
}

void draw_axis(Svg& svg, TimeWindow shown, const TimeScale& x, double height) {
  const std::int64_t step = tick_step(shown);
  const int decimals = tick_decimals(step);
  // Counted in steps: a sum of times may lie beyond the end of the clock.
  const std::int64_t first = shown.from_ns / step + (shown.from_ns % step != 0 ? 1 : 0);
  for (std::int64_t tick = first; tick <= shown.to_ns / step; ++tick) {
    const std::int64_t time = tick * step;
    svg.line(x(time), 0, x(time), height - kAxis + 4, "rule");
    const auto anchor = x(time) > kGutter + kPlot - 30 ? Svg::Anchor::kEnd : Svg::Anchor::kMiddle;
    svg.text(x(time), height - 5, seconds_number(time, decimals) + " s", "small", anchor);
  }
}

}  // namespace plumbline::reports
