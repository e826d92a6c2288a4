#include "checker/guarantees/session_guarantees.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "checker/guarantees/findings.h"
#include "checker/guarantees/objects.h"
#include "checker/history/text.h"

namespace plumbline::checker {
namespace {

using RingStep = VersionGraph::RingStep;
using Ring = std::vector<RingStep>;

// Of a contradiction, how much the sentence tells and the argument lists.
constexpr std::size_t kStepsTold = 3;
constexpr std::size_t kStepsListed = 200;

// "read(x) by c1, called at 0.050 s, answered 5".
std::string told(const std::string& when, const Request& request) {
  const std::string answer = answer_text(*request.operation);
  return answer == "ok" ? when.substr(0, when.size() - 1) : when + " answered " + answer;
}

// Puts the findings on one key into words.
class KeyReport {
 public:
  KeyReport(std::string_view key, const KeyVersions& versions, const RuleInfo& rule)
      : key_(key), versions_(versions), rule_(rule) {}

  Explained backward(const Request& earlier, const Request& later) const {
    return {std::string(key_),
            broken() + told(returned_text(earlier, {&later}), earlier) +
                ", and later in the session " + told(called_text(later, {&earlier}), later) +
                ": an older version",
            {&earlier, &later}};
  }

  // What was seen is told before what it contradicts. A long ring is told in part; the whole of it
  // is in the argument. Steps of real time stay as they are: no rule joins them.
  Explained contradiction(const Ring& found, bool real_time) const {
    const Ring ring = real_time ? found : shortened(found);
    Explained out{std::string(key_), broken(), {}};
    const std::size_t shown = ring.size() <= kStepsTold + 1 ? ring.size() : kStepsTold;
    for (std::size_t i = 0; i < ring.size() && i < kStepsListed; ++i) {
      const RingStep& step = ring[i];
      const std::string text = step.later == nullptr ? proven(step) : demanded(step);
      if (ring.size() > shown) out.argument.push_back(text);
      if (i >= shown) continue;
      out.sentence += (i == 0 ? "" : "; ") + text;
      out.witness.insert(out.witness.end(), {step.earlier, step.later});
      if (step.later == nullptr) out.witness.push_back(versions_.writer(step.to));
    }
    if (ring.size() > shown) {
      out.sentence += "; and " + std::to_string(ring.size() - shown) + " more steps lead back to " +
                      text(ring.front().from);
    }
    out.sentence += ": a contradiction";
    return out;
  }

 private:
  std::string broken() const {
    return key_text(key_, "the store") + " breaks " + std::string(rule_.name) + " because ";
  }

  // Two steps that follow each other are one if the rule, or what is proved, says so directly.
  static bool join(RingStep& step, const RingStep& next) {
    if (step.from == next.to || (step.later == nullptr) != (next.later == nullptr)) return false;
    if (step.later != nullptr) {
      const bool one_session = session_of(*step.earlier) == session_of(*next.later) &&
                               session_of(*step.earlier) == session_of(*step.later) &&
                               session_of(*next.earlier) == session_of(*next.later);
      if (!one_session || !precedes(*step.earlier, *next.later)) return false;
    }
    step.to = next.to;
    step.later = next.later;
    return true;
  }

  static Ring shortened(Ring ring) {
    const auto first =
        std::min_element(ring.begin(), ring.end(), [](const RingStep& a, const RingStep& b) {
          if (a.later == nullptr || b.later == nullptr) return a.later != nullptr;
          return a.earlier->invoked_at < b.earlier->invoked_at;
        });
    std::rotate(ring.begin(), first, ring.end());
    Ring out;
    for (const RingStep& step : ring) {
      if (out.empty() || !join(out.back(), step)) out.push_back(step);
    }
    return out;
  }

  std::string text(Version version) const {
    const Request* writer = versions_.writer(version);
    return writer == nullptr ? "nil" : to_text(*written_value(*writer->operation));
  }

  std::string demanded(const RingStep& step) const {
    return told(returned_text(*step.earlier, {step.later}), *step.earlier) + ", before " +
           told(called_text(*step.later, {step.earlier}), *step.later) + ", so " + text(step.from) +
           " must be older than " + text(step.to);
  }

