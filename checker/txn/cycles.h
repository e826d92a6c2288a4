#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "checker/txn/graph.h"

namespace plumbline::checker::txn {

// A shape of cycles after Adya, as an automaton that reads the kinds of the edges one by one.
// Edges other than kRw are "plain". kOn never changes the state.
struct Shape {
  static constexpr std::uint8_t kDead = 0xff;
  static constexpr std::size_t kStates = 5;

  Anomaly anomaly = Anomaly::kG0;  // Of dependencies alone.
  unsigned kinds = 0;              // That it may have; sessions apart.
  std::uint8_t states = 1;
  EdgeKind first = EdgeKind::kWw;  // It has such an edge: a cycle is looked for from there.
  std::uint8_t after_first = 0;
  std::array<std::uint8_t, kStates> on_ww = {};  // Also on a session's edge.
  std::array<std::uint8_t, kStates> on_wr = {};
  std::array<std::uint8_t, kStates> on_rw = {};
  unsigned closes = 0;           // States in which it may come back to where `first` began,
  unsigned closes_realtime = 0;  // or end where real time leads back, having begun in state 0.

  std::uint8_t next(std::uint8_t state, EdgeKind kind) const;
};

// G0, G1c, G-single, G-nonadjacent, G2-item.
inline constexpr std::size_t kShapes = 5;
extern const std::array<Shape, kShapes> kShapeTable;

// What the anomaly of a shape is called when sessions or real time take part.
Anomaly cycle_anomaly(const Shape& shape, const Cycle& cycle);

// Looks for cycles, the shortest of each shape as far as the budget goes: of dependencies alone,
// and of shapes that have none, with sessions and with real time. Steps are edges looked at.
class CycleSearch {
 public:
  CycleSearch(const Compiled& history, const Graph& graph, std::uint64_t budget)
      : history_(history), graph_(graph), budget_(budget) {}

  // Adds one case of each anomaly to the findings.
  void run(Findings& findings);

  std::uint64_t steps() const { return steps_; }
  // Anomalies of which there may be cases although none was found within the budget.
  AnomalySet unfinished() const { return unfinished_; }

 private:
  struct Visit {
    std::uint32_t node = 0;
    std::uint32_t parent = kNone;  // An index of visits_.
    std::uint8_t state = 0;
    EdgeKind kind = EdgeKind::kWw;  // By which it was reached.
  };

  void search_dependencies(Findings& findings, const Components& components);
  bool search_shape(Findings& findings, const Shape& shape, bool sessions);
  std::optional<Cycle> shortest(const Shape& shape, unsigned kinds, const Components& components);
  std::optional<Cycle> cycle_through(const Shape& shape, unsigned kinds,
                                     const Components& components, std::uint32_t from,
                                     Graph::Edge edge, std::size_t length_max);
  void search_any(Findings& findings, const Components& components);
  void search_realtime(Findings& findings, const Components& components);
  bool agrees_with_realtime(const Components& components);
  std::optional<Cycle> shortest_realtime(const Shape& shape, const Components& components);
  std::vector<std::int64_t> least_returns(const Shape& shape, const Components& components);

  // Breadth first from `visits_`, which holds the start; auxiliary nodes cost nothing. Returns the
  // visit at which `arrived` says yes to (node, state); kNone if there is none within `hops_max`.
  template <typename Enter, typename Arrived>
  std::uint32_t breadth_first(const Shape& shape, unsigned kinds, std::size_t hops_max,
                              Enter may_enter, Arrived arrived);
  void begin_search(std::uint32_t from);
  bool spent() const { return steps_ >= limit_; }
  bool stamp(std::uint32_t node, std::uint8_t state);
  Cycle path_to(std::uint32_t visit) const;
  std::int64_t returned(std::uint32_t node) const;
  std::int64_t invoked(std::uint32_t node) const;

  const Compiled& history_;
  const Graph& graph_;
  std::uint64_t budget_;
  std::uint64_t steps_ = 0;
  std::uint64_t limit_ = 0;  // Of the steps, for the shape in hand.
  AnomalySet unfinished_;
  std::vector<Visit> visits_;
  std::vector<std::uint32_t> stamps_;  // By node and state: the last search that was there.
  std::uint32_t searches_ = 0;
};

}  // namespace plumbline::checker::txn
