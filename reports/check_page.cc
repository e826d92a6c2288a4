#include "reports/check_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/explain/glossary.h"
#include "checker/explain/sub_history.h"
#include "checker/history/writer.h"
#include "reports/check_figures.h"
#include "reports/check_tables.h"
#include "reports/operation_table.h"
#include "reports/page.h"
#include "reports/proof.h"
#include "reports/sha256.h"
#include "reports/svg.h"
#include "reports/text.h"
#include "reports/timeline.h"
#include "reports/witness_figure.h"

namespace plumbline::reports {
namespace {

using checker::CheckResult;
using checker::History;
using checker::Report;
using checker::Verdict;

constexpr std::size_t kFindingsInFull = 8;
constexpr std::size_t kUndecidedRowsMax = 50;
constexpr std::size_t kSubHistoryBytesMax = 200'000;
constexpr std::size_t kWordsMax = 24;
constexpr std::size_t kSentenceMax = 4'000;

struct Look {
  std::string_view css_class;
  std::string_view icon;
  std::string_view word;
};

Look look_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kValid: return {"pass", "✔", "VALID"};
    case Verdict::kUnknown: return {"indeterminate", "?", "UNKNOWN"};
    case Verdict::kInvalid: return {"violation", "✖", "INVALID"};
  }
  return {};
}

// Everything that the parts of the page are made from.
struct Page {
  const CheckResult& result;
  const History& history;
  const std::string& file_name;
  std::string command;
  std::vector<Report> findings;  // Those that are not valid, the worst first.

  bool has_finding() const { return !findings.empty(); }
  const Report& finding() const { return findings.front(); }
};

// ---- what the page is made from ----

// A file name as a word of a shell that no program takes for an option; "-" stays what it is.
std::string shell_word(const std::string& name) {
  const std::string file = name.size() > 1 && name.front() == '-' ? "./" + name : name;
  const bool safe = !file.empty() && std::all_of(file.begin(), file.end(), [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    return letter || digit || std::string_view("._-/+:,@%").find(c) != std::string_view::npos;
  });
  if (safe) return file;
  std::string out = "'";
  for (const char c : file) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::vector<Report> findings_of(const CheckResult& result, const History& history) {
  std::vector<Report> findings;
  for (const Report& report : result.reports) {
    if (report.verdict != Verdict::kValid) findings.push_back(fitted(report, history));
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Report& a, const Report& b) {
    return a.verdict != b.verdict ? a.verdict > b.verdict : a.to < b.to;
  });
  return findings;
}

// ---- the first screen ----

std::string heading_of(const Report& report) {
  std::string heading = report.property;
  if (!report.key.empty()) heading += " of key " + shortened(report.key, 80);
  return heading;
}

std::string word_link(std::string_view topic) {
  const checker::GlossaryEntry* entry = checker::glossary_entry(topic);
  if (entry == nullptr) return cell(topic);
  return fmt::format("<a href=\"#word-{}\">{}</a>", markup(entry->name), cell(topic));
}

std::string fact_html(std::string_view name, std::string_view html) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html);
}

std::string facts(const Page& page) {
  std::string html = "<dl class=\"facts\">\n";
  if (page.has_finding() && !page.finding().topic.empty()) {
    const bool invalid = page.finding().verdict == Verdict::kInvalid;
    html += fact_html(invalid ? "anomaly" : "why", word_link(page.finding().topic));
  }
  html += fact("history", shortened(page.file_name, 120)) + fact("model", page.result.model);
  html += fact("operations", operation_counts(page.history));
  html += fact("keys", with_commas(page.result.keys));
  html += fact("findings", with_commas(page.findings.size()));
  html += fact("scenario", page.history.meta.scenario) + fact("seed", page.history.meta.seed);
  return html + "</dl>\n";
}

std::string sentence_of(const Page& page) {
  if (page.has_finding()) return shortened(page.finding().sentence, kSentenceMax);
  if (page.result.operations == 0) return "There is no operation that could be wrong.";
  return "Everything that clients were told can be explained: no check found anything wrong.";
}

std::string strip(const Page& page) {
  const Look look = look_of(page.result.verdict);
  const std::string heading =
      page.has_finding() ? heading_of(page.finding()) : "every check that applies";
  return fmt::format(
             "<header class=\"strip {}\" id=\"verdict\">\n<h1>{} {}</h1>\n<p class=\"lead\" "
             "id=\"sentence\">{}</p>\n",
             look.css_class, badge(look.icon, look.word), markup(heading),
             markup(sentence_of(page))) +
         facts(page) + "</header>\n";
}

