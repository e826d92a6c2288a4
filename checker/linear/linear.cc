#include "checker/linear/linear.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "checker/history/by_key.h"
#include "checker/linear/explain.h"
#include "checker/linear/key_case.h"
#include "checker/linear/patterns.h"
#include "checker/linear/witness.h"
#include "checker/linear/zones.h"

namespace plumbline::checker {
namespace {

constexpr std::string_view kProperty = "linearizability";
// A store that is broken everywhere needs no proof for every key.
constexpr std::size_t kKeysExplained = 8;
// Steps of all searches for a least core together.
constexpr std::uint64_t kStepsForCore = 20'000'000;

void tell(Report& report, const std::vector<const Request*>& witness) {
  report.from = witness.front()->invoked_at;
  for (const Request* request : witness) {
    report.witness.push_back(request->index);
    if (request->outcome == Outcome::kOk) report.to = std::max(report.to, request->returned_at);
  }
}

Report invalid_report(KeyCase& key, const KeyCase::Judgement& judgement, SearchOptions options,
                      bool explained) {
  Report report;
  report.verdict = Verdict::kInvalid;
  report.property = kProperty;
  report.key = key.key();
  report.steps = judgement.steps;
  std::vector<const Request*> witness;
  if (explained) {
    const Core core = least_core(key, options, kStepsForCore);
    report.steps += core.steps;
    Explanation explanation = explain(key, core.answers, options);
    report.topic = explanation.topic;
    report.sentence = std::move(explanation.sentence);
    witness = std::move(explanation.witness);
  } else {
    report.sentence = subject_text(key) + " is not linearizable, as other keys before it";
    witness = {key.requests()[judgement.unplaced.front()]};
  }
  tell(report, witness);
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
  report.sentence = subject_text(key) + " is undecided because the search spent its " +
                    std::to_string(judgement.steps) + " steps with " +
                    std::to_string(judgement.unplaced.size()) + " of " +
                    std::to_string(key.answered().size()) + " answers not placed";
  const Request& first = *key.requests()[judgement.unplaced.front()];
  report.from = first.invoked_at;
  report.to = key.requests()[judgement.unplaced.back()]->returned_at;
  return report;
}

// Small enough to be searched whole for the least core.
constexpr std::size_t kSmall = 400;

std::vector<const Request*> all_of(std::span<const Request> requests,
                                   std::span<const std::uint32_t> positions) {
  std::vector<const Request*> out;
  out.reserve(positions.size());
  for (const std::uint32_t position : positions) out.push_back(&requests[position]);
  return out;
}

struct ValueHash {
  std::size_t operator()(const Value* value) const { return value->hash(); }
};
struct ValueEqual {
  bool operator()(const Value* a, const Value* b) const { return *a == *b; }
};
using ValueSet = std::unordered_set<const Value*, ValueHash, ValueEqual>;

// The operations of a contradiction between zones, with whoever may have written what they show or
// expect, and so on along chains of swaps: enough to be invalid alone.
class Evidence {
 public:
  Evidence(std::span<const Request> requests, std::span<const std::uint32_t> of_key)
      : requests_(requests), of_key_(of_key) {}

  std::vector<std::uint32_t> of(const std::vector<std::uint32_t>& core) {
    for (const std::uint32_t position : core) take(position);
    while (!wanted_.empty() && part_.size() < kSmall) take_writers(std::exchange(wanted_, {}));
    std::sort(part_.begin(), part_.end());
    part_.erase(std::unique(part_.begin(), part_.end()), part_.end());
    return std::move(part_);
  }

 private:
  void take(std::uint32_t position) {
    part_.push_back(position);
    const Operation& op = *requests_[position].operation;
    want(shown_value(op));
    if (op.function == Function::kCas) want(&op.arguments[0]);
    want(written_value(op));
  }

  void want(const Value* value) {
    if (value != nullptr && known_.insert(value).second) wanted_.insert(value);
  }

