#include "checker/txn/completion.h"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace plumbline::checker::txn {
namespace {

constexpr int kRoundsMax = 8;

// The edges of a graph, read backwards.
class Predecessors {
 public:
  explicit Predecessors(const Graph& graph) : begin_(graph.nodes() + 1, 0), from_(graph.edges()) {
    for (std::uint32_t node = 0; node < graph.nodes(); ++node) {
      for (const Graph::Edge edge : graph.out(node)) ++begin_[edge.to() + 1];
    }
    for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    for (std::uint32_t node = 0; node < graph.nodes(); ++node) {
      for (const Graph::Edge edge : graph.out(node)) from_[next[edge.to()]++] = node;
    }
  }

  std::span<const std::uint32_t> of(std::uint32_t node) const {
    return {from_.data() + begin_[node], begin_[node + 1] - begin_[node]};
  }

 private:
  std::vector<std::size_t> begin_;
  std::vector<std::uint32_t> from_;
};

// That the second should be carried out before the first.
using Hint = std::pair<std::uint32_t, std::uint32_t>;

class Execution {
 public:
  Execution(const Compiled& history, const Versions& versions, const Graph& graph,
            const Predecessors& before, const std::vector<Hint>& hints)
      : history_(history),
        versions_(versions),
        graph_(graph),
        before_(before),
        hints_(hints),
        rank_(graph.nodes(), kNone),
        due_(graph.nodes(), kNever),
        waiting_(graph.nodes(), false),
        next_before_(graph.nodes(), 0),
        readers_begin_(versions.before.size() + 1, 0),
        next_reader_(versions.before.size(), 0),
        current_(history.keys.size(), kNone) {
    for (const std::uint32_t key : versions.loose_keys) current_[key] = key;
    for (const Versions::Read& read : versions.reads) ++readers_begin_[read.version + 1];
    for (std::size_t i = 1; i < readers_begin_.size(); ++i) {
      readers_begin_[i] += readers_begin_[i - 1];
    }
    std::vector<std::size_t> next(readers_begin_.begin(), readers_begin_.end() - 1);
    readers_.resize(versions.reads.size());
    for (const Versions::Read& read : versions.reads) {
      readers_[next[read.version]++] = read.transaction;
    }
  }

  // By transaction: when it was carried out.
  std::vector<std::uint32_t> run() {
    for (const auto& [due, node] : by_due_time()) {
      demand({node, kNone});
      while (!stack_.empty()) {
        const Demand first = missing(stack_.back().node);
        if (first.node != kNone) {
          demand(first);
        } else {
          carry_out(stack_.back().node);
          stack_.pop_back();
        }
      }
    }
    return std::move(rank_);
  }

  // What would have been needed where the execution got stuck.
  const std::vector<Hint>& new_hints() const { return new_hints_; }

 private:
  using Due = std::pair<std::int64_t, std::uint32_t>;

  // A node to be carried out before the one below it on the stack.
  struct Demand {
    std::uint32_t node = kNone;
    std::uint32_t to_read = kNone;  // The version that is to be replaced, if that is why.
  };

