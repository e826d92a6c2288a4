#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/txn/versions.h"

namespace plumbline::checker::txn {

// Who must come before whom. The nodes are the transactions by their numbers, and behind them
// auxiliary ones, through which many readers of a version reach the many who replaced it with few
// edges: an edge of kind kRw leads into them and edges of kind kOn lead on. Real time needs no
// edges (realtime.h).
class Graph {
 public:
  // A target and a kind in four bytes.
  class Edge {
   public:
    Edge() = default;
    Edge(std::uint32_t to, EdgeKind kind) : bits_(to << 3 | static_cast<std::uint32_t>(kind)) {}
    std::uint32_t to() const { return bits_ >> 3; }
    EdgeKind kind() const { return static_cast<EdgeKind>(bits_ & 7); }

   private:
    std::uint32_t bits_ = 0;
  };

  Graph(const Compiled& history, const Versions& versions);

  std::uint32_t nodes() const { return static_cast<std::uint32_t>(begin_.size() - 1); }
  std::uint32_t transactions() const { return transactions_; }
  std::size_t edges() const { return edges_.size(); }
  bool is_auxiliary(std::uint32_t node) const { return node >= transactions_; }
  std::span<const Edge> out(std::uint32_t node) const {
    return {edges_.data() + begin_[node], begin_[node + 1] - begin_[node]};
  }

 private:
  struct Draft {
    std::uint32_t from = 0;
    Edge edge;
  };

  void add(std::uint32_t from, std::uint32_t to, EdgeKind kind) {
    if (from != to) drafts_.push_back({from, {to, kind}});
  }
  void add_sessions(const Compiled& history, const Versions& versions);
  void add_replacements(const Compiled& history, const Versions& versions);
  void add_reads(const Compiled& history, const Versions& versions);
  void add_bundle(std::span<const Draft> readers, std::span<const std::uint32_t> writers);
  void settle();

  std::uint32_t transactions_;
  std::uint32_t next_node_;
  std::vector<Draft> drafts_;
  std::vector<std::size_t> begin_;
  std::vector<Edge> edges_;
};

// The strongly connected components of the graph as seen through some kinds of edges.
class Components {
 public:
  // `kinds`: a bit for each EdgeKind.
  Components(const Graph& graph, unsigned kinds);

  // Components are numbered so that edges lead to the same or a lower number.
  std::uint32_t of(std::uint32_t node) const { return of_[node]; }
  // All nodes, each after every node that it leads to, except on cycles.
  const std::vector<std::uint32_t>& order() const { return order_; }
  // The nodes that lie on cycles, ascending.
  const std::vector<std::uint32_t>& on_cycles() const { return on_cycles_; }

 private:
  struct Frame {
    std::uint32_t node = 0;
    std::uint32_t next = 0;    // Of its edges.
    std::uint32_t number = 0;  // Of its visit, from 1.
  };
  void visit(const Graph& graph, unsigned kinds, std::uint32_t root);
  void close(std::uint32_t node);

  std::vector<std::uint32_t> of_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> on_cycles_;
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> stack_;
  std::vector<Frame> frames_;
  std::uint32_t visited_ = 0;
  std::uint32_t components_ = 0;
};

constexpr unsigned bit(EdgeKind kind) { return 1U << static_cast<unsigned>(kind); }

}  // namespace plumbline::checker::txn
