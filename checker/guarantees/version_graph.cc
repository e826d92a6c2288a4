#include "checker/guarantees/version_graph.h"

#include <algorithm>
#include <utility>

namespace plumbline::checker {

VersionGraph::VersionGraph(const KeyVersions& versions, std::vector<Version> used)
    : versions_(versions), versions_at_(std::move(used)) {
  std::sort(versions_at_.begin(), versions_at_.end(),
            [&](Version a, Version b) { return versions_.enter(a) < versions_.enter(b); });
  versions_at_.erase(std::unique(versions_at_.begin(), versions_at_.end()), versions_at_.end());
  used_ = versions_at_.size();
}

VersionGraph::Node VersionGraph::node(Version version) const {
  const auto end = versions_at_.begin() + static_cast<std::ptrdiff_t>(used_);
  const auto at = std::lower_bound(versions_at_.begin(), end, version, [&](Version a, Version b) {
    return versions_.enter(a) < versions_.enter(b);
  });
  return static_cast<Node>(at - versions_at_.begin());
}

VersionGraph::Node VersionGraph::join() {
  versions_at_.push_back(kNoVersion);
  return static_cast<Node>(nodes() - 1);
}

// An edge to each version from the nearest version before it that is used: the others follow.
void VersionGraph::add_proven() {
  std::vector<Node> path;
  for (Node node = 0; node < static_cast<Node>(used_); ++node) {
    const Version version = versions_at_[node];
    while (!path.empty() && versions_.leave(versions_at_[path.back()]) < versions_.leave(version)) {
      path.pop_back();
    }
    if (!path.empty()) before(path.back(), node, nullptr, nullptr);
    path.push_back(node);
  }
}

void VersionGraph::index_edges() {
  std::stable_sort(edges_.begin(), edges_.end(),
                   [](const Edge& a, const Edge& b) { return a.from < b.from; });
  begin_.assign(nodes() + 1, 0);
  for (const Edge& edge : edges_) ++begin_[edge.from + 1];
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
}

// What is left when everything is removed, again and again, that has nothing before it.
std::vector<bool> VersionGraph::nodes_behind_rings() const {
  std::vector<std::uint32_t> before(nodes(), 0);
  for (const Edge& edge : edges_) ++before[edge.to];
  std::vector<bool> left(nodes(), true);
  std::vector<Node> free;
  for (Node node = 0; node < static_cast<Node>(nodes()); ++node) {
    if (before[node] == 0) free.push_back(node);
  }
  while (!free.empty()) {
    const Node node = free.back();
    free.pop_back();
    left[node] = false;
    for (const Edge& edge : after(node)) {
      if (--before[edge.to] == 0) free.push_back(edge.to);
    }
  }
  return left;
}

// Each of those nodes has one of them before it, so going backwards ends in a ring.
VersionGraph::Node VersionGraph::node_in_ring(const std::vector<bool>& behind) const {
  std::vector<Node> before(nodes(), -1);
  for (const Edge& edge : edges_) {
    if (behind[edge.from] && behind[edge.to]) before[edge.to] = edge.from;
  }
  auto node = static_cast<Node>(std::find(behind.begin(), behind.end(), true) - behind.begin());
  std::vector<bool> visited(nodes(), false);
  while (!visited[node] || is_join(node)) {
    visited[node] = true;
    node = before[node];
  }
  return node;
}

std::vector<VersionGraph::Edge> VersionGraph::shortest_ring(Node start,
                                                            const std::vector<bool>& behind) const {
  std::vector<const Edge*> into(nodes(), nullptr);
  std::vector<Node> queue = {start};
  for (std::size_t i = 0; into[start] == nullptr; ++i) {
    for (const Edge& edge : after(queue[i])) {
      if (!behind[edge.to] || into[edge.to] != nullptr) continue;
      into[edge.to] = &edge;
      queue.push_back(edge.to);
    }
  }
  std::vector<Edge> ring;
  Node node = start;
  do {
    ring.push_back(*into[node]);
    node = into[node]->from;
  } while (node != start);
  std::reverse(ring.begin(), ring.end());
  return ring;
}

// REQUIRES: the ring begins at a version.
std::vector<VersionGraph::RingStep> VersionGraph::without_joins(
    const std::vector<Edge>& ring) const {
  std::vector<RingStep> steps;
  for (const Edge& edge : ring) {
    if (!is_join(edge.from)) steps.push_back({versions_at_[edge.from], kNoVersion, edge.earlier});
    if (is_join(edge.to)) continue;
    steps.back().to = versions_at_[edge.to];
    steps.back().later = edge.later;
  }
  return steps;
}

std::vector<VersionGraph::RingStep> VersionGraph::ring() {
  add_proven();
  index_edges();
  const std::vector<bool> behind = nodes_behind_rings();
  if (std::find(behind.begin(), behind.end(), true) == behind.end()) return {};
  return without_joins(shortest_ring(node_in_ring(behind), behind));
}

}  // namespace plumbline::checker