  // All nodes in the order of their due times. An unknown transaction is not due before others
  // need it, but probably happened before its client gave up.
  std::vector<Due> by_due_time() {
    std::vector<Due> all;
    const Components components(graph_, ~0U);
    for (const std::uint32_t node : components.order()) {
      std::int64_t& due = due_[node];
      std::int64_t likely = kNever;
      if (!graph_.is_auxiliary(node)) due = history_.transactions[node].returned_at;
      if (!graph_.is_auxiliary(node)) likely = history_.transactions[node].stopped_at;
      for (const Graph::Edge edge : graph_.out(node)) due = std::min(due, due_[edge.to()]);
      all.emplace_back(std::min(due, likely), node);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  bool is_open(std::uint32_t node) const { return rank_[node] == kNone && !waiting_[node]; }

  void demand(Demand demand) {
    if (!is_open(demand.node)) return;
    waiting_[demand.node] = true;
    stack_.push_back(demand);
  }

  // The top of the stack waits for `below`, which waits for it: where a reader was demanded in
  // between, whoever demanded it should have come before the version that it reads.
  void learn(std::uint32_t below) {
    for (std::size_t i = stack_.size() - 1; i > 0 && stack_[i].node != below; --i) {
      hint(stack_[i].to_read, stack_[i - 1].node);
    }
  }

  void hint(std::uint32_t version, std::uint32_t node) {
    if (version == kNone || versions_.is_initial(version)) return;
    const std::uint32_t writer = history_.elements[versions_.element_of(version)].transaction;
    if (writer != node) new_hints_.emplace_back(writer, node);
  }

  // What has to be carried out before this node; nothing if the rest waits for this node itself.
  Demand missing(std::uint32_t node) {
    const auto before = before_.of(node);
    for (std::uint32_t& i = next_before_[node]; i < before.size(); ++i) {
      if (is_open(before[i])) return {before[i], kNone};
      if (rank_[before[i]] == kNone) learn(before[i]);
    }
    const auto hints = std::equal_range(hints_.begin(), hints_.end(), Hint{node, 0},
                                        [](auto& a, auto& b) { return a.first < b.first; });
    for (auto hint = hints.first; hint != hints.second; ++hint) {
      if (is_open(hint->second)) return {hint->second, kNone};
    }
    if (graph_.is_auxiliary(node)) return {};
    for (const Step& step : history_.steps_of(node)) {
      if (step.reads() || current_[step.key] == kNone) continue;
      const std::uint32_t reader = missing_reader(node, current_[step.key]);
      if (reader != kNone) return {reader, current_[step.key]};
    }
    return {};
  }

  // Somebody who has yet to read what is about to be replaced. If he waits for this node himself,
  // or was called only after it was due, the node should have come before the version.
  std::uint32_t missing_reader(std::uint32_t node, std::uint32_t version) {
    const std::size_t count = readers_begin_[version + 1] - readers_begin_[version];
    for (std::uint32_t& i = next_reader_[version]; i < count; ++i) {
      const std::uint32_t reader = readers_[readers_begin_[version] + i];
      const bool late = history_.transactions[reader].invoked_at > due_[node];
      if (is_open(reader) && !late) return reader;
      if (rank_[reader] == kNone && reader != node) hint(version, node);
    }
    return kNone;
  }

  void carry_out(std::uint32_t node) {
    rank_[node] = carried_out_++;
    if (graph_.is_auxiliary(node)) return;
    for (const Step& step : history_.steps_of(node)) {
      if (step.reads() || current_[step.key] == kNone) continue;
      current_[step.key] = versions_.version_of(step.element);
    }
  }

  const Compiled& history_;
  const Versions& versions_;
  const Graph& graph_;
  const Predecessors& before_;
  const std::vector<Hint>& hints_;  // Sorted.
  std::vector<Hint> new_hints_;
  std::vector<std::uint32_t> rank_;
  // When it must have happened at the latest: when it or the first that needs it returned.
  std::vector<std::int64_t> due_;
  std::vector<bool> waiting_;
  std::vector<Demand> stack_;
  std::vector<std::uint32_t> next_before_;  // By node: its first predecessor not yet looked at.
  std::vector<std::size_t> readers_begin_;  // By version: its place in readers_.
  std::vector<std::uint32_t> readers_;
  std::vector<std::uint32_t> next_reader_;  // By version.
  std::vector<std::uint32_t> current_;      // By key; kNone unless the key is loose.
  std::uint32_t carried_out_ = 0;
};

// Carries the transactions out again with what was learned, as often as something is.
std::vector<std::uint32_t> carried_out(const Compiled& history, const Versions& versions,
                                       const Graph& graph) {
  const Predecessors before(graph);
  std::vector<Hint> hints;
  for (int round = 1;; ++round) {
    Execution execution(history, versions, graph, before, hints);
    std::vector<std::uint32_t> rank = execution.run();
    const std::size_t known = hints.size();
    hints.insert(hints.end(), execution.new_hints().begin(), execution.new_hints().end());
    std::sort(hints.begin(), hints.end());
    hints.erase(std::unique(hints.begin(), hints.end()), hints.end());
    if (hints.size() == known || round == kRoundsMax) return rank;
  }
}

}  // namespace

Versions completed(const Compiled& history, const Versions& versions, const Graph& graph) {
  const std::vector<std::uint32_t> rank = carried_out(history, versions, graph);
  std::vector<bool> loose(history.keys.size(), false);
  for (const std::uint32_t key : versions.loose_keys) loose[key] = true;
  std::vector<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> order;
  for (std::uint32_t element = 0; element < history.elements.size(); ++element) {
    const Element& info = history.elements[element];
    if (!loose[info.key] || versions.before[versions.version_of(element)] == kNone) continue;
    order.emplace_back(info.key, rank[info.transaction], element);
  }
  std::sort(order.begin(), order.end());
  Versions out = versions;
  out.loose_keys.clear();
  std::uint32_t last_key = kNone;
  std::uint32_t before = kNone;
  for (const auto& [key, when, element] : order) {
    if (key != last_key) before = key;
    last_key = key;
    out.before[out.version_of(element)] = std::exchange(before, out.version_of(element));
  }
  return out;
}

}  // namespace plumbline::checker::txn