  // One pass, however many values are wanted.
  void take_writers(const ValueSet& wanted) {
    for (const std::uint32_t position : of_key_) {
      const Value* written = written_value(*requests_[position].operation);
      if (written == nullptr || !wanted.contains(written)) continue;
      if (writes_token(requests_[position], *written)) take(position);
    }
  }

  std::span<const Request> requests_;
  std::span<const std::uint32_t> of_key_;
  std::vector<std::uint32_t> part_;
  ValueSet known_;
  ValueSet wanted_;
};

// One key on its way through the ways to decide it, the cheapest first.
class KeyCheck {
 public:
  KeyCheck(std::span<const Request> requests, std::span<const std::uint32_t> of_key,
           const ModelInfo& model, const LinearOptions& options)
      : requests_(requests),
        of_key_(of_key),
        model_(model),
        model_options_(options.model),
        options_{.step_budget = options.step_budget != 0 ? options.step_budget
                                                         : default_step_budget(of_key.size())} {}

  // Nothing if the key is valid.
  std::optional<Report> run(std::size_t explained) {
    if (model_.zones) {
      const ZoneJudgement zones = judge_by_zones(requests_, of_key_, model_options_.initial);
      steps_ = zones.steps;
      if (zones.answer == ZoneJudgement::Answer::kValid) return std::nullopt;
      if (zones.answer == ZoneJudgement::Answer::kInvalid) return by_zones(zones, explained);
    }
    KeyCase key(model_, all_of(requests_, of_key_), model_options_);
    const KeyCase::Judgement judgement = key.judge(options_);
    steps_ += judgement.steps;
    switch (judgement.verdict) {
      case Verdict::kValid: return std::nullopt;
      case Verdict::kUnknown: return unknown_report(key, judgement);
      case Verdict::kInvalid:
        return invalid_report(key, judgement, options_, explained < kKeysExplained);
    }
    return std::nullopt;
  }

  std::uint64_t steps() const { return steps_; }

 private:
  Report by_zones(const ZoneJudgement& zones, std::size_t explained) {
    const bool small = of_key_.size() <= kSmall;
    const auto part = small ? std::vector<std::uint32_t>(of_key_.begin(), of_key_.end())
                            : Evidence(requests_, of_key_).of(zones.core);
    KeyCase key(model_, all_of(requests_, part), model_options_);
    const KeyCase::Judgement judgement = key.judge(options_);
    steps_ += judgement.steps;
    if (judgement.verdict == Verdict::kInvalid) {
      return invalid_report(key, judgement, options_, explained < kKeysExplained);
    }
    return long_chain_report(zones);
  }

  // The chains of swaps between the operations are too long to be told.
  Report long_chain_report(const ZoneJudgement& zones) {
    Report report;
    report.verdict = Verdict::kInvalid;
    report.property = kProperty;
    report.key = requests_[zones.core.front()].operation->key.str();
    report.steps = steps_;
    std::vector<const Request*> witness = all_of(requests_, zones.core);
    report.sentence = "key " + report.key +
                      " is not linearizable because two chains of swaps contradict each other: "
                      "each must have been there while the other was";
    report.topic = "not-linearizable";
    tell(report, witness);
    return report;
  }

  std::span<const Request> requests_;
  std::span<const std::uint32_t> of_key_;
  const ModelInfo& model_;
  const ModelOptions& model_options_;
  SearchOptions options_;
  std::uint64_t steps_ = 0;
};

}  // namespace

std::vector<Report> check_linearizability(std::span<const Request> requests, const ModelInfo& model,
                                          const LinearOptions& options) {
  std::vector<Report> findings;
  std::uint64_t steps = 0;
  std::size_t explained = 0;
  const ByKey keys = model.keyed ? ByKey(requests) : ByKey::together(requests);
  for (std::size_t i = 0; i < keys.keys(); ++i) {
    KeyCheck key(requests, keys.of(i), model, options);
    std::optional<Report> finding = key.run(explained);
    steps += key.steps();
    if (!finding) continue;
    if (finding->verdict == Verdict::kInvalid) ++explained;
    findings.push_back(std::move(*finding));
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
