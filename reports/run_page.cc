#include "reports/run_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "checker/history/text.h"
#include "reports/operation_table.h"
#include "reports/page.h"
#include "reports/proof.h"
#include "reports/row_budget.h"
#include "reports/svg.h"
#include "reports/text.h"
#include "reports/timeline.h"

namespace plumbline::reports {
namespace {

using checker::Operation;

std::string sentence_of(const RunFiles& run) {
  if (!run.sentence.empty()) return run.sentence;
  const checker::Report* finding = run.finding();
  if (finding != nullptr && !finding->sentence.empty()) return finding->sentence;
  return std::string(look_of(run.verdict).meaning);
}

// ---- the first screen ----

std::string heading_of(const RunFiles& run) {
  const checker::Report* finding = run.finding();
  std::string heading = run.property;
  if (finding != nullptr && !finding->key.empty() && finding->property == run.property) {
    heading += " of key " + shortened(finding->key, 80);
  }
  return heading;
}

std::string strip(const RunFiles& run) {
  const TimeWindow window = run.violation_window();
  std::string html =
      fmt::format("<div class=\"strip {}\">\n<h1>{} {}</h1>\n<p>{}</p>\n<dl class=\"facts\">\n",
                  look_of(run.verdict).name, verdict_badge(run.verdict), markup(heading_of(run)),
                  markup(sentence_of(run)));
  html += fact("scenario", run.scenario) + fact("seed", run.seed) + fact("planted bug", run.plant);
  html += fact("window", seconds_text(window.from_ns) + " .. " + seconds_text(window.to_ns));
  if (run.at_ns) html += fact("seen at", seconds_text(*run.at_ns));
  if (run.at_event) html += fact("in event", with_commas(*run.at_event));
  html += fact("simulated time", seconds_text(run.end_ns()));
  html += fact("operations", operation_counts(run.history));
  html += fact("faults", with_commas(run.faults.size())) + fact("trace hash", run.trace_hash);
  return html + fact("build", run.build) + "</dl>\n</div>\n" + command_box(run.replay);
}

// ---- what went wrong ----

std::string span_of(const FaultPeriod& fault) {
  return seconds_number(fault.start_ns, 3) + " .. " + seconds_number(fault.end_ns, 3) + " s";
}

// Facts about the world, kept apart from the proof, which needs none of them.
std::string context(const RunFiles& run) {
  const TimeWindow window = run.violation_window();
  std::string items;
  for (const FaultPeriod& fault : run.faults) {
    if (!window.overlaps(fault.start_ns, fault.end_ns)) continue;
    items += fmt::format("<li>{} {} <span class=\"dim\">{}</span>\n", markup(fault.kind),
                         markup(fault.nodes), span_of(fault));
  }
  std::string html = "<h3>Context (not part of the proof)</h3>\n";
  if (items.empty()) return html + "<p>No fault was active in this part of the run.</p>\n";
  return html + "<p>Faults active in this part of the run:</p>\n<ul>\n" + items + "</ul>\n";
}

std::string other_findings(const RunFiles& run) {
  std::string items;
  for (const checker::Report& report : run.reports) {
    if (report.verdict == checker::Verdict::kValid || &report == run.finding()) continue;
    items += fmt::format("<li><b>{}</b> {} {}: {}\n", checker::name_of(report.verdict),
                         cell(report.property), cell(report.key),
                         markup(shortened(report.sentence, 1000)));
  }
  return items.empty() ? "" : "<h3>Other findings</h3>\n<ul>\n" + items + "</ul>\n";
}

std::string what_went_wrong(const RunFiles& run) {
  const checker::Report* finding = run.finding();
  std::string html;
  if (finding != nullptr && finding->sentence != sentence_of(run)) {
    html += "<p>" + markup(finding->sentence) + "</p>\n";
  }
  if (finding != nullptr && !finding->witness.empty()) {
    html += witness_table(run.history, finding->witness) +
            witness_drawn(run.history, finding->witness, broken_in_all(*finding)) +
            argument_and_orders(run.history, *finding);
  } else {
    html +=
        "<p>No operations of clients prove this by themselves; the trace below shows the run "
        "up to it.</p>\n";
  }
  return section("wrong", "What went wrong", html + context(run) + other_findings(run));
}

// ---- figures and tables of the run ----

std::string when(const RunFiles& run) {
  const TimeWindow shown = shown_window(run);
  const Timeline timeline = timeline_figure(run, shown);
  std::string html = timeline_legend() +
                     "<h3>The whole run</h3>\n<div class=\"scroll\" tabindex=\"0\" "
                     "role=\"region\" aria-label=\"Figure of the whole run\">\n" +
                     overview_figure(run, shown) + "</div>\n";
  html +=
      fmt::format("<h3>{} .. {}</h3>\n", seconds_text(shown.from_ns), seconds_text(shown.to_ns));
  if (timeline.drawn < timeline.in_view) {
    html +=
        banner(fmt::format("{} of the {} operations in this part are drawn: the witness, then "
                           "those on its key, then the nearest.",
                           with_commas(timeline.drawn), with_commas(timeline.in_view)));
  }
  html +=
      "<div>\n<p data-zoom data-script hidden>Zoom: <button type=\"button\" "
      "data-factor=\"1.5\">larger</button> <button type=\"button\" data-factor=\"0.667\">"
      "smaller</button> <button type=\"button\" data-factor=\"0\">as it was</button></p>\n"
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Timeline\">\n" +
      timeline.svg + "</div>\n</div>\n";
  return section("timeline", "When it happened", html);
}

std::string fault_section(const RunFiles& run) {
  if (run.faults.empty()) return section("faults", "Faults", "<p>None struck.</p>\n");
  const TimeWindow window = run.violation_window();
  Table table("Faults that struck", {{"id"},
                                     {"kind"},
                                     {"family"},
                                     {"on"},
                                     {"from, s", true},
                                     {"to, s", true},
                                     {"amount", true},
                                     {"in the window"}});
  for (const FaultPeriod& fault : run.faults) {
    const bool active = window.overlaps(fault.start_ns, fault.end_ns);
    table.row({markup(fault.id), markup(fault.kind), markup(fault.family), cell(fault.nodes),
               seconds_number(fault.start_ns, 3), seconds_number(fault.end_ns, 3),
               markup(fault.amount), active ? "yes" : "no"});
  }
  return section("faults", "Faults", std::move(table).finish());
}

std::int64_t distance_from(TimeWindow window, std::int64_t from, std::int64_t to) {
  if (to < window.from_ns) return window.from_ns - to;
  return from > window.to_ns ? from - window.to_ns : 0;
}

std::size_t cells_bytes(const std::vector<std::string>& cells) {
  std::size_t bytes = 6;
  for (const std::string& html : cells) bytes += html.size() + 14;
  return bytes;
}

std::string cut_text(std::string_view what, std::size_t shown, std::size_t all, bool whole_window,
                     std::string_view file) {
  return fmt::format("{} of {} {} are shown, {}. All of them are in {} beside this page.",
                     with_commas(shown), with_commas(all), what,
                     whole_window ? "among them every one in the window of the violation"
                                  : "NOT EVEN all in the window of the violation",
                     file);
}

std::string operation_section(const RunFiles& run, const RowBudget& budget) {
  const auto& ops = run.history.operations;
  if (ops.empty()) return section("operations", "Operations", "<p>None.</p>\n");
  const checker::Report* finding = run.finding();
  const TimeWindow window = run.violation_window();
  std::set<std::uint64_t> witness;
  if (finding != nullptr) witness.insert(finding->witness.begin(), finding->witness.end());
  std::vector<RowPlace> places;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const std::int64_t distance = distance_from(window, ops[i].invoked_at, ops[i].returned_at);
    const bool same_key = finding != nullptr && !finding->key.empty() && ops[i].key == finding->key;
    places.push_back({witness.contains(i) || distance == 0 ? 0 : same_key ? 1 : 2, distance});
  }
  const auto cells = [&](std::size_t i) {
    return operation_cells(ops[i], i, witness.contains(i) ? "▶" : "");
  };
  const RowChoice choice =
      choose_rows(places, budget, [&](std::size_t i) { return cells_bytes(cells(i)); });
  std::string html;
  if (choice.rows.size() < ops.size()) {
    html += banner(cut_text("operations", choice.rows.size(), ops.size(), choice.all_of_rank_0,
                            "history.jsonl"));
  }
  Table table("Operations (a triangle marks the witness)", operation_columns(),
              Table::Filter::kBox);
  for (const std::size_t i : choice.rows) table.row(cells(i), witness.contains(i) ? "hit" : "");
  return section("operations", "Operations", html + std::move(table).finish());
}

std::vector<std::string> trace_cells(const Trace& trace, const TraceRecord& record) {
  return {seconds_number(record.time_ns, 6), with_commas(record.event), cell(trace.who(record)),
          cell(trace.name_of(record)), cell(trace.text_of(record))};
}

std::string trace_section(const RunFiles& run, const RowBudget& budget) {
  const auto& records = run.trace.records;
  if (records.empty()) return section("trace", "Trace", "<p>There is no trace.</p>\n");
  const TimeWindow window = run.violation_window();
  std::vector<RowPlace> places;
  for (const TraceRecord& record : records) {
    const std::int64_t distance = distance_from(window, record.time_ns, record.time_ns);
    places.push_back({distance == 0 ? 0 : 1, distance});
  }
  const auto cells = [&](std::size_t i) { return trace_cells(run.trace, records[i]); };
  const RowChoice choice =
      choose_rows(places, budget, [&](std::size_t i) { return cells_bytes(cells(i)); });
  std::string html;
  if (choice.rows.size() < records.size()) {
    html += banner(cut_text("trace records", choice.rows.size(), records.size(),
                            choice.all_of_rank_0, "trace.bin"));
  }
  Table table("What the nodes and the world did",
              {{"time, s", true}, {"event", true}, {"node"}, {"kind"}, {"what"}},
              Table::Filter::kBox);
  bool linked = false;
  for (const std::size_t i : choice.rows) {
    const bool inside = places[i].rank == 0;
    const bool verdict = run.at_event && records[i].event == *run.at_event;
    table.row(cells(i), verdict ? "hit" : inside ? "in" : "", inside && !linked ? "window" : "");
    linked |= inside;
  }
  if (linked) {
    html +=
        "<p><a href=\"#window\">To the window of the violation</a>, whose records have a bar "
        "at their left.</p>\n";
  }
  return section("trace", "Trace", html + std::move(table).finish());
}

std::string again(const RunFiles& run) {
  std::string html =
      "<p>The run is this scenario, this seed and these overrides, and nothing else; "
      "the build that made it replays it to the same trace hash.</p>\n" +
      command_box(run.replay);
  if (!run.overrides.empty()) {
    Table table("Overridden decisions", {{"decision"}, {"outcome"}});
    for (const auto& [key, value] : run.overrides) table.row({cell(key), cell(value)});
    html += std::move(table).finish();
  }
  if (!run.scenario_json.empty()) {
    html += "<details><summary>Scenario</summary>\n<pre>" + markup_lines(run.scenario_json) +
            "</pre></details>\n";
  }
  return section("again", "See it again", html);
}

RowBudget budget_left(const PageOptions& options, std::size_t used, std::size_t percent) {
  const auto left = [used, percent](std::size_t bytes) {
    return bytes > used ? (bytes - used) / 100 * percent : 0;
  };
  return {left(options.bytes_wanted), left(options.bytes_max)};
}

}  // namespace

std::string run_page(const RunFiles& run, const PageOptions& options) {
  // The title, the policy and the style sheet come on top of the body.
  const std::string empty_page = whole_page("", "");
  std::string body = strip(run);
  for (const std::string& note : run.notes) body += banner(note);
  body += svg_patterns() + what_went_wrong(run) + when(run) + fault_section(run);
  const std::string last = again(run);
  const std::size_t used = empty_page.size() + body.size() + last.size() + 4'000;
  const std::string operations = operation_section(run, budget_left(options, used, 40));
  const std::string trace = trace_section(run, budget_left(options, used + operations.size(), 100));
  const std::string title =
      fmt::format("{} {} {} {}", look_of(run.verdict).word, run.property, run.scenario, run.seed);
  return whole_page(title, body + trace + operations + last);
}

checker::Result<std::string> run_page(const std::string& directory, const PageOptions& options) {
  const auto run = load_run_files(directory);
  if (!run) return run.problem();
  return run_page(run.value(), options);
}

}  // namespace plumbline::reports
