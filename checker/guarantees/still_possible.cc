#include "checker/guarantees/still_possible.h"

#include <array>
#include <utility>

#include "checker/guarantees/objects.h"
#include "checker/guarantees/session_rules.h"

namespace plumbline::checker {
namespace {

constexpr std::array<std::string_view, 3> kModels = {"sequential", "causal", "PRAM"};
enum Model : std::uint8_t { kSequential, kCausal, kPram };

// Steps of graphs built for single sessions; a second or two.
constexpr std::uint64_t kStepsMax = 20'000'000;

using Sessions = std::vector<SessionSteps>;

// Which rules a graph asks of one session, and which of all the others.
struct Demand {
  std::vector<Rule> own;
  std::vector<Rule> others;
};

const Demand& demand_of(Model model) {
  static const std::array<Demand, 3> kDemands = {
      Demand{{Rule::kReadYourWrites, Rule::kMonotonicReads, Rule::kMonotonicWrites,
              Rule::kWritesFollowReads},
             {Rule::kReadYourWrites, Rule::kMonotonicReads, Rule::kMonotonicWrites,
              Rule::kWritesFollowReads}},
      Demand{{Rule::kReadYourWrites, Rule::kMonotonicReads, Rule::kMonotonicWrites,
              Rule::kWritesFollowReads},
             {Rule::kMonotonicWrites, Rule::kWritesFollowReads}},
      Demand{{Rule::kReadYourWrites, Rule::kMonotonicReads, Rule::kMonotonicWrites,
              Rule::kWritesFollowReads},
             {Rule::kMonotonicWrites}}};
  return kDemands[model];
}

// What one key rules out.
class KeyModels {
 public:
  KeyModels(std::span<const Request* const> requests, std::uint64_t& steps_left)
      : versions_(requests), table_(versions_.steps()), steps_left_(steps_left) {}

  bool breaks(Rule rule) const {
    for (const SessionSteps& session : table_.sessions()) {
      if (versions_.total() ? goes_back(session, rule) : has_ring(session, {{rule}, {}}, false)) {
        return true;
      }
    }
    return false;
  }

  // Whether no order of the versions has what the model demands. False if that is not looked at.
  bool excludes(Model model) {
    if (versions_.total() || versions_.steps().empty()) return false;
    if (model == kSequential) return has_ring({}, demand_of(model), true);
    for (const SessionSteps& session : table_.sessions()) {
      if (steps_left_ < versions_.steps().size()) return false;
      steps_left_ -= versions_.steps().size();
      if (has_ring(session, demand_of(model), true)) return true;
    }
    return false;
  }

 private:
  static bool goes_back(SessionSteps session, Rule rule) {
    bool found = false;
    find_backward_steps(session, info_of(rule), [&](auto&, auto&) { found = true; });
    return found;
  }

  bool has_ring(SessionSteps own, const Demand& demand, bool with_others) const {
    std::vector<Version> used;
    const auto use = [&](SessionSteps steps) {
      for (const SessionStep& step : steps) {
        if (step.seen != kNoVersion) used.push_back(step.seen);
        if (step.made != kNoVersion) used.push_back(step.made);
      }
    };
    if (with_others) {
      use(versions_.steps());
    } else {
      use(own);
    }
    VersionGraph graph(versions_, std::move(used));
    for (const Rule rule : demand.own) add_rule(graph, rule, own);
    for (const SessionSteps& session : table_.sessions()) {
      if (!with_others || session.data() == own.data()) continue;
      for (const Rule rule : demand.others) add_rule(graph, rule, session);
    }
    return !graph.ring().empty();
  }

  KeyVersions versions_;
  SessionTable table_;
  std::uint64_t& steps_left_;
};

class Excluded {
 public:
  void look_at(std::span<const Request* const> requests) {
    KeyModels key(requests, steps_left_);
    for (const RuleInfo& rule : kRules) {
      bool& broken = rules_[static_cast<std::size_t>(rule.rule)];
      if (!broken) broken = key.breaks(rule.rule);
      // A session keeps its own order, of reads before writes too, in every model.
      if (broken) models_ = {true, true, true};
    }
    if (models_[kPram]) return;
    if (!key.excludes(kSequential)) return;
    models_[kSequential] = true;
    if (!models_[kCausal]) models_[kCausal] = key.excludes(kCausal);
    if (models_[kCausal]) models_[kPram] = key.excludes(kPram);
  }

  Possibilities result() const {
    Possibilities out;
    for (std::size_t i = 0; i < models_.size(); ++i) {
      (models_[i] ? out.ruled_out : out.still_possible).emplace_back(kModels[i]);
    }
    for (const RuleInfo& rule : kRules) {
      const bool broken = rules_[static_cast<std::size_t>(rule.rule)];
      (broken ? out.ruled_out : out.still_possible).emplace_back(rule.name);
    }
    return out;
  }

 private:
  std::array<bool, 3> models_ = {};
  std::array<bool, kRules.size()> rules_ = {};
  std::uint64_t steps_left_ = kStepsMax;
};

}  // namespace

Possibilities still_possible(const History& history, const GuaranteeOptions& options) {
  const std::vector<Request> requests = requests_of(history);
  const Objects objects(requests, options.independent_keys);
  Excluded excluded;
  for (std::size_t i = 0; i < objects.size(); ++i) excluded.look_at(objects.requests(i));
  return excluded.result();
}

}  // namespace plumbline::checker
