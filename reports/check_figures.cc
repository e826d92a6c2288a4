#include "reports/check_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "reports/run_files.h"
#include "reports/svg.h"
#include "reports/text.h"
#include "reports/time_axis.h"
#include "reports/timeline.h"

namespace plumbline::reports {
namespace {

using checker::History;
using checker::Operation;
using checker::Report;

// Operations on either side of a finding.
constexpr std::ptrdiff_t kNear = 50;
constexpr std::ptrdiff_t kFar = 6;
constexpr std::size_t kSlices = 265;  // Of four pixels each.
constexpr double kDensityTop = 14;
constexpr double kDensityHeight = 54;

// Times come from files and may be anything from 0 on, so sums stop at the end of the clock.
constexpr std::int64_t kClockEnd = checker::kNever - 1;
constexpr std::int64_t kReachMax = kClockEnd / 4;

std::int64_t later(std::int64_t time, std::int64_t by) {
  return time > kClockEnd - by ? kClockEnd : time + by;
}

// When the client stopped waiting. An operation that never returned is drawn from its call on.
std::int64_t end_of(const Operation& op) {
  return op.returned_at == checker::kNever ? op.invoked_at : op.returned_at;
}

const std::vector<std::uint64_t>& named_by(const Report& finding) {
  return finding.witness.empty() ? finding.undecided : finding.witness;
}

// A transaction has the key "" whatever it touches, so the operations' own keys count too.
std::set<std::string_view> keys_of(const History& history, const Report& finding) {
  std::set<std::string_view> keys;
  if (!finding.key.empty()) keys.insert(finding.key);
  for (const std::uint64_t index : named_by(finding)) keys.insert(history.operations[index].key);
  return keys;
}

// From the first call to the last return, whatever the report says of its own times.
TimeWindow span_of(const History& history, const Report& finding) {
  TimeWindow span{finding.from, std::max(finding.from, finding.to)};
  bool first = true;
  for (const std::uint64_t index : named_by(finding)) {
    const Operation& op = history.operations[index];
    span.from_ns = first ? op.invoked_at : std::min(span.from_ns, op.invoked_at);
    span.to_ns = first ? end_of(op) : std::max(span.to_ns, end_of(op));
    first = false;
  }
  return span;
}

class Chooser {
 public:
  Chooser(const History& history, const Report& finding)
      : history_(history), span_(span_of(history, finding)) {
    const std::set<std::string_view> keys = keys_of(history, finding);
    for (std::uint64_t i = 0; i < history.operations.size(); ++i) {
      if (keys.contains(history.operations[i].key)) candidates_.push_back(i);
    }
    witness_ = named_by(finding);
    if (witness_.size() > kSurroundingsMax) witness_.resize(kSurroundingsMax);
    std::sort(witness_.begin(), witness_.end());
  }

  Surroundings choose() {
    Surroundings around;
    around.shown = widened();
    for (const std::uint64_t i : candidates_) {
      const Operation& op = history_.operations[i];
      if (!around.shown.overlaps(op.invoked_at, end_of(op))) continue;
      ++around.in_view;
      if (!is_witness(i)) around.operations.push_back(i);
    }
    keep_nearest(around.operations, kSurroundingsMax - witness_.size());
    around.operations.insert(around.operations.end(), witness_.begin(), witness_.end());
    std::sort(around.operations.begin(), around.operations.end());
    return around;
  }

 private:
  bool is_witness(std::uint64_t index) const {
    return std::binary_search(witness_.begin(), witness_.end(), index);
  }

