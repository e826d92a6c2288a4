#include "checker/linear/linear.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "checker/linear/explain.h"
#include "checker/linear/key_case.h"
#include "checker/linear/witness.h"

namespace plumbline::checker {
namespace {

constexpr std::string_view kProperty = "linearizability";
// A store that is broken everywhere needs no proof for every key.
constexpr std::size_t kKeysExplained = 8;
// Searches for a least core, in budgets of one search.
constexpr std::uint64_t kBudgetsForCore = 4;

Report invalid_report(KeyCase& key, const KeyCase::Judgement& judgement, SearchOptions options,
                      bool explained) {
  Report report;
  report.verdict = Verdict::kInvalid;
  report.property = kProperty;
  report.key = key.key();
  report.steps = judgement.steps;
  std::vector<const Request*> witness;
  if (explained) {
    const Core core = least_core(key, options, kBudgetsForCore * options.step_budget);
    report.steps += core.steps;
    Explanation explanation = explain(key, core.answers, options);
    report.sentence = std::move(explanation.sentence);
    witness = std::move(explanation.witness);
  } else {
    report.sentence = "key " + key.key() + " is not linearizable, as other keys before it";
    witness = {key.requests()[judgement.unplaced.front()]};
  }
  report.from = witness.front()->invoked_at;
  for (const Request* request : witness) {
    report.witness.push_back(request->index);
    if (request->outcome == Outcome::kOk) report.to = std::max(report.to, request->returned_at);
  }
  return report;
}

Report unknown_report(KeyCase& key, const KeyCase::Judgement& judgement) {
  Report report;
  report.verdict = Verdict::kUnknown;
  report.property = kProperty;
  report.key = key.key();
  report.steps = judgement.steps;
  for (const std::uint32_t i : judgement.unplaced) {
    report.undecided.push_back(key.requests()[i]->index);
  }
  report.sentence = "key " + key.key() + " is undecided because the search spent its " +
                    std::to_string(judgement.steps) + " steps with " +
                    std::to_string(judgement.unplaced.size()) + " of " +
                    std::to_string(key.answered().size()) + " answers not placed";
  const Request& first = *key.requests()[judgement.unplaced.front()];
  report.from = first.invoked_at;
  report.to = key.requests()[judgement.unplaced.back()]->returned_at;
  return report;
}

std::map<std::string_view, std::vector<const Request*>> by_key(std::span<const Request> requests) {
  std::map<std::string_view, std::vector<const Request*>> keys;
  for (const Request& request : requests) keys[request.operation->key].push_back(&request);
  return keys;
}

}  // namespace

std::vector<Report> check_linearizability(std::span<const Request> requests, const ModelInfo& model,
                                          std::uint64_t step_budget) {
  const SearchOptions options{.step_budget = step_budget};
  std::vector<Report> findings;
  std::uint64_t steps = 0;
  std::size_t explained = 0;
  for (auto& [name, of_key] : by_key(requests)) {
    KeyCase key(model, std::move(of_key));
    const KeyCase::Judgement judgement = key.judge(options);
    steps += judgement.steps;
    if (judgement.verdict == Verdict::kInvalid) {
      findings.push_back(invalid_report(key, judgement, options, explained < kKeysExplained));
      ++explained;
    } else if (judgement.verdict == Verdict::kUnknown) {
      findings.push_back(unknown_report(key, judgement));
    }
  }
  if (findings.empty()) {
    Report valid;
    valid.property = kProperty;
    valid.steps = steps;
    return {valid};
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Report& a, const Report& b) {
    return a.verdict != b.verdict ? a.verdict > b.verdict : a.to < b.to;
  });
  return findings;
}

}  // namespace plumbline::checker
