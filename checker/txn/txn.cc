#include "checker/txn/txn.h"

#include <algorithm>
#include <utility>

#include "checker/txn/completion.h"
#include "checker/txn/cycles.h"
#include "checker/txn/explain.h"
#include "checker/txn/graph.h"

namespace plumbline::checker {
namespace {

class Judge {
 public:
  Judge(const History& history, TxnLevel level, const TxnOptions& options)
      : history_(history),
        level_(level),
        forbidden_(forbidden_by(level)),
        options_(options),
        compiled_(history),
        versions_(txn::find_versions(compiled_, findings_)) {}

  std::vector<Report> judge() {
    steps_ = compiled_.steps.size();
    const txn::Graph graph(compiled_, versions_);
    txn::CycleSearch search(compiled_, graph, options_.step_budget);
    search.run(findings_);
    steps_ += search.steps();
    unfinished_ = search.unfinished();
    if (findings_.found().meets(forbidden_)) return violations();
    if (auto unclear = unclear_key(); !unclear.empty()) return {unknown(std::move(unclear))};
    if (unfinished_.meets(forbidden_)) {
      return {unknown("not decided because the budget of " + std::to_string(options_.step_budget) +
                      " steps was spent in search of one more anomaly that " +
                      std::string(name_of(level_)) + " forbids")};
    }
    if (!versions_.loose_keys.empty() && !some_order_holds(graph)) return {undecided_order()};
    return {valid()};
  }

 private:
  // Nothing is wrong as far as the order of versions is known. It is right if there is one order of
  // the others with which nothing is wrong.
  bool some_order_holds(const txn::Graph& graph) {
    const txn::Versions versions = txn::completed(compiled_, versions_, graph);
    const txn::Graph whole(compiled_, versions);
    txn::CycleSearch search(compiled_, whole, options_.step_budget);
    txn::Findings findings;
    search.run(findings);
    steps_ += search.steps();
    return !findings.found().meets(forbidden_) && !search.unfinished().meets(forbidden_);
  }

  std::vector<Report> violations() {
    const txn::Explainer explainer(history_, compiled_, versions_);
    std::vector<Report> reports;
    for (const txn::Finding& finding : findings_.cases()) {
      if (!forbidden_.has(finding.anomaly)) continue;
      Report report = explainer.report(finding);
      complete(report);
      reports.push_back(std::move(report));
    }
    // What fewer transactions show is easier to see.
    std::stable_sort(reports.begin(), reports.end(), [](const Report& a, const Report& b) {
      return a.witness.size() < b.witness.size();
    });
    return reports;
  }

  Report valid() {
    const txn::Explainer explainer(history_, compiled_, versions_);
    Report report;
    complete(report);
    for (const txn::Finding& finding : findings_.cases()) {
      report.argument.push_back(std::string(name_of(finding.anomaly)) + ", which " +
                                report.property + " allows: " + explainer.sentence(finding) + ".");
    }
    return report;
  }

  Report unknown(std::string sentence) {
    Report report;
    report.verdict = Verdict::kUnknown;
    report.sentence = std::move(sentence);
    complete(report);
    return report;
  }

  void complete(Report& report) const {
    report.property = name_of(level_);
    report.steps = steps_;
    report.ruled_out = levels_ruled_out(findings_.found());
    report.still_possible = levels_still_possible(findings_.found());
  }

  std::string text_of(std::uint32_t key) const { return to_text(*compiled_.keys[key].name); }

  // Why a key could not be judged, of the first such key.
  std::string unclear_key() const {
    for (std::uint32_t key = 0; key < compiled_.keys.size(); ++key) {
      const txn::Key& info = compiled_.keys[key];
      if (!info.is_unclear()) continue;
      const std::string begin = "not decided because key " + text_of(key) + " ";
      if (info.twice == txn::kNone) return begin + "is both appended to and overwritten";
      const txn::Element& second = compiled_.elements[info.twice];
      const std::string who =
          " by #" + std::to_string(compiled_.transactions[second.transaction].index);
      if (second.value->is_nil()) return begin + "was written nil" + who;
      return begin + "was given " + to_text(*second.value) + " a second time" + who +
             ": who saw which cannot be told";
    }
    return "";
  }

  Report undecided_order() {
    const std::uint32_t key = versions_.loose_keys.front();
    Report report = unknown(
        "not decided because the order of the versions of key " + text_of(key) +
        (versions_.loose_keys.size() == 1
             ? " is"
             : " and " + std::to_string(versions_.loose_keys.size() - 1) + " other keys is") +
        " not known: their writers neither read what they replaced nor carry a revision");
    for (std::uint32_t element = 0; element < compiled_.elements.size(); ++element) {
      const txn::Element& info = compiled_.elements[element];
      if (info.key != key || versions_.before[versions_.version_of(element)] == txn::kNone)
        continue;
      report.undecided.push_back(compiled_.transactions[info.transaction].index);
    }
    return report;
  }

  const History& history_;
  TxnLevel level_;
  AnomalySet forbidden_;
  const TxnOptions& options_;
  txn::Findings findings_;
  txn::Compiled compiled_;
  txn::Versions versions_;
  AnomalySet unfinished_;
  std::uint64_t steps_ = 0;
};

}  // namespace

std::vector<Report> check_transactions(const History& history, const TxnOptions& options) {
  const Result<TxnLevel> level = txn_level_named(options.level);
  if (level) return Judge(history, level.value(), options).judge();
  Report report;
  report.verdict = Verdict::kUnknown;
  report.property = options.level;
  report.sentence = "not judged because of an " + level.problem().reason;
  return {report};
}

}  // namespace plumbline::checker
