#include "checker/txn/graph.h"

#include <algorithm>
#include <unordered_map>

namespace plumbline::checker::txn {
namespace {

// By version: who replaced it.
class Replacements {
 public:
  Replacements(const Compiled& history, const Versions& versions)
      : begin_(versions.before.size() + 1, 0) {
    for (const std::uint32_t before : versions.before) {
      if (before != kNone) ++begin_[before + 1];
    }
    for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
    writers_.resize(begin_.back());
    std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
    for (std::uint32_t element = 0; element < history.elements.size(); ++element) {
      const std::uint32_t before = versions.before[versions.version_of(element)];
      if (before != kNone) writers_[next[before]++] = history.elements[element].transaction;
    }
  }

  std::span<const std::uint32_t> of(std::uint32_t version) const {
    return {writers_.data() + begin_[version], begin_[version + 1] - begin_[version]};
  }

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> writers_;
};

}  // namespace

Graph::Graph(const Compiled& history, const Versions& versions)
    : transactions_(static_cast<std::uint32_t>(history.transactions.size())),
      next_node_(transactions_) {
  drafts_.reserve(2 * history.transactions.size() + versions.reads.size());
  add_sessions(history, versions);
  add_replacements(history, versions);
  add_reads(history, versions);
  settle();
}

// Only what was answered precedes what its process called next.
void Graph::add_sessions(const Compiled& history, const Versions& versions) {
  std::unordered_map<std::int64_t, std::uint32_t> last;
  for (std::uint32_t i = 0; i < transactions_; ++i) {
    if (!versions.happened[i]) continue;
    const Transaction& txn = history.transactions[i];
    const auto [at, first] = last.try_emplace(txn.process, i);
    if (first) {
      if (txn.returned_at == kNever) last.erase(at);
      continue;
    }
    const bool after = history.transactions[at->second].returned_at <= txn.invoked_at;
    if (after) add(at->second, i, EdgeKind::kSession);
    if (after && txn.returned_at != kNever) at->second = i;
  }
}

void Graph::add_replacements(const Compiled& history, const Versions& versions) {
  for (std::uint32_t element = 0; element < history.elements.size(); ++element) {
    const std::uint32_t before = versions.before[versions.version_of(element)];
    if (before == kNone || versions.is_initial(before)) continue;
    add(history.elements[versions.element_of(before)].transaction,
        history.elements[element].transaction, EdgeKind::kWw);
  }
}

void Graph::add_reads(const Compiled& history, const Versions& versions) {
  const Replacements replacements(history, versions);
  std::vector<Draft> bundled;  // From a reader, "to" a version that several replaced.
  for (const Versions::Read& read : versions.reads) {
    if (!versions.is_initial(read.version)) {
      add(history.elements[versions.element_of(read.version)].transaction, read.transaction,
          EdgeKind::kWr);
    }
    if (!read.replaced_known) continue;
    const auto writers = replacements.of(read.version);
    if (writers.size() == 1) add(read.transaction, writers[0], EdgeKind::kRw);
    if (writers.size() > 1) bundled.push_back({read.transaction, {read.version, EdgeKind::kRw}});
  }
  std::stable_sort(bundled.begin(), bundled.end(),
                   [](auto& a, auto& b) { return a.edge.to() < b.edge.to(); });
  for (std::size_t begin = 0; begin < bundled.size();) {
    std::size_t end = begin + 1;
    while (end < bundled.size() && bundled[end].edge.to() == bundled[begin].edge.to()) ++end;
    const auto all = replacements.of(bundled[begin].edge.to());
    std::vector<std::uint32_t> writers(all.begin(), all.end());
    writers.erase(std::unique(writers.begin(), writers.end()), writers.end());
    add_bundle({bundled.data() + begin, end - begin}, writers);
    begin = end;
  }
}

// Every reader comes before every writer but itself. Node up(i) leads to writers 0 to i, down(i)
// to those from i on; a reader that is writer i enters at up(i - 1) and down(i + 1).
// REQUIRES: the writers ascend.
void Graph::add_bundle(std::span<const Draft> readers, std::span<const std::uint32_t> writers) {
  const auto count = static_cast<std::uint32_t>(writers.size());
  const std::uint32_t up = next_node_;
  const std::uint32_t down = up + count;
  next_node_ += 2 * count;
  for (std::uint32_t i = 0; i < count; ++i) {
    add(up + i, writers[i], EdgeKind::kOn);
    add(down + i, writers[i], EdgeKind::kOn);
    if (i > 0) add(up + i, up + i - 1, EdgeKind::kOn);
    if (i > 0) add(down + i - 1, down + i, EdgeKind::kOn);
  }
  for (const Draft& reader : readers) {
    const auto at = std::lower_bound(writers.begin(), writers.end(), reader.from);
    if (at == writers.end() || *at != reader.from) {
      add(reader.from, down, EdgeKind::kRw);
      continue;
    }
    const auto i = static_cast<std::uint32_t>(at - writers.begin());
    if (i > 0) add(reader.from, up + i - 1, EdgeKind::kRw);
    if (i + 1 < count) add(reader.from, down + i + 1, EdgeKind::kRw);
  }
}

void Graph::settle() {
  begin_.assign(next_node_ + 1, 0);
  for (const Draft& draft : drafts_) ++begin_[draft.from + 1];
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  edges_.resize(drafts_.size());
  std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
  for (const Draft& draft : drafts_) edges_[next[draft.from]++] = draft.edge;
  std::vector<Draft>().swap(drafts_);
}

Components::Components(const Graph& graph, unsigned kinds)
    : of_(graph.nodes(), kNone), low_(graph.nodes(), 0) {
  order_.reserve(graph.nodes());
  for (std::uint32_t node = 0; node < graph.nodes(); ++node) {
    if (low_[node] == 0) visit(graph, kinds, node);
  }
  std::sort(on_cycles_.begin(), on_cycles_.end());
  std::vector<std::uint32_t>().swap(low_);
}

// Tarjan's algorithm without recursion. A node gets the numbers of its visit in `low_`, from 1,
// lowered to the least that it reaches on the stack; of_ is kNone while it is on the stack. A node
// that could not be lowered closes a component.
void Components::visit(const Graph& graph, unsigned kinds, std::uint32_t root) {
  std::vector<std::uint32_t>& low = low_;
  const auto enter = [&](std::uint32_t node) {
    low[node] = ++visited_;
    stack_.push_back(node);
    frames_.push_back({node, 0, visited_});
  };
  enter(root);
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    const std::uint32_t node = frame.node;
    const auto out = graph.out(node);
    if (frame.next < out.size()) {
      const Graph::Edge edge = out[frame.next++];
      const std::uint32_t to = edge.to();
      if ((kinds & bit(edge.kind())) == 0) continue;
      if (low[to] == 0) {
        enter(to);
      } else if (of_[to] == kNone) {
        low[node] = std::min(low[node], low[to]);
      }
      continue;
    }
    if (low[node] == frame.number) close(node);
    frames_.pop_back();
    if (!frames_.empty()) {
      std::uint32_t& above = low[frames_.back().node];
      if (of_[node] == kNone) above = std::min(above, low[node]);
    }
  }
}

// Takes one component off the stack.
void Components::close(std::uint32_t node) {
  const bool alone = stack_.back() == node;
  std::uint32_t top = kNone;
  do {
    top = stack_.back();
    stack_.pop_back();
    of_[top] = components_;
    order_.push_back(top);
    if (!alone) on_cycles_.push_back(top);
  } while (top != node);
  ++components_;
}

}  // namespace plumbline::checker::txn
