#include "checker/txn/explain.h"

#include <algorithm>

#include "checker/history/text.h"

namespace plumbline::checker::txn {
namespace {

// Of a longer cycle a sentence says only how it closes; the argument has the rest.
constexpr std::size_t kHopsSaid = 4;
constexpr std::size_t kStepsSaid = 12;

// So that the last hop is the one to wonder about: real time, else an anti-dependency.
Cycle rotated(Cycle cycle) {
  for (const EdgeKind last : {EdgeKind::kRealtime, EdgeKind::kRw}) {
    const auto at =
        std::find_if(cycle.begin(), cycle.end(), [&](const Hop& hop) { return hop.kind == last; });
    if (at == cycle.end()) continue;
    std::rotate(cycle.begin(), at + 1, cycle.end());
    break;
  }
  return cycle;
}

std::string step_text(const Step& step, const Key& key, const std::string& name) {
  if (step.reads()) return "read " + to_text(*step.value) + " of " + name;
  return (key.is_list() ? "append " : "write ") + to_text(*step.value) + " to " + name;
}

}  // namespace

Report Explainer::report(const Finding& finding) const {
  Report report;
  report.verdict = Verdict::kInvalid;
  report.topic = name_of(finding.anomaly);
  report.sentence = sentence(finding);
  if (finding.key != kNone) report.key = key_text(finding.key);
  std::vector<std::uint32_t> involved = finding.transactions;
  const Cycle cycle = rotated(finding.cycle);
  for (const Hop& hop : cycle) involved.push_back(hop.from);
  report.argument = argument(finding, cycle);
  std::sort(involved.begin(), involved.end());
  involved.erase(std::unique(involved.begin(), involved.end()), involved.end());
  report.from = kNever;
  for (const std::uint32_t transaction : involved) {
    const std::uint32_t index = compiled_.transactions[transaction].index;
    const Operation& op = history_.operations[index];
    report.witness.push_back(index);
    report.from = std::min(report.from, op.invoked_at);
    report.to = std::max(report.to, op.returned_at == kNever ? op.invoked_at : op.returned_at);
  }
  std::sort(report.witness.begin(), report.witness.end());
  return report;
}

std::string Explainer::sentence(const Finding& finding) const {
  if (!finding.cycle.empty()) return cycle_sentence(rotated(finding.cycle));
  return direct_sentence(finding, [this](std::uint32_t txn) { return index_name(txn); });
}

std::string Explainer::cycle_sentence(const Cycle& cycle) const {
  const Name name = [this](std::uint32_t txn) { return index_name(txn); };
  const Hop& last = cycle.back();
  std::string out = "no order of the transactions explains what they saw: ";
  if (cycle.size() > kHopsSaid) {
    out += name(cycle.front().from) + " comes before " + name(last.from) + " through " +
           std::to_string(cycle.size() - 2) + " others";
  }
  for (std::size_t i = 0; i + 1 < cycle.size() && cycle.size() <= kHopsSaid; ++i) {
    out += (i == 0 ? "" : ", ") + name(cycle[i].from) + " comes before " + name(cycle[i].to) +
           " because " + why(cycle[i], name);
  }
  return out + ", yet " + name(last.from) + " comes before " + name(last.to) + " because " +
         why(last, name);
}

std::vector<std::string> Explainer::argument(const Finding& finding, const Cycle& cycle) const {
  std::vector<std::uint32_t> order = finding.transactions;
  for (const Hop& hop : cycle) order.push_back(hop.from);
  const Name name = [&order](std::uint32_t txn) {
    const auto at = std::find(order.begin(), order.end(), txn);
    return "T" + std::to_string(at - order.begin() + 1);
  };
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto known = order.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(order.begin(), known, order[i]) != known) continue;
    lines.push_back(let_line(order[i], name(order[i]), i == 0));
  }
  if (cycle.empty()) lines.push_back("Then " + direct_sentence(finding, name) + ".");
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const bool closes = i + 1 == cycle.size();
    const std::string claim = name(cycle[i].from) + " < " + name(cycle[i].to) + " because ";
    lines.push_back((closes   ? "However "
                     : i == 0 ? "Then "
                              : "And ") +
                    claim + why(cycle[i], name) + (closes ? ": a contradiction." : "."));
  }
  return lines;
}

