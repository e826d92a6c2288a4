#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/guarantees/key_versions.h"

namespace plumbline::checker {

// What must come before what among the versions of one key, if some promises were kept, and a
// contradiction in that if there is one. Besides the versions there are joins: nodes that come
// after each of many versions, so that "all of these before that" costs one edge and not many.
class VersionGraph {
 public:
  using Node = std::int32_t;

  // One step of a contradiction: `from` is older than `to` because of two requests of a session (or
  // two writes in real time), the earlier at `from`, the later at `to`; nullptr both where the
  // history proves it.
  struct RingStep {
    Version from = kNoVersion;
    Version to = kNoVersion;
    const Request* earlier = nullptr;
    const Request* later = nullptr;
  };

  // `versions` must outlive this and not be total. `used` are the versions that edges are about, in
  // any order, some perhaps several times.
  VersionGraph(const KeyVersions& versions, std::vector<Version> used);

  // REQUIRES: `version` is one of those used.
  Node node(Version version) const;
  Node join();
  // An edge. `earlier` is the request at `from` if that is a version, `later` the one at `to`.
  void before(Node from, Node to, const Request* earlier, const Request* later) {
    edges_.push_back({from, to, earlier, later});
  }
  // Adds what the history proves about the order of the versions used, and looks for a ring: steps
  // each of which begins where the one before ends. Empty: there is none, and the versions can be
  // put in one order. To be called once, last.
  std::vector<RingStep> ring();

 private:
  struct Edge {
    Node from = 0;
    Node to = 0;
    const Request* earlier = nullptr;
    const Request* later = nullptr;
  };

  void add_proven();
  void index_edges();
  std::vector<bool> nodes_behind_rings() const;
  Node node_in_ring(const std::vector<bool>& behind) const;
  std::vector<Edge> shortest_ring(Node start, const std::vector<bool>& behind) const;
  std::vector<RingStep> without_joins(const std::vector<Edge>& ring) const;
  bool is_join(Node node) const { return versions_at_[node] == kNoVersion; }
  std::size_t nodes() const { return versions_at_.size(); }
  std::span<const Edge> after(Node node) const {
    return {edges_.data() + begin_[node], edges_.data() + begin_[node + 1]};
  }

  const KeyVersions& versions_;
  std::vector<Version> versions_at_;  // Those used in depth-first order, then joins.
  std::size_t used_;                  // How many of them are no joins.
  std::vector<Edge> edges_;           // Sorted by `from` once begin_ is there.
  std::vector<std::size_t> begin_;
};

}  // namespace plumbline::checker
