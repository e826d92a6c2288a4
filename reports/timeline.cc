#include "reports/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "reports/operation_text.h"
#include "reports/svg.h"
#include "reports/text.h"
#include "reports/time_axis.h"

namespace plumbline::reports {
namespace {

using checker::Operation;
using checker::Outcome;

constexpr std::int64_t kMarginMin = 100'000'000;  // 100 ms
constexpr std::size_t kFaultRowsMax = 24;

std::int64_t end_of(const Operation& op, std::int64_t run_end) {
  return op.returned_at == checker::kNever ? std::max(run_end, op.invoked_at) : op.returned_at;
}

std::string fault_title(const FaultPeriod& fault) {
  std::string text = fmt::format("fault {}: {} {}", fault.id, fault.kind, fault.nodes);
  if (!fault.amount.empty()) text += ", amount " + fault.amount;
  return text + fmt::format("; {} .. {}", seconds_text(fault.start_ns), seconds_text(fault.end_ns));
}

// The faults of a view in rows, so that none covers another.
struct FaultRows {
  std::vector<std::pair<const FaultPeriod*, std::size_t>> placed;
  std::size_t rows = 0;
};

FaultRows fault_rows(const RunFiles& run, TimeWindow shown, const TimeScale& x, bool labelled) {
  std::vector<const FaultPeriod*> faults;
  for (const FaultPeriod& fault : run.faults) {
    if (shown.overlaps(fault.start_ns, fault.end_ns)) faults.push_back(&fault);
  }
  std::stable_sort(faults.begin(), faults.end(),
                   [](const auto* a, const auto* b) { return a->start_ns < b->start_ns; });
  FaultRows result;
  std::vector<double> free_from;
  for (const FaultPeriod* fault : faults) {
    const double label = labelled ? text_width(fault->kind + " " + fault->nodes) + 12 : 0;
    const double end = std::max(x(fault->end_ns), x(fault->start_ns) + label) + 3;
    auto row = std::find_if(free_from.begin(), free_from.end(),
                            [&](double free) { return free <= x(fault->start_ns); });
    if (row == free_from.end() && free_from.size() < kFaultRowsMax) {
      row = free_from.insert(row, 0);
    } else if (row == free_from.end()) {
      row = std::min_element(free_from.begin(), free_from.end());
    }
    *row = end;
    result.placed.emplace_back(fault, static_cast<std::size_t>(row - free_from.begin()));
  }
  result.rows = free_from.size();
  return result;
}

void draw_bands(Svg& svg, const FaultRows& faults, const TimeScale& x, double height) {
  for (const auto& [fault, row] : faults.placed) {
    const double from = x(fault->start_ns);
    svg.band(from, 0, x(fault->end_ns) - from, height, fault->family, "band", fault_title(*fault));
  }
}

void draw_fault_bars(Svg& svg, const FaultRows& faults, const TimeScale& x, double row_height,
                     bool labelled) {
  for (const auto& [fault, row] : faults.placed) {
    const double y = 2 + static_cast<double>(row) * row_height;
    const double from = x(fault->start_ns);
    svg.band(from, y, x(fault->end_ns) - from, labelled ? 6 : row_height - 2, fault->family,
             "faultbar", fault_title(*fault));
    if (!labelled) continue;
    // A label that would leave the figure on the right is set to end there.
    const std::string label = fault->kind + " " + fault->nodes;
    const double at = std::min(from, kGutter + kPlot - text_width(label));
    svg.text(std::max(at, kGutter), y + 18, label);
  }
}

// ---- the whole run ----

constexpr double kThinLane = 9;
constexpr double kThinFault = 7;

std::map<std::int64_t, std::size_t> all_lanes(const RunFiles& run) {
  std::map<std::int64_t, std::size_t> lanes;
  for (const Operation& op : run.history.operations) lanes.emplace(op.process, 0);
  std::size_t next = 0;
  for (auto& [process, lane] : lanes) lane = next++;
  return lanes;
}

// One path per outcome holds all operations of it, so a run of ten thousand stays small.
std::array<std::string, 3> operation_paths(const RunFiles& run, const TimeScale& x, double top,
                                           std::int64_t end) {
  const auto lanes = all_lanes(run);
  std::array<std::string, 3> paths;
  for (const Operation& op : run.history.operations) {
    const double from = x(op.invoked_at);
    const double length = std::max(0.5, x(end_of(op, end)) - from);
    const double y = top + (static_cast<double>(lanes.at(op.process)) + 0.5) * kThinLane;
    paths[static_cast<std::size_t>(op.outcome)] +=
        fmt::format("M{:.1f} {:.1f}h{:.1f}", from, y, length);
  }
  return paths;
}

void draw_witness_marks(Svg& svg, const RunFiles& run, const TimeScale& x, double y) {
  const checker::Report* finding = run.finding();
  if (finding == nullptr) return;
  for (const std::uint64_t index : finding->witness) {
    const Operation& op = run.history.operations[index];
    svg.arrow_down(x(op.invoked_at), y, "witness-mark");
  }
}

// ---- the part around the violation ----

constexpr double kLane = 26;
constexpr double kBar = 16;
constexpr double kFaultRow = 26;

struct View {
  std::vector<std::uint64_t> drawn;
  std::size_t in_view = 0;
};

// The operations to draw, in order of their calls: the witness, then those on its key, then those
// nearest in time to the violation.
View choose_operations(const RunFiles& run, TimeWindow shown) {
  const checker::Report* finding = run.finding();
  std::set<std::uint64_t> witness;
  if (finding != nullptr) witness.insert(finding->witness.begin(), finding->witness.end());
  const std::string key = finding == nullptr ? std::string() : finding->key;
  const TimeWindow window = run.violation_window();
  const std::int64_t middle = window.from_ns + (window.to_ns - window.from_ns) / 2;
  std::vector<std::tuple<int, std::int64_t, std::uint64_t>> ranked;
  for (std::uint64_t i = 0; i < run.history.operations.size(); ++i) {
    const Operation& op = run.history.operations[i];
    const bool in_witness = witness.contains(i);
    if (!in_witness && !shown.overlaps(op.invoked_at, end_of(op, shown.to_ns))) continue;
    const int rank = in_witness ? 0 : !key.empty() && op.key == key ? 1 : 2;
    ranked.emplace_back(rank, std::abs(op.invoked_at - middle), i);
  }
  std::sort(ranked.begin(), ranked.end());
  View view{.drawn = {}, .in_view = ranked.size()};
  for (std::size_t i = 0; i < ranked.size() && i < kTimelineOperationsMax; ++i) {
    view.drawn.push_back(std::get<2>(ranked[i]));
  }
  return view;
}

// Lanes in order of the clients' numbers; clients of the operations chosen first have one for sure.
std::map<std::int64_t, std::size_t> lanes_of(const RunFiles& run, View& view) {
  std::map<std::int64_t, std::size_t> lanes;
  std::vector<std::uint64_t> kept;
  for (const std::uint64_t index : view.drawn) {
    const std::int64_t process = run.history.operations[index].process;
    if (!lanes.contains(process) && lanes.size() == kTimelineLanesMax) continue;
    lanes.emplace(process, 0);
    kept.push_back(index);
  }
  view.drawn = std::move(kept);
  std::sort(view.drawn.begin(), view.drawn.end());
  std::size_t next = 0;
  for (auto& [process, lane] : lanes) lane = next++;
  return lanes;
}

// Inside the bar where it fits; beside it for the witness, which must be readable without a
// pointer.
void draw_label(Svg& svg, const Operation& op, double from, double to, double y, bool in_witness) {
  const std::string label = shortened(short_text(op), 40);
  const double width = text_width(label) + 6;
  if (width <= to - from) {
    svg.text(from + 3, y, label, op.outcome == Outcome::kOk ? "inside" : "over");
  } else if (in_witness && to + width <= kGutter + kPlot) {
    svg.text(to + 4, y, label, "beside");
  } else if (in_witness) {
    svg.text(from - 4, y, label, "beside", Svg::Anchor::kEnd);
  }
}

void draw_operation(Svg& svg, const Operation& op, const TimeScale& x, double y, TimeWindow shown,
                    bool in_witness) {
  const double from = x(op.invoked_at);
  const double to = std::max(x(end_of(op, shown.to_ns)), from + 2);
  std::string css_class = outcome_class(op.outcome);
  if (in_witness) css_class += " witness";
  svg.rect(from, y, to - from, kBar, css_class, full_text(op));
  if (op.outcome == Outcome::kUnknown) {
    svg.line(to, y + kBar - 1, kGutter + kPlot, y + kBar - 1, "open");
  }
  draw_label(svg, op, from, to, y + 12, in_witness);
}

void draw_frame(Svg& svg, const RunFiles& run, TimeWindow shown, const TimeScale& x, double top,
                double height) {
  const TimeWindow window = run.violation_window();
  const double from = x(window.from_ns);
  svg.rect(from, top, x(window.to_ns) - from, height - top - kAxis, "window",
           "from the first call to the last return of what suffices to show the failure");
  if (run.at_ns && shown.contains(*run.at_ns)) {
    svg.line(x(*run.at_ns), top, x(*run.at_ns), height - kAxis, "edge");
    svg.arrow_down(x(*run.at_ns), top);
  }
}

}  // namespace

TimeWindow shown_window(const RunFiles& run) {
  const TimeWindow window = run.violation_window();
  const std::int64_t margin = std::max(kMarginMin, (window.to_ns - window.from_ns) / 5 * 2);
  const std::int64_t left = std::max<std::int64_t>(0, run.end_ns() - window.to_ns);
  return {std::max<std::int64_t>(0, window.from_ns - margin),
          window.to_ns + std::min(left, margin)};
}

std::string overview_figure(const RunFiles& run, TimeWindow shown) {
  const std::int64_t end = run.end_ns();
  const TimeWindow whole{0, end};
  const TimeScale x(whole);
  const FaultRows faults = fault_rows(run, whole, x, false);
  const double top = 4 + static_cast<double>(faults.rows) * kThinFault + 8;
  const auto lanes = all_lanes(run);
  const double height = top + static_cast<double>(lanes.size()) * kThinLane + 4 + kAxis;
  Svg svg(kGutter + kPlot + 8, height,
          fmt::format("The whole run of {}: {} of {} clients, {}", seconds_text(end),
                      counted(run.history.operations.size(), "operation"), lanes.size(),
                      counted(run.faults.size(), "fault")));
  draw_bands(svg, faults, x, height - kAxis);
  draw_axis(svg, whole, x, height);
  draw_fault_bars(svg, faults, x, kThinFault, false);
  if (faults.rows > 0) svg.text(4, 11, "faults", "small");
  svg.text(4, top + 9, "clients", "small");
  const auto paths = operation_paths(run, x, top, end);
  for (const Outcome outcome : {Outcome::kOk, Outcome::kFail, Outcome::kUnknown}) {
    svg.path(paths[static_cast<std::size_t>(outcome)], "many-" + outcome_class(outcome));
  }
  draw_witness_marks(svg, run, x, top);
  svg.rect(x(shown.from_ns), 1, x(shown.to_ns) - x(shown.from_ns), height - kAxis, "window",
           "the part shown below");
  return std::move(svg).finish();
}

Timeline timeline_figure(const RunFiles& run, TimeWindow shown) {
  View view = choose_operations(run, shown);
  const auto lanes = lanes_of(run, view);
  const TimeScale x(shown);
  const FaultRows faults = fault_rows(run, shown, x, true);
  const double top = 6 + static_cast<double>(faults.rows) * kFaultRow;
  const double height = top + static_cast<double>(lanes.size()) * kLane + 8 + kAxis;
  Svg svg(kGutter + kPlot + 8, height,
          fmt::format("Operations and faults from {} to {}", seconds_text(shown.from_ns),
                      seconds_text(shown.to_ns)));
  draw_bands(svg, faults, x, height - kAxis);
  draw_axis(svg, shown, x, height);
  draw_fault_bars(svg, faults, x, kFaultRow, true);
  if (faults.rows > 0) svg.text(4, 14, "faults", "small");
  for (const auto& [process, lane] : lanes) {
    svg.text(4, top + static_cast<double>(lane) * kLane + 16, client_name(process));
  }
  const checker::Report* finding = run.finding();
  for (const std::uint64_t index : view.drawn) {
    const Operation& op = run.history.operations[index];
    const bool in_witness = finding != nullptr &&
                            std::count(finding->witness.begin(), finding->witness.end(), index) > 0;
    draw_operation(svg, op, x, top + 3 + static_cast<double>(lanes.at(op.process)) * kLane, shown,
                   in_witness);
  }
  draw_frame(svg, run, shown, x, top, height);
  return {std::move(svg).finish(), view.drawn.size(), view.in_view};
}

std::string operations_legend() {
  return "Operations: <b>filled</b> ok, <b>outlined</b> failed for certain, "
         "<b>hatched with a dashed line to the right</b> unknown (it may take effect at any later "
         "time), <b>thick border</b> part of the witness.";
}

std::string timeline_legend() {
  return "<p class=\"dim\">" + operations_legend() +
         " Faults are hatched bands: / network, "
         "| process, \u2014 disk, \\ clock, + client. The dashed frame is the part that "
         "must be seen whole; a triangle marks where the verdict was reached. A pointer resting "
         "on a mark tells all about it; so do the tables below.</p>\n";
}

}  // namespace plumbline::reports