  // The span with some of what came before and after it: much that is near, a little that is
  // farther off, but never so far that the span itself becomes too narrow to be seen.
  TimeWindow widened() const {
    const std::int64_t length = std::max<std::int64_t>(span_.to_ns - span_.from_ns, 1'000);
    TimeWindow shown = span_;
    for (const auto& [neighbours, lengths] : {std::pair{kNear, 2}, std::pair{kFar, 20}}) {
      const std::int64_t reach = length < kReachMax / lengths ? length * lengths : kReachMax;
      shown.from_ns =
          std::min(shown.from_ns, std::max(call_before(neighbours), span_.from_ns - reach));
      shown.to_ns =
          std::max(shown.to_ns, std::min(end_after(neighbours), later(span_.to_ns, reach)));
    }
    const std::int64_t margin = (shown.to_ns - shown.from_ns) / 40 + 1;
    return {std::max<std::int64_t>(0, shown.from_ns - margin), later(shown.to_ns, margin)};
  }

  // The call of the candidate so many before the span, or of the first; the span's if there is
  // none.
  std::int64_t call_before(std::ptrdiff_t neighbours) const {
    const auto from = first_called_at_or_after(span_.from_ns);
    const auto left = std::min(neighbours, from - candidates_.begin());
    return left == 0 ? span_.from_ns : history_.operations[*(from - left)].invoked_at;
  }

  std::int64_t end_after(std::ptrdiff_t neighbours) const {
    const auto after = first_called_at_or_after(span_.to_ns + 1);
    const auto right = std::min(neighbours, candidates_.end() - after);
    return right == 0 ? span_.to_ns : end_of(history_.operations[*(after + right - 1)]);
  }

  std::vector<std::uint64_t>::const_iterator first_called_at_or_after(std::int64_t time) const {
    return std::partition_point(candidates_.begin(), candidates_.end(), [&](std::uint64_t i) {
      return history_.operations[i].invoked_at < time;
    });
  }

  std::int64_t distance_of(std::uint64_t index) const {
    const std::int64_t called = history_.operations[index].invoked_at;
    std::int64_t least = INT64_MAX;
    for (const std::uint64_t i : witness_) {
      const Operation& op = history_.operations[i];
      least = std::min({least, std::abs(called - op.invoked_at), std::abs(called - end_of(op))});
    }
    return least;
  }

  void keep_nearest(std::vector<std::uint64_t>& operations, std::size_t kept) const {
    if (operations.size() <= kept) return;
    std::vector<std::pair<std::int64_t, std::uint64_t>> ranked;
    for (const std::uint64_t i : operations) ranked.emplace_back(distance_of(i), i);
    std::sort(ranked.begin(), ranked.end());
    operations.clear();
    for (std::size_t i = 0; i < kept; ++i) operations.push_back(ranked[i].second);
  }

  const History& history_;
  TimeWindow span_;
  std::vector<std::uint64_t> candidates_;
  std::vector<std::uint64_t> witness_;
};

// ---- the whole history ----

TimeWindow whole_of(const History& history) {
  TimeWindow whole;
  if (history.operations.empty()) return whole;
  whole.from_ns = history.operations.front().invoked_at;
  whole.to_ns = later(whole.from_ns, 1);
  for (const Operation& op : history.operations) whole.to_ns = std::max(whole.to_ns, end_of(op));
  return whole;
}

struct Slices {
  std::array<std::uint64_t, kSlices> told{};     // Answered, or failed for certain.
  std::array<std::uint64_t, kSlices> unknown{};  // Of these nobody knows.

  Slices(const History& history, TimeWindow whole) {
    const double length = static_cast<double>(whole.to_ns - whole.from_ns) + 1;
    for (const Operation& op : history.operations) {
      const double share = static_cast<double>(op.invoked_at - whole.from_ns) / length;
      const auto slice = static_cast<std::size_t>(share * static_cast<double>(kSlices));
      ++(op.outcome == checker::Outcome::kUnknown ? unknown : told)[std::min(slice, kSlices - 1)];
    }
  }