std::string hero(const Page& page, const Report& report) {
  if (report.witness.empty()) return "";
  return "<div class=\"scroll hero\" tabindex=\"0\" role=\"region\" aria-label=\"Figure of the "
         "witness\">\n" +
         witness_figure(page.history, report.witness, broken_in_all(report)) +
         "</div>\n<p class=\"dim\">One lane per client, in the order of calls and returns, not to "
         "scale. An arrow: had returned before the other was called.</p>\n";
}

std::string word_list(const std::vector<std::string>& names) {
  std::string html;
  for (const std::string& name : names) html += (html.empty() ? "" : ", ") + word_link(name);
  return html;
}

std::string consistency(const Report& report) {
  if (report.ruled_out.empty() && report.still_possible.empty()) return "";
  std::string html = "<dl class=\"facts\">\n";
  if (!report.ruled_out.empty()) {
    html += fact_html("✖ ruled out", word_list(report.ruled_out));
  }
  if (!report.still_possible.empty()) {
    html += fact_html("? still possible", word_list(report.still_possible));
  }
  return html + "</dl>\n";
}

std::string proof(const Page& page, const Report& report) {
  return hero(page, report) + argument_and_orders(page.history, report) + consistency(report);
}

// ---- a search that ended without an answer ----

std::uint64_t larger_budget(const CheckResult& result) {
  std::uint64_t most = 0;
  for (const Report& report : result.reports) {
    if (report.verdict == Verdict::kUnknown) most = std::max(most, report.steps);
  }
  std::uint64_t budget = 1'000'000;
  while (budget < 10 * most && budget < 1'000'000'000'000) budget *= 10;
  return budget;
}

std::string undecided(const Page& page, const Report& report) {
  if (report.undecided.empty()) return "";
  const std::size_t shown = std::min(report.undecided.size(), kUndecidedRowsMax);
  Table table(fmt::format("Undecided: {} of {}", with_commas(shown),
                          counted(report.undecided.size(), "operation")),
              operation_columns());
  for (std::size_t i = 0; i < shown; ++i) {
    const std::uint64_t index = report.undecided[i];
    table.row(operation_cells(page.history.operations[index], index, "?"));
  }
  return "<p>The search spent its budget before it could place these. A larger budget may decide "
         "them:</p>\n" +
         command_box(page.command + fmt::format(" --budget {}", larger_budget(page.result))) +
         std::move(table).finish();
}

std::string why(const Page& page) {
  if (!page.has_finding()) return "";
  const Report& finding = page.finding();
  const std::string html = proof(page, finding) + undecided(page, finding);
  if (html.empty()) return "";
  const bool invalid = finding.verdict == Verdict::kInvalid;
  return section("why", invalid ? "Why it is wrong" : "What is not decided", html);
}

std::string again(const Page& page) {
  return section("again", "See it again", command_box(page.command));
}

// ---- around it ----

std::string timeline(const Page& page) {
  if (page.history.operations.empty()) return "";
  const bool drawn =
      page.has_finding() && !(page.finding().witness.empty() && page.finding().undecided.empty());
  Surroundings around;
  if (drawn) around = surroundings_of(page.history, page.finding());
  std::string html = density_legend() +
                     "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Figure of "
                     "the whole history\">\n" +
                     density_figure(page.history, page.findings, drawn ? &around.shown : nullptr) +
                     "</div>\n";
  if (!drawn) return section("timeline", "The whole history", html);
  html += fmt::format("<h3>{} .. {}</h3>\n<p class=\"dim\">{}</p>\n",
                      seconds_text(around.shown.from_ns), seconds_text(around.shown.to_ns),
                      operations_legend());
  if (around.operations.size() < around.in_view) {
    html +=
        banner(fmt::format("{} of the {} operations on this key in this part are drawn: the "
                           "witness and the nearest to it.",
                           with_commas(around.operations.size()), with_commas(around.in_view)));
  }
  html +=
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Timeline around the "
      "finding\">\n" +
      surroundings_figure(page.history, page.finding(), around) + "</div>\n";
  if (!page.finding().witness.empty()) html += witness_table(page.history, page.finding().witness);
  const bool invalid = page.finding().verdict == Verdict::kInvalid;
  return section("timeline", invalid ? "When it happened" : "Where it is undecided", html);
}

