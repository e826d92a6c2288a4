#include "reports/first_writes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/text.h"

namespace plumbline::reports {
namespace {

void add(const Json& list, double timeout_us, Waits& to) {
  if (!list.is_array()) return;
  for (const Json& wait : list) {
    if (!wait.is_number()) continue;
    const auto us = wait.get<double>();
    to.us.push_back(us);
    if (timeout_us > 0) to.timeouts.push_back(us / timeout_us);
  }
}

// Of samples in ascending order.
double percentile(const std::vector<double>& sorted, double share) {
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

void add_row(const std::string& kind, const char* since, const Waits& waits,
             const std::string& never, std::vector<FirstWriteRow>& rows) {
  if (waits.us.empty()) return;
  const Spread us = spread_of(waits.us);
  std::vector<std::string> cells = {since, with_commas(us.count)};
  for (const double value : {us.median, us.p95, us.max}) {
    cells.push_back(fmt::format("{:.1f}", value / 1000.0));
  }
  const Spread timeouts = spread_of(waits.timeouts);
  for (const double value : {timeouts.median, timeouts.p95, timeouts.max}) {
    cells.push_back(waits.timeouts.empty() ? "-" : fmt::format("{:.2f}", value));
  }
  cells.push_back(never);
  rows.push_back({kind, std::move(cells)});
}

Json waits_json(const Waits& waits) {
  const auto spread_json = [](const Spread& spread, double unit) {
    return Json{
        {"median", spread.median / unit}, {"p95", spread.p95 / unit}, {"max", spread.max / unit}};
  };
  return {{"count", waits.us.size()},
          {"ms", spread_json(spread_of(waits.us), 1000.0)},
          {"election_timeouts", spread_json(spread_of(waits.timeouts), 1.0)}};
}

}  // namespace

void add_first_writes(const Json& line, FirstWritesByKind& to) {
  const double timeout_us = static_cast<double>(count_in(line, "election_timeout_ms")) * 1000.0;
  for (const auto& [kind, waits] : member(line, "first_writes").items()) {
    FirstWriteWaits& of_kind = to[kind];
    add(member(waits, "after_start_us"), timeout_us, of_kind.after_start);
    add(member(waits, "after_end_us"), timeout_us, of_kind.after_end);
    of_kind.never += count_in(waits, "never");
  }
}

Spread spread_of(std::vector<double> samples) {
  if (samples.empty()) return {};
  std::sort(samples.begin(), samples.end());
  return {.count = samples.size(),
          .median = percentile(samples, 0.5),
          .p95 = percentile(samples, 0.95),
          .max = samples.back()};
}

const std::vector<std::string>& first_write_headings() {
  static const std::vector<std::string> kHeadings = {
      "since", "times", "median ms", "p95 ms", "max ms", "median", "p95", "max (election timeouts)",
      "never"};
  return kHeadings;
}

std::vector<FirstWriteRow> first_write_rows(const FirstWritesByKind& all) {
  std::vector<FirstWriteRow> rows;
  for (const auto& [kind, waits] : all) {
    const std::string never = with_commas(waits.never);
    add_row(kind, "start", waits.after_start, never, rows);
    add_row(kind, "end", waits.after_end, waits.after_start.us.empty() ? never : "", rows);
  }
  return rows;
}

Json first_writes_json(const FirstWritesByKind& all) {
  Json json = Json::object();
  for (const auto& [kind, waits] : all) {
    json[kind] = {{"after_start", waits_json(waits.after_start)},
                  {"after_end", waits_json(waits.after_end)},
                  {"never", waits.never}};
  }
  return json;
}

}  // namespace plumbline::reports