  std::uint64_t highest() const {
    std::uint64_t most = 1;
    for (std::size_t i = 0; i < kSlices; ++i) most = std::max(most, told[i] + unknown[i]);
    return most;
  }
};

void draw_slices(Svg& svg, const Slices& slices) {
  const double unit = kDensityHeight / static_cast<double>(slices.highest());
  const double width = kPlot / static_cast<double>(kSlices);
  const double floor = kDensityTop + kDensityHeight;
  std::string told;
  std::string unknown;
  for (std::size_t i = 0; i < kSlices; ++i) {
    const double x = kGutter + static_cast<double>(i) * width;
    const double low = static_cast<double>(slices.told[i]) * unit;
    const double high = static_cast<double>(slices.unknown[i]) * unit;
    if (low > 0)
      told += fmt::format("M{:.1f} {:.1f}h{:.1f}v-{:.1f}h-{:.1f}z", x, floor, width, low, width);
    if (high > 0) {
      unknown += fmt::format("M{:.1f} {:.1f}h{:.1f}v-{:.1f}h-{:.1f}z", x, floor - low, width,
                             std::max(high, 1.5), width);
    }
  }
  svg.path(told, "told");
  svg.path(unknown, "untold");
}

void draw_marks(Svg& svg, const std::vector<Report>& findings, const TimeScale& x) {
  std::set<std::int64_t> pixels;
  for (const Report& finding : findings) {
    const double at = x(finding.from);
    const bool fresh = pixels.insert(static_cast<std::int64_t>(at)).second;
    if (fresh) svg.arrow_down(at, kDensityTop - 2, "witness-mark");
  }
}

}  // namespace

Surroundings surroundings_of(const History& history, const Report& finding) {
  return Chooser(history, finding).choose();
}

std::string surroundings_figure(const History& history, const Report& finding,
                                const Surroundings& around) {
  // The timeline of runs draws it; what it gets is a small run of these operations alone.
  RunFiles small;
  Report renumbered = finding;
  renumbered.verdict = checker::Verdict::kInvalid;
  renumbered.witness.clear();
  for (std::size_t i = 0; i < around.operations.size(); ++i) {
    const std::uint64_t index = around.operations[i];
    small.history.operations.push_back(history.operations[index]);
    const auto& named = named_by(finding);
    if (std::find(named.begin(), named.end(), index) != named.end()) {
      renumbered.witness.push_back(i);
    }
  }
  const TimeWindow span = span_of(history, finding);
  renumbered.from = span.from_ns;
  renumbered.to = span.to_ns;
  small.reports.push_back(std::move(renumbered));
  return timeline_figure(small, around.shown).svg;
}

std::string density_figure(const History& history, const std::vector<Report>& findings,
                           const TimeWindow* shown) {
  const TimeWindow whole = whole_of(history);
  const TimeScale x(whole);
  const Slices slices(history, whole);
  const double height = kDensityTop + kDensityHeight + 6 + kAxis;
  Svg svg(kGutter + kPlot + 8, height,
          fmt::format("The whole history: {} in {}, at most {} in one of {} slices of time",
                      counted(history.operations.size(), "operation"),
                      seconds_text(whole.to_ns - whole.from_ns), with_commas(slices.highest()),
                      kSlices));
  draw_axis(svg, whole, x, height);
  draw_slices(svg, slices);
  svg.text(4, kDensityTop + 10, with_commas(slices.highest()), "small");
  svg.text(4, kDensityTop + kDensityHeight, "0", "small");
  if (shown != nullptr) {
    svg.rect(x(shown->from_ns) - 1, kDensityTop, x(shown->to_ns) - x(shown->from_ns) + 2,
             kDensityHeight, "window", "the part shown one by one");
  }
  draw_marks(svg, findings, x);
  return std::move(svg).finish();
}

std::string density_legend() {
  return "<p class=\"dim\">Operations called per slice of time: <b>filled</b> answered or failed "
         "for certain, <b>hatched on top</b> unknown. A triangle marks a finding, the dashed frame "
         "the part shown one by one.</p>\n";
}

}  // namespace plumbline::reports
