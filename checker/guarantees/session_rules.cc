#include "checker/guarantees/session_rules.h"

#include <optional>
#include <unordered_map>
#include <utility>

namespace plumbline::checker {
namespace {

using Node = VersionGraph::Node;

// How many later writes of a session are held against a read of an older one of its own. Almost
// always there is none; the bound keeps a session that reads its first write for ever linear.
constexpr std::size_t kLaterWritesMax = 64;

// A growing set of versions that all come before what is to follow.
class Join {
 public:
  explicit Join(VersionGraph& graph) : graph_(graph) {}

  void add(Version version, const Request* request) {
    const Node next = graph_.join();
    if (last_) graph_.before(*last_, next, nullptr, nullptr);
    graph_.before(graph_.node(version), next, request, nullptr);
    last_ = next;
  }
  // All that was added comes before `version`. REQUIRES: `version` was not added.
  void come_before(Version version, const Request* request) const {
    if (last_) graph_.before(*last_, graph_.node(version), nullptr, request);
  }
  std::optional<Node> last() const { return last_; }

 private:
  VersionGraph& graph_;
  std::optional<Node> last_;
};

// The last version before orders the next one: what came earlier follows from that.
void add_chain(VersionGraph& graph, const RuleInfo& rule, SessionSteps steps) {
  const SessionStep* last = nullptr;
  walk_session(
      steps,
      [&](const SessionStep& step) {
        if (step.*rule.earlier != kNoVersion) last = &step;
      },
      [&](const SessionStep& step) {
        const Version later = step.*rule.later;
        if (last == nullptr || later == kNoVersion || last->*rule.earlier == later) return;
        graph.before(graph.node(last->*rule.earlier), graph.node(later), last->request,
                     step.request);
      });
}

// A version that the session makes was not seen before it was made, so the join never has it.
void add_writes_follow_reads(VersionGraph& graph, SessionSteps steps) {
  Join reads(graph);
  Version last = kNoVersion;
  walk_session(
      steps,
      [&](const SessionStep& step) {
        if (step.seen == kNoVersion || step.seen == last) return;
        last = step.seen;
        reads.add(step.seen, step.request);
      },
      [&](const SessionStep& step) {
        if (step.made != kNoVersion) reads.come_before(step.made, step.request);
      });
}

// A read of what others wrote comes after all own writes; a read of an own write after the other
// own writes.
class OwnWrites {
 public:
  explicit OwnWrites(VersionGraph& graph) : graph_(graph), join_(graph) {}

  void add(const SessionStep& step) {
    if (step.made == kNoVersion) return;
    places_.try_emplace(step.made, Place{writes_.size(), writes_.size() + 1, join_.last()});
    writes_.push_back(&step);
    join_.add(step.made, step.request);
  }

  void read(const SessionStep& step) {
    if (step.seen == kNoVersion) return;
    const auto own = places_.find(step.seen);
    if (own == places_.end()) return join_.come_before(step.seen, step.request);
    Place& place = own->second;
    const Node node = graph_.node(step.seen);
    if (!place.read && place.join) graph_.before(*place.join, node, nullptr, step.request);
    place.read = true;
    std::size_t from = place.compared;
    if (writes_.size() - from > kLaterWritesMax) from = writes_.size() - kLaterWritesMax;
    for (std::size_t i = from; i < writes_.size(); ++i) {
      graph_.before(graph_.node(writes_[i]->made), node, writes_[i]->request, step.request);
    }
    place.compared = writes_.size();
  }

 private:
  struct Place {
    std::size_t write;         // Of writes_.
    std::size_t compared;      // The writes up to here have been held against it.
    std::optional<Node> join;  // Of the writes before it.
    bool read = false;
  };

  VersionGraph& graph_;
  Join join_;
  std::vector<const SessionStep*> writes_;
  std::unordered_map<Version, Place> places_;
};

void add_read_your_writes(VersionGraph& graph, SessionSteps steps) {
  OwnWrites writes(graph);
  walk_session(
      steps, [&](const SessionStep& step) { writes.add(step); },
      [&](const SessionStep& step) { writes.read(step); });
}

}  // namespace

SessionName session_of(const Request& request) {
  const auto& session = request.operation->session();
  if (session) return {true, session->session};
  return {false, request.operation->process};
}

bool precedes(const Request& a, const Request& b) {
  if (a.outcome != Outcome::kOk || a.returned_at > b.invoked_at) return false;
  return a.returned_at < b.invoked_at || a.operation->process == b.operation->process;
}

SessionTable::SessionTable(const std::vector<SessionStep>& steps) {
  struct Placed {
    SessionName session;
    std::uint32_t place;
    auto operator<=>(const Placed&) const = default;
  };
  std::vector<Placed> order;
  order.reserve(steps.size());
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    order.push_back({session_of(*steps[i].request), i});
  }
  std::sort(order.begin(), order.end());
  steps_.reserve(steps.size());
  for (const Placed& placed : order) steps_.push_back(steps[placed.place]);
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= order.size(); ++i) {
    if (i < order.size() && order[i].session == order[begin].session) continue;
    sessions_.emplace_back(steps_.data() + begin, i - begin);
    begin = i;
  }
}

void add_rule(VersionGraph& graph, Rule rule, SessionSteps steps) {
  switch (rule) {
    case Rule::kReadYourWrites: return add_read_your_writes(graph, steps);
    case Rule::kWritesFollowReads: return add_writes_follow_reads(graph, steps);
    case Rule::kMonotonicReads:
    case Rule::kMonotonicWrites: return add_chain(graph, info_of(rule), steps);
  }
}

void add_real_time(VersionGraph& graph, SessionSteps steps) {
  std::vector<const SessionStep*> by_call;
  for (const SessionStep& step : steps) {
    if (step.made != kNoVersion) by_call.push_back(&step);
  }
  std::vector<const SessionStep*> by_return = by_call;
  std::sort(by_call.begin(), by_call.end(),
            [](auto a, auto b) { return a->request->invoked_at < b->request->invoked_at; });
  std::sort(by_return.begin(), by_return.end(),
            [](auto a, auto b) { return a->request->returned_at < b->request->returned_at; });
  Join returned(graph);
  auto next = by_return.begin();
  for (const SessionStep* step : by_call) {
    for (; next != by_return.end() && (*next)->request->returned_at < step->request->invoked_at;
         ++next) {
      returned.add((*next)->made, (*next)->request);
    }
    returned.come_before(step->made, step->request);
  }
}

}  // namespace plumbline::checker