std::string Explainer::let_line(std::uint32_t transaction, const std::string& name,
                                bool first) const {
  const Transaction& txn = compiled_.transactions[transaction];
  std::string out = (first ? "Let " : "    ") + name + " = #" + std::to_string(txn.index) +
                    " by c" + std::to_string(txn.process) + ":";
  const auto steps = compiled_.steps_of(transaction);
  for (std::size_t i = 0; i < steps.size() && i < kStepsSaid; ++i) {
    out += i == 0 ? " " : ", ";
    out += step_text(steps[i], compiled_.keys[steps[i].key], key_text(steps[i].key));
  }
  if (steps.size() > kStepsSaid) {
    out += " and " + std::to_string(steps.size() - kStepsSaid) + " steps more";
  }
  if (txn.outcome == Outcome::kUnknown) out += "; its outcome is unknown";
  if (txn.outcome == Outcome::kFail) out += "; it definitely failed";
  return out + ".";
}

std::string Explainer::why(const Hop& hop, const Name& name) const {
  switch (hop.kind) {
    case EdgeKind::kWw: return why_replaced(hop, name);
    case EdgeKind::kWr: return why_read(hop, name);
    case EdgeKind::kRw: return why_missed(hop, name);
    case EdgeKind::kSession:
      return "c" + std::to_string(compiled_.transactions[hop.to].process) + " called " +
             name(hop.to) + " after " + name(hop.from) + " had answered it";
    case EdgeKind::kRealtime: return why_realtime(hop, name);
    case EdgeKind::kOn: break;
  }
  return "";
}

std::string Explainer::why_replaced(const Hop& hop, const Name& name) const {
  for (const Step& step : compiled_.steps_of(hop.to)) {
    if (step.reads()) continue;
    const std::uint32_t before = versions_.before[versions_.version_of(step.element)];
    if (before == kNone || versions_.is_initial(before)) continue;
    const Element& replaced = element(before);
    if (replaced.transaction != hop.from) continue;
    const std::string first = to_text(*replaced.value);
    const std::string then = to_text(*step.value);
    const std::string key = key_text(step.key);
    if (!compiled_.keys[step.key].is_list()) {
      return name(hop.to) + " replaced " + first + " of " + key + ", which " + name(hop.from) +
             " wrote, with " + then;
    }
    if (versions_.place[step.element] != kNone) {
      return name(hop.to) + " appended " + then + " to " + key + " after " + name(hop.from) +
             " appended " + first;
    }
    return "the longest read of " + key + " ends with " + first + ", which " + name(hop.from) +
           " appended, and lacks " + then + ", which " + name(hop.to) + " appended";
  }
  return "";
}

std::string Explainer::why_read(const Hop& hop, const Name& name) const {
  for (const Versions::Read& read : reads_of(hop.to)) {
    if (versions_.is_initial(read.version)) continue;
    const Element& seen = element(read.version);
    if (seen.transaction != hop.from) continue;
    return name(hop.from) + " " + wrote(seen.key) + " " + to_text(*seen.value) + " to " +
           key_text(seen.key) + " and " + name(hop.to) + " read it";
  }
  return "";
}

std::string Explainer::why_missed(const Hop& hop, const Name& name) const {
  for (const Versions::Read& read : reads_of(hop.from)) {
    if (!read.replaced_known) continue;
    for (const Step& step : compiled_.steps_of(hop.to)) {
      if (step.reads()) continue;
      if (versions_.before[versions_.version_of(step.element)] != read.version) continue;
      const std::string value = to_text(*step.value);
      const std::string key = key_text(step.key);
      if (compiled_.keys[step.key].is_list()) {
        return name(hop.from) + " read " + key + " without " + value + ", which " + name(hop.to) +
               " appended";
      }
      return name(hop.from) + " read " + state_text(read.version) + " of " + key + ", which " +
             name(hop.to) + " replaced with " + value;
    }
  }
  return "";
}

std::string Explainer::why_realtime(const Hop& hop, const Name& name) const {
  const std::int64_t returned = compiled_.transactions[hop.from].returned_at;
  const std::int64_t called = compiled_.transactions[hop.to].invoked_at;
  const TimeText time{returned, called};
  return name(hop.from) + " returned at " + time(returned) + ", before " + name(hop.to) +
         " was called at " + time(called);
}

