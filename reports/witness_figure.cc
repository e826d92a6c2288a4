#include "reports/witness_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "checker/history/text.h"
#include "reports/operation_text.h"
#include "reports/svg.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

using checker::Operation;
using checker::Outcome;

constexpr double kGutter = 64;
constexpr double kLane = 58;
constexpr double kTop = 14;
constexpr double kBar = 18;
constexpr double kSlotMin = 74;
constexpr double kSlotMax = 230;
constexpr std::size_t kLabelMax = 44;
constexpr std::size_t kEdgesUpTo = 14;  // Operations; with more the arrows would hide the bars.

bool is_open(const Operation& op) {
  return op.outcome == Outcome::kUnknown || op.returned_at == checker::kNever;
}

bool precedes(const Operation& a, const Operation& b) {
  return !is_open(a) && a.returned_at < b.invoked_at;
}

class Figure {
 public:
  Figure(const checker::History& history, const std::vector<std::uint64_t>& witness,
         std::optional<std::uint64_t> broken)
      : first_(history.operations.data()), broken_(broken) {
    for (const std::uint64_t index : witness) {
      if (ops_.size() < kWitnessFigureMax) ops_.push_back(&history.operations[index]);
    }
    place_times();
    place_lanes();
    choose_slot();
  }

  std::string draw() {
    Svg svg(width(), height(),
            fmt::format("The witness: {}, one lane per client", counted(ops_.size(), "operation")));
    lanes(svg);
    if (ops_.size() <= kEdgesUpTo) edges(svg);
    for (const Operation* op : ops_) bar(svg, *op);
    axis(svg);
    return std::move(svg).finish();
  }

 private:
  void place_times() {
    std::set<std::int64_t> times;
    for (const Operation* op : ops_) {
      times.insert(op->invoked_at);
      if (!is_open(*op)) times.insert(op->returned_at);
    }
    for (const std::int64_t time : times) slots_.emplace(time, slots_.size());
  }

  void place_lanes() {
    for (const Operation* op : ops_) lanes_.emplace(op->process, 0);
    std::size_t next = 0;
    for (auto& [process, lane] : lanes_) lane = next++;
  }

  // Wide enough for each label above its own bar.
  void choose_slot() {
    for (const Operation* op : ops_) {
      const double span = std::max(1.0, static_cast<double>(end_slot(*op) - slot(op->invoked_at)));
      slot_ = std::max(slot_, (text_width(label(*op)) + 8) / span);
    }
    slot_ = std::min(slot_, kSlotMax);
  }

  std::uint64_t index_of(const Operation& op) const {
    return static_cast<std::uint64_t>(&op - first_);
  }
  bool is_broken(const Operation& op) const { return broken_ == index_of(op); }
  std::string label(const Operation& op) const {
    return fmt::format("{}#{} {}", is_broken(op) ? "✖ " : "", index_of(op),
                       shortened(short_text(op), kLabelMax));
  }
  std::size_t slot(std::int64_t time) const { return slots_.at(time); }
  std::size_t end_slot(const Operation& op) const {
    return is_open(op) ? slots_.size() : slot(op.returned_at);
  }
  double x_of(std::size_t slot) const { return kGutter + 8 + static_cast<double>(slot) * slot_; }
  double y_of(const Operation& op) const {
    return kTop + static_cast<double>(lanes_.at(op.process)) * kLane + 22;
  }
  double width() const { return x_of(slots_.size()) + 16; }
  double height() const { return kTop + static_cast<double>(lanes_.size()) * kLane + 26; }

  void lanes(Svg& svg) const {
    for (const auto& [process, lane] : lanes_) {
      const double y = kTop + static_cast<double>(lane) * kLane;
      svg.text(4, y + 22 + kBar - 5, client_name(process));
      svg.line(kGutter, y + 22 + kBar + 6, width(), y + 22 + kBar + 6, "rule");
    }
  }

  void bar(Svg& svg, const Operation& op) const {
    const double x = x_of(slot(op.invoked_at));
    const double end = x_of(end_slot(op));
    const double y = y_of(op);
    svg.rect(x, y, end - x - (is_open(op) ? 14 : 0), kBar,
             outcome_class(op.outcome) + (is_broken(op) ? " broken" : ""), full_text(op));
    if (is_open(op)) svg.line(end - 14, y + kBar / 2, end + 12, y + kBar / 2, "open");
    svg.text(x, y - 6, label(op), is_broken(op) ? "broken-label" : "label");
  }

  bool is_direct(const Operation& a, const Operation& b) const {
    return precedes(a, b) && std::none_of(ops_.begin(), ops_.end(), [&](const Operation* between) {
             return precedes(a, *between) && precedes(*between, b);
           });
  }

  void edges(Svg& svg) const {
    for (const Operation* a : ops_) {
      for (const Operation* b : ops_) {
        if (a->process != b->process && is_direct(*a, *b)) edge(svg, *a, *b);
      }
    }
  }

  void edge(Svg& svg, const Operation& a, const Operation& b) const {
    const double x1 = x_of(end_slot(a));
    const double y1 = y_of(a) + kBar / 2;
    const double x2 = x_of(slot(b.invoked_at));
    const double y2 = y_of(b) + kBar / 2;
    svg.path(fmt::format("M{:.1f},{:.1f}C{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}", x1, y1,
                         x1 + 30, y1, x2 - 40, y2, x2 - 6, y2),
             "edge");
    svg.arrow_right(x2, y2);
  }

  void axis(Svg& svg) const {
    std::vector<std::int64_t> times;
    for (const auto& [time, slot] : slots_) times.push_back(time);
    const checker::TimeText text{std::span<const std::int64_t>(times)};
    double free_from = 0;
    for (const auto& [time, slot] : slots_) {
      const double x = x_of(slot);
      svg.line(x, kTop, x, height() - 18, "rule");
      if (x < free_from) continue;
      svg.text(x, height() - 5, text(time), "small");
      free_from = x + text_width(text(time)) + 4;
    }
  }

  const Operation* first_;  // Of the history, for the numbers of operations.
  std::optional<std::uint64_t> broken_;
  std::vector<const Operation*> ops_;
  std::map<std::int64_t, std::size_t> slots_;
  std::map<std::int64_t, std::size_t> lanes_;
  double slot_ = kSlotMin;
};

}  // namespace

std::string witness_figure(const checker::History& history,
                           const std::vector<std::uint64_t>& witness,
                           std::optional<std::uint64_t> broken) {
  return witness.empty() ? std::string() : Figure(history, witness, broken).draw();
}

}  // namespace plumbline::reports
