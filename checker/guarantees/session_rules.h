#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "checker/guarantees/key_versions.h"
#include "checker/guarantees/version_graph.h"

namespace plumbline::checker {

// Each of the four session guarantees says: the version that an earlier step of a session saw (or
// made) is not after the version that a later step sees (or makes). An earlier step is one that was
// answered before the later one was called.
enum class Rule : std::uint8_t {
  kReadYourWrites,
  kMonotonicReads,
  kMonotonicWrites,
  kWritesFollowReads,
};

struct RuleInfo {
  Rule rule;
  std::string_view name;
  std::string_view topic;
  Version SessionStep::*earlier;
  Version SessionStep::*later;
};

inline constexpr std::array kRules = {
    RuleInfo{Rule::kReadYourWrites, "read-your-writes", "missed-own-write", &SessionStep::made,
             &SessionStep::seen},
    RuleInfo{Rule::kMonotonicReads, "monotonic-reads", "non-monotonic-read", &SessionStep::seen,
             &SessionStep::seen},
    RuleInfo{Rule::kMonotonicWrites, "monotonic-writes", "non-monotonic-write", &SessionStep::made,
             &SessionStep::made},
    RuleInfo{Rule::kWritesFollowReads, "writes-follow-reads", "write-before-read",
             &SessionStep::seen, &SessionStep::made},
};
inline const RuleInfo& info_of(Rule rule) { return kRules[static_cast<std::size_t>(rule)]; }

// The session of a request: that of its identity if it has one, else its process.
struct SessionName {
  bool numbered = false;
  std::int64_t number = 0;
  friend auto operator<=>(const SessionName&, const SessionName&) = default;
};
SessionName session_of(const Request& request);

using SessionSteps = std::span<const SessionStep>;

// The steps on one key, session by session; in a session in the order of their calls.
class SessionTable {
 public:
  explicit SessionTable(const std::vector<SessionStep>& steps);
  const std::vector<SessionSteps>& sessions() const { return sessions_; }

 private:
  std::vector<SessionStep> steps_;
  std::vector<SessionSteps> sessions_;
};

// Whether `a` was answered before `b`, of the same session, was called. One process may call at the
// very time of its last return.
bool precedes(const Request& a, const Request& b);

// Walks through a session in the order of calls: before each later(step) come the earlier(step)
// of all steps that precede it and did not come yet, in the order of their returns.
template <typename Earlier, typename Later>
void walk_session(SessionSteps steps, Earlier earlier, Later later);

// Of a total order: calls found(earlier, later) for each step that breaks the rule, with the
// greatest version before it.
template <typename Found>
void find_backward_steps(SessionSteps steps, const RuleInfo& rule, Found found);

// Of an order that is not total: adds to `graph` what the rule asks of the session.
void add_rule(VersionGraph& graph, Rule rule, SessionSteps steps);
// Adds that a write that returned before another was called made the older version. `steps` are
// those of all sessions, in any order.
void add_real_time(VersionGraph& graph, SessionSteps steps);

// --- Implementation ------------------------------------------------------------------------------

template <typename Earlier, typename Later>
void walk_session(SessionSteps steps, Earlier earlier, Later later) {
  std::vector<const SessionStep*> open;
  const auto by_return = [](const SessionStep* a, const SessionStep* b) {
    return a->request->returned_at < b->request->returned_at;
  };
  std::vector<const SessionStep*> done;
  for (const SessionStep& step : steps) {
    done.clear();
    std::erase_if(open, [&](const SessionStep* candidate) {
      const bool ended = precedes(*candidate->request, *step.request);
      if (ended) done.push_back(candidate);
      return ended;
    });
    if (done.size() > 1) std::sort(done.begin(), done.end(), by_return);
    for (const SessionStep* ended : done) earlier(*ended);
    later(step);
    // What is unknown or failed precedes nothing.
    if (step.request->outcome == Outcome::kOk) open.push_back(&step);
  }
}

template <typename Found>
void find_backward_steps(SessionSteps steps, const RuleInfo& rule, Found found) {
  const SessionStep* greatest = nullptr;
  walk_session(
      steps,
      [&](const SessionStep& step) {
        if (step.*rule.earlier == kNoVersion) return;
        const bool greater = greatest == nullptr || step.*rule.earlier > greatest->*rule.earlier;
        if (greater) greatest = &step;
      },
      [&](const SessionStep& step) {
        if (greatest == nullptr || step.*rule.later == kNoVersion) return;
        if (step.*rule.later < greatest->*rule.earlier) found(*greatest, step);
      });
}

}  // namespace plumbline::checker
