#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/result.h"

namespace plumbline::checker {

// One glossary for all words that verdicts, reports and anomalies use. A report's `topic` is the
// name of an entry or one of its other names.

enum class Subject : std::uint8_t {
  kAnomaly,  // What can be wrong with a history.
  kModel,    // What a store may promise.
  kChecker,  // What a history is held against: the workloads' rules.
  kWord,     // What the texts around a verdict say.
};
std::string_view heading_of(Subject subject);

struct GlossaryEntry {
  Subject subject = Subject::kWord;
  std::string_view name;  // In kebab-case, or as Adya wrote it: "stale-read", "G1c".
  // Other names it is found by, separated by ", "; empty if there are none.
  std::string_view aliases;
  std::string_view line;     // What it is, in one line without a full stop.
  std::string_view text;     // A paragraph.
  std::string_view example;  // Lines of operations, as a history would show them.
  // Of an anomaly: the models that a history with it cannot satisfy; of a model: what it forbids.
  std::string_view rules_out;
  std::string_view see_also;  // Names of entries, separated by ", ".
};

// All entries, by subject and then in the order in which they are best read. No two share a name.
const std::vector<GlossaryEntry>& glossary();

// By name or other name, whatever the case of its letters; blanks and underscores count as hyphens.
const GlossaryEntry* glossary_entry(std::string_view topic);

// For a terminal, at most 100 columns: everything of the entry. A problem names the nearest topic.
Result<std::string> explain_text(std::string_view topic);
// All topics with their lines, under the headings of their subjects.
std::string list_of_topics();

// The parts of a list such as `see_also`.
std::vector<std::string_view> names_in(std::string_view list);

}  // namespace plumbline::checker