  std::string proven(const RingStep& step) const {
    if (step.from == 0) return "nil was there before " + text(step.to);
    const std::string swap = client_text(*versions_.writer(step.to)->operation);
    if (versions_.parent(step.to) == step.from) {
      return swap + " replaced " + text(step.from) + " by " + text(step.to);
    }
    return "comparisons that held lead from " + text(step.from) + " to " + text(step.to) +
           ", the last of them " + swap;
  }

  std::string_view key_;
  const KeyVersions& versions_;
  const RuleInfo& rule_;
};

// One key under one rule. What findings refer to lives as long as this.
class KeyCheck {
 public:
  KeyCheck(std::string_view key, std::span<const Request* const> requests, const RuleInfo& rule,
           const GuaranteeOptions& options, Findings& findings)
      : versions_(requests), report_(key, versions_, rule), rule_(rule), findings_(findings) {
    if (versions_.steps().empty()) return;
    const SessionTable table(versions_.steps());
    if (versions_.total()) {
      for (const SessionSteps& session : table.sessions()) check_total(session);
      return;
    }
    // What one session shows by itself is easier to follow than a ring through many.
    bool found = false;
    for (const SessionSteps& session : table.sessions()) {
      found |= check_together({{session}}, false);
    }
    const bool together = options.agreed_order || options.real_time_writes;
    if (together && !found) check_together(table.sessions(), options.real_time_writes);
  }

  bool judged() const { return !versions_.steps().empty(); }

 private:
  void check_total(const SessionSteps& session) {
    find_backward_steps(session, rule_, [&](const SessionStep& earlier, const SessionStep& later) {
      findings_.invalid(rule_.topic, later.request->returned_at,
                        [this, first = earlier.request, then = later.request] {
                          return report_.backward(*first, *then);
                        });
    });
  }

  // Whether there is no order.
  bool check_together(const std::vector<SessionSteps>& sessions, bool real_time) {
    std::vector<SessionStep> all;
    for (const SessionSteps& session : sessions) {
      all.insert(all.end(), session.begin(), session.end());
    }
    std::vector<Version> used;
    for (const SessionStep& step : all) {
      if (step.seen != kNoVersion) used.push_back(step.seen);
      if (step.made != kNoVersion) used.push_back(step.made);
    }
    VersionGraph graph(versions_, std::move(used));
    for (const SessionSteps& session : sessions) add_rule(graph, rule_.rule, session);
    if (real_time) add_real_time(graph, all);
    Ring ring = graph.ring();
    if (ring.empty()) return false;
    std::int64_t at = 0;
    for (const RingStep& step : ring) {
      if (step.later != nullptr) at = std::max(at, step.later->invoked_at);
    }
    findings_.invalid(rule_.topic, at, [this, ring = std::move(ring), real_time] {
      return report_.contradiction(ring, real_time);
    });
    return true;
  }

  KeyVersions versions_;
  KeyReport report_;
  const RuleInfo& rule_;
  Findings& findings_;
};

}  // namespace

std::vector<Report> check_session_rule(const History& history, const GuaranteeOptions& options,
                                       Rule rule) {
  const std::vector<Request> requests = requests_of(history);
  const Objects objects(requests, options.independent_keys);
  const RuleInfo& info = info_of(rule);
  Findings findings(info.name);
  std::uint64_t judged = 0;
  const auto checks = judge_each(objects, findings, [&](std::size_t i) {
    auto check =
        std::make_unique<KeyCheck>(objects.key(i), objects.requests(i), info, options, findings);
    judged += check->judged();
    return check;
  });
  if (judged == 0) {
    findings.unknown("no-version-order", 0, [] {
      return Explained{"",
                       "not judged because no key has revisions, or values that were written once, "
                       "or is only appended to",
                       {}};
    });
  }
  findings.fact("keys: " + std::to_string(judged) + " judged of " + std::to_string(objects.size()));
  return findings.reports(requests.size());
}

}  // namespace plumbline::checker
