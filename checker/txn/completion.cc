#include "checker/txn/completion.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>

namespace plumbline::checker::txn {
namespace {

class Execution {
 public:
  Execution(const Compiled& history, const Versions& versions, const Graph& graph)
      : history_(history),
        versions_(versions),
        graph_(graph),
        due_(graph.nodes(), kNever),
        waits_for_(graph.nodes(), 0),
        rank_(graph.nodes(), kNone),
        to_be_read_(versions.before.size(), 0),
        reads_begin_(history.transactions.size() + 1, 0),
        current_(history.keys.size(), kNone),
        blocked_(history.keys.size()) {
    for (const std::uint32_t key : versions.loose_keys) current_[key] = key;
    set_due_times();
    for (const Versions::Read& read : versions.reads) {
      ++reads_begin_[read.transaction + 1];
      ++to_be_read_[read.version];
    }
    for (std::size_t i = 1; i < reads_begin_.size(); ++i) reads_begin_[i] += reads_begin_[i - 1];
  }

  // By transaction: when it was carried out.
  std::vector<std::uint32_t> run() {
    std::vector<Due> all;
    for (std::uint32_t node = 0; node < graph_.nodes(); ++node) {
      all.emplace_back(due_[node], node);
      if (waits_for_[node] == 0) ready_.emplace(due_[node], node);
    }
    std::sort(all.begin(), all.end());
    for (const auto& [due, node] : all) {
      carry_out_ready();
      // Stuck: whoever was due first goes on regardless.
      if (rank_[node] == kNone) carry_out(node);
    }
    return std::move(rank_);
  }

 private:
  using Due = std::pair<std::int64_t, std::uint32_t>;

  // When a transaction must have happened at the latest: when the first that needs it returned.
  void set_due_times() {
    const Components components(graph_, ~0U);
    for (const std::uint32_t node : components.order()) {
      if (!graph_.is_auxiliary(node)) due_[node] = history_.transactions[node].returned_at;
      for (const Graph::Edge edge : graph_.out(node)) {
        due_[node] = std::min(due_[node], due_[edge.to()]);
        ++waits_for_[edge.to()];
      }
    }
  }

  void carry_out_ready() {
    while (!ready_.empty()) {
      const std::uint32_t node = ready_.top().second;
      ready_.pop();
      if (rank_[node] != kNone) continue;
      const std::uint32_t key = graph_.is_auxiliary(node) ? kNone : blocking_key(node);
      if (key != kNone) {
        blocked_[key].push_back(node);
      } else {
        carry_out(node);
      }
    }
  }

  std::span<const Versions::Read> reads_of(std::uint32_t node) const {
    return {versions_.reads.data() + reads_begin_[node],
            reads_begin_[node + 1] - reads_begin_[node]};
  }

  // A loose key that it writes although others have yet to read what is there.
  std::uint32_t blocking_key(std::uint32_t node) const {
    for (const Step& step : history_.steps_of(node)) {
      if (step.reads() || current_[step.key] == kNone) continue;
      std::uint32_t others = to_be_read_[current_[step.key]];
      for (const Versions::Read& read : reads_of(node)) {
        if (read.version == current_[step.key]) --others;
      }
      if (others > 0) return step.key;
    }
    return kNone;
  }

  void carry_out(std::uint32_t node) {
    rank_[node] = carried_out_++;
    if (!graph_.is_auxiliary(node)) {
      for (const Versions::Read& read : reads_of(node)) --to_be_read_[read.version];
      for (const Versions::Read& read : reads_of(node)) wake(key_of(read.version));
      for (const Step& step : history_.steps_of(node)) {
        if (step.reads() || current_[step.key] == kNone) continue;
        current_[step.key] = versions_.version_of(step.element);
        wake(step.key);
      }
    }
    for (const Graph::Edge edge : graph_.out(node)) {
      if (--waits_for_[edge.to()] == 0) ready_.emplace(due_[edge.to()], edge.to());
    }
  }

  std::uint32_t key_of(std::uint32_t version) const {
    if (versions_.is_initial(version)) return version;
    return history_.elements[versions_.element_of(version)].key;
  }

  void wake(std::uint32_t key) {
    if (current_[key] == kNone || to_be_read_[current_[key]] > 1) return;
    for (const std::uint32_t node : std::exchange(blocked_[key], {})) {
      ready_.emplace(due_[node], node);
    }
  }

  const Compiled& history_;
  const Versions& versions_;
  const Graph& graph_;
  std::vector<std::int64_t> due_;
  std::vector<std::uint32_t> waits_for_;  // Edges from nodes that were not carried out yet.
  std::vector<std::uint32_t> rank_;
  std::vector<std::uint32_t> to_be_read_;  // By version.
  std::vector<std::size_t> reads_begin_;   // By transaction: its place in versions_.reads.
  std::vector<std::uint32_t> current_;     // By key; kNone unless the key is loose.
  std::vector<std::vector<std::uint32_t>> blocked_;  // By key.
  std::priority_queue<Due, std::vector<Due>, std::greater<>> ready_;
  std::uint32_t carried_out_ = 0;
};

}  // namespace

Versions completed(const Compiled& history, const Versions& versions, const Graph& graph) {
  const std::vector<std::uint32_t> rank = Execution(history, versions, graph).run();
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
