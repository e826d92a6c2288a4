#include "checker/explain/glossary.h"

#include <algorithm>
#include <array>

#include "checker/explain/glossary_entries.h"
#include "checker/history/names.h"
#include "checker/verdict/wrap.h"

namespace plumbline::checker {
namespace {

// Variants of Adya's anomalies are other names of one entry; what their ending means is another's.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kEndings = {
    {{"-process", "process-edge"}, {"-realtime", "realtime-edge"}}};

// So that "Stale Read" is found as "stale-read".
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    out += c == ' ' || c == '_' ? '-' : upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

// Every name, folded, with its entry, in order of names.
struct NameIndex {
  std::vector<std::pair<std::string, const GlossaryEntry*>> names;

  NameIndex() {
    for (const GlossaryEntry& entry : glossary()) {
      names.emplace_back(folded(entry.name), &entry);
      for (const std::string_view alias : names_in(entry.aliases)) {
        names.emplace_back(folded(alias), &entry);
      }
    }
    std::sort(names.begin(), names.end());
  }
};

const NameIndex& name_index() {
  static const NameIndex kIndex;
  return kIndex;
}

void add_list(std::string& out, std::string_view heading, std::string_view list) {
  if (!list.empty()) out += "\n" + wrapped(std::string(heading) + ": " + std::string(list), 2, 2);
}

void add_example(std::string& out, std::string_view example) {
  if (example.empty()) return;
  out += "\n";
  for (std::size_t at = 0; at <= example.size();) {
    const std::size_t end = std::min(example.find('\n', at), example.size());
    out += wrapped(example.substr(at, end - at), 6, 4);
    at = end + 1;
  }
}

// "stale-read (also: stale, old-read)".
std::string title_of(const GlossaryEntry& entry) {
  std::string title(entry.name);
  if (!entry.aliases.empty()) title += " (also: " + std::string(entry.aliases) + ")";
  return title;
}

std::string_view rules_out_heading(Subject subject) {
  return subject == Subject::kAnomaly ? "rules out" : "forbids";
}

std::string text_of(const GlossaryEntry& entry) {
  std::string out = wrapped(title_of(entry), 0, 2) + wrapped(entry.line, 2) + "\n";
  out += wrapped(entry.text, 2);
  add_example(out, entry.example);
  add_list(out, rules_out_heading(entry.subject), entry.rules_out);
  add_list(out, "see also", entry.see_also);
  return out;
}

std::string text_of_ending(std::string_view topic, const GlossaryEntry& entry) {
  for (const auto& [ending, name] : kEndings) {
    if (!topic.ends_with(ending) || entry.name.ends_with(ending)) continue;
    const GlossaryEntry* about = glossary_entry(name);
    if (about != nullptr && about != &entry) return "\n" + wrapped(about->text, 2);
  }
  return "";
}

}  // namespace

std::string_view heading_of(Subject subject) {
  switch (subject) {
    case Subject::kAnomaly: return "What can be wrong";
    case Subject::kModel: return "What a store may promise";
    case Subject::kChecker: return "What a history is held against";
    case Subject::kWord: return "Words of verdicts and reports";
  }
  return "";
}

const std::vector<GlossaryEntry>& glossary() {
  static const std::vector<GlossaryEntry> kAll = [] {
    std::vector<GlossaryEntry> all;
    for (const auto part :
         {single_key_anomalies(), revision_anomalies(), transaction_anomalies(),
          workload_anomalies(), consistency_models(), checker_names(), verdict_words()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return kAll;
}

std::vector<std::string_view> names_in(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(", "), list.size());
    names.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 2, list.size()));
  }
  return names;
}

const GlossaryEntry* glossary_entry(std::string_view topic) {
  const std::string wanted = folded(topic);
  const auto& names = name_index().names;
  const auto found =
      std::lower_bound(names.begin(), names.end(), wanted,
                       [](const auto& name, const std::string& text) { return name.first < text; });
  return found == names.end() || found->first != wanted ? nullptr : found->second;
}

Result<std::string> explain_text(std::string_view topic) {
  if (const GlossaryEntry* entry = glossary_entry(topic)) {
    return text_of(*entry) + text_of_ending(folded(topic), *entry);
  }
  std::vector<std::string_view> known;
  for (const auto& [name, entry] : name_index().names) known.push_back(name);
  return Problem{Problem::Kind::kMalformed, "explain", 0,
                 unknown_name("topic", folded(topic), known)};
}

std::string list_of_topics() {
  std::string out;
  Subject subject = Subject::kWord;
  for (const GlossaryEntry& entry : glossary()) {
    if (out.empty() || entry.subject != subject) {
      out += (out.empty() ? "" : "\n") + std::string(heading_of(entry.subject)) + "\n";
      subject = entry.subject;
    }
    std::string line(entry.name);
    line.resize(std::max<std::size_t>(line.size() + 2, 20), ' ');
    out += wrapped(line + std::string(entry.line), 2, 20);
  }
  return out;
}

}  // namespace plumbline::checker