std::vector<Versions::Read> Explainer::reads_of(std::uint32_t transaction) const {
  const auto begin = std::lower_bound(
      versions_.reads.begin(), versions_.reads.end(), transaction,
      [](const Versions::Read& read, std::uint32_t txn) { return read.transaction < txn; });
  auto end = begin;
  while (end != versions_.reads.end() && end->transaction == transaction) ++end;
  return {begin, end};
}

std::string Explainer::key_text(std::uint32_t key) const {
  const Value& name = *compiled_.keys[key].name;
  const std::string text = to_text(name);
  return name.is_string() && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

std::string Explainer::state_text(std::uint32_t version) const {
  return versions_.is_initial(version) ? "nil" : to_text(*element(version).value);
}

std::string Explainer::wrote(std::uint32_t key) const {
  return compiled_.keys[key].is_list() ? "appended" : "wrote";
}

std::string Explainer::direct_sentence(const Finding& finding, const Name& name) const {
  const auto who = [&](std::size_t i) { return name(finding.transactions[i]); };
  const std::string key = finding.key == kNone ? "" : key_text(finding.key);
  const std::string value = finding.value == nullptr ? "" : to_text(*finding.value);
  const std::string other = finding.other == nullptr ? "" : to_text(*finding.other);
  const std::string did = finding.key == kNone ? "" : wrote(finding.key);
  switch (finding.anomaly) {
    case Anomaly::kDuplicateElements:
      return who(0) + " read " + value + " twice in " + key + ", because it took effect twice, " +
             "although only " + who(1) + " appended it, once";
    case Anomaly::kGarbageRead:
      if (finding.detail == Detail::kNotAList) {
        return who(0) + " read " + value + " of " + key + ", which cannot be because " + key +
               " is a list";
      }
      return who(0) + " read " + other + " of " + key + ", which cannot be because nobody " + did +
             " it";
    case Anomaly::kCyclicVersions:
      return "the versions of " + key + " have no order because " + value + " replaced " + other +
             ", and " + other + " in turn came from " + value;
    case Anomaly::kIncompatibleOrder:
      return who(0) + " and " + who(1) + " cannot both be right because " + who(0) + " read " +
             value + " of " + key + ", which is not how the longer list that " + who(1) +
             " read begins";
    case Anomaly::kDirtyUpdate:
      return who(0) + " changed " + key + " on top of a change that never was, because " + value +
             ", on which its " + other + " stands, is of " + who(1) + ", which definitely failed";
    case Anomaly::kG1a:
      return who(0) + " read " + value + " of " + key + ", which cannot be because " + who(1) +
             ", which " + did + " it, definitely failed";
    case Anomaly::kG1b:
      return who(0) + " saw " + who(1) + " half done because it read " + key + " as of " + value +
             ", after which " + who(1) + " changed " + key + " again";
    case Anomaly::kInternal: return internal_sentence(finding, who(0));
    case Anomaly::kGMonotonic:
    case Anomaly::kFracturedRead:
      return who(0) + " saw only a part of " + who(1) + " because it read " + other + ", which " +
             who(1) + " wrote, and " + key + " without the " + value + " of " + who(1);
    case Anomaly::kLostUpdate:
      return "a change of " + key + " was lost because " + who(0) + " and " + who(1) +
             " both read " + value + " of it and then both changed it";
    default: return "";
  }
}

std::string Explainer::internal_sentence(const Finding& finding, const std::string& who) const {
  const std::string key = key_text(finding.key);
  const std::string value = to_text(*finding.value);
  const std::string other = finding.other == nullptr ? "" : to_text(*finding.other);
  const std::string disagrees = who + " disagrees with itself because it ";
  switch (finding.detail) {
    case Detail::kRereads: return disagrees + "read " + other + " of " + key + " and then " + value;
    case Detail::kForgetsOwn:
      return disagrees + wrote(finding.key) + " " + other + " to " + key + " and then read " +
             value;
    case Detail::kSeesFuture:
      return disagrees + "read " + other + " of " + key + " before it " + wrote(finding.key) +
             " it";
    case Detail::kOutOfOrder:
      return disagrees + "appended " + other + " to " + key + " before " + value +
             ", and reads show them the other way round";
    case Detail::kTornAppends:
      return disagrees + "appended " + other + " to " + key + " before " + value +
             ", and reads show " + value + " but not " + other;
    case Detail::kPlain:
    case Detail::kNotAList: break;
  }
  return "";
}

}  // namespace plumbline::checker::txn