std::string other_findings(const Page& page) {
  if (page.findings.size() < 2) return "";
  std::string html = findings_table(page.findings, kFindingsInFull);
  for (std::size_t i = 1; i < page.findings.size() && i < kFindingsInFull; ++i) {
    const Report& report = page.findings[i];
    const Look look = look_of(report.verdict);
    html += fmt::format("<article id=\"finding-{}\">\n<h3>{} {}</h3>\n<p>{}</p>\n", i + 1,
                        badge(look.icon, look.word), markup(heading_of(report)),
                        markup(shortened(report.sentence, kSentenceMax)));
    html += proof(page, report) + "</article>\n";
  }
  return section("findings", "All findings", html);
}

// ---- the witness alone ----

std::string minimal(const Page& page) {
  if (!page.has_finding() || page.finding().witness.empty()) return "";
  const checker::SubHistory sub = checker::sub_history(page.history, page.finding().witness);
  const auto text = checker::history_text(sub.history);
  if (!text) return "";
  std::string html =
      "<p>The operations of the witness as a history of their own; it can be judged again, or "
      "sent with a bug report.</p>\n";
  if (text.value().size() > kSubHistoryBytesMax) {
    html += banner("It is too large for this page.");
    return section("minimal", "The witness as a file", html);
  }
  html += fmt::format(
      "<p><a download=\"witness.jsonl\" href=\"data:application/x-ndjson;base64,{}\">Save as "
      "witness.jsonl</a></p>\n<details><summary>Show it</summary>\n",
      base64(text.value()));
  html += preformatted_box(text.value()) + "</details>\n";
  return section("minimal", "The witness as a file", html);
}

// ---- words ----

class Words {
 public:
  void add(std::string_view topic) {
    const checker::GlossaryEntry* entry = checker::glossary_entry(topic);
    const bool known = std::find(entries_.begin(), entries_.end(), entry) != entries_.end();
    if (entry != nullptr && !known && entries_.size() < kWordsMax) entries_.push_back(entry);
  }

  std::string html() const {
    std::string html;
    for (const checker::GlossaryEntry* entry : entries_) html += article(*entry);
    return html;
  }

 private:
  std::string links(std::string_view list) const {
    std::string html;
    for (const std::string_view name : checker::names_in(list)) {
      const auto* entry = checker::glossary_entry(name);
      const bool here = std::find(entries_.begin(), entries_.end(), entry) != entries_.end();
      html += (html.empty() ? "" : ", ") + (here ? word_link(name) : cell(name));
    }
    return html;
  }

  std::string article(const checker::GlossaryEntry& entry) const {
    std::string html = fmt::format(
        "<article id=\"word-{0}\" class=\"word\">\n<h3>{0}</h3>\n<p><b>{1}.</b> {2}</p>\n",
        markup(entry.name), markup(entry.line), markup(entry.text));
    if (!entry.example.empty()) html += "<pre>" + markup_lines(entry.example) + "</pre>\n";
    html += "<p class=\"dim\">See also: " + links(entry.see_also) + ".</p>\n";
    return html + "</article>\n";
  }

  std::vector<const checker::GlossaryEntry*> entries_;
};

std::string words(const Page& page) {
  Words words;
  for (std::size_t i = 0; i < page.findings.size() && i < kFindingsInFull; ++i) {
    words.add(page.findings[i].topic);
  }
  if (page.has_finding()) {
    for (const std::string& name : page.finding().ruled_out) words.add(name);
    for (const std::string& name : page.finding().still_possible) words.add(name);
    if (!page.finding().witness.empty()) words.add("witness");
    if (!page.finding().undecided.empty()) words.add("budget");
  }
  words.add(name_of(page.result.verdict));
  words.add("unknown-outcome");
  return section(
      "words", "Words",
      "<p class=\"dim\">The same, and more: <code>plumbline explain</code>.</p>\n" + words.html());
}

}  // namespace

std::string check_page(const CheckResult& result, const History& history,
                       const std::string& file_name, const CheckPageOptions& options) {
  const Page page{
      result, history, file_name,
      options.command.empty() ? "plumbline check " + shell_word(file_name) : options.command,
      findings_of(result, history)};
  const std::string body = strip(page) + svg_patterns() + why(page) + again(page) + timeline(page) +
                           other_findings(page) + checks_section(result) +
                           keys_section(result, history) + minimal(page) + words(page);
  const std::string title = fmt::format(
      "{} {} {}", look_of(result.verdict).word,
      page.has_finding() ? heading_of(page.finding()) : std::string(), shortened(file_name, 80));
  return whole_page(title, body);
}

}  // namespace plumbline::reports
