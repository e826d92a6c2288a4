#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/seed_verdict.h"

namespace plumbline::reports {

// The parts that every HTML report is built of. A report is one file: it opens from file://, from
// an e-mail or from the artefacts of a CI server, makes no request (its own content security
// policy forbids any), and says everything without its script, which only filters, zooms and
// copies. Parameters called `html` are inserted as they are; all others are escaped.

// A whole document. `body_html` are the sections inside <main>.
std::string whole_page(std::string_view title, std::string_view body_html);
// The one inline script of every report, whose hash the policy names.
std::string_view page_script();
std::string_view page_style();

// Icon, word and, as an addition, colour.
std::string verdict_badge(SeedVerdict verdict);
std::string badge(std::string_view icon, std::string_view word);
std::string section(std::string_view id, std::string_view heading, std::string_view html);
// A command in a box, with a button that copies it (shown only where the script runs).
std::string command_box(std::string_view command);
// The same for a text of many lines.
std::string preformatted_box(std::string_view text);
// Something a reader must know before believing the page: truncation, unreadable files.
std::string banner(std::string_view text);
// "<dt>name</dt><dd>value</dd>", for the facts under a heading.
std::string fact(std::string_view name, std::string_view value);

struct Column {
  std::string_view heading;
  bool is_number = false;
};

// A table row by row. End tags that HTML makes optional are left out: a trace has many rows.
class Table {
 public:
  // `filter` gives it a box that hides rows without the text typed, where the script runs.
  enum class Filter : std::uint8_t { kNone, kBox };
  Table(std::string_view caption, std::vector<Column> columns, Filter filter = Filter::kNone);

  // `id` makes the row a place that a link can lead to.
  Table& row(const std::vector<std::string>& cells_html, std::string_view css_class = "",
             std::string_view id = "");
  std::string finish() &&;

 private:
  std::vector<Column> columns_;
  std::string html_;
};

}  // namespace plumbline::reports
