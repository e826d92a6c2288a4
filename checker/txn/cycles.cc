#include "checker/txn/cycles.h"

#include <algorithm>
#include <utility>

namespace plumbline::checker::txn {
namespace {

constexpr unsigned kWwOnly = bit(EdgeKind::kWw);
constexpr unsigned kNoRw = kWwOnly | bit(EdgeKind::kWr);
constexpr unsigned kDependencies = kNoRw | bit(EdgeKind::kRw) | bit(EdgeKind::kOn);
constexpr unsigned kAll = kDependencies | bit(EdgeKind::kSession);
constexpr std::uint8_t X = Shape::kDead;

// How often the least returns are carried round the cycles of a graph before that is given up.
constexpr int kRoundsMax = 64;

// A walk that meets itself is a proof of its own only if it does not fall apart into cycles that
// are proofs already. These are the shapes into which others may fall apart.
constexpr AnomalySet kSimple{
    Anomaly::kG0,         Anomaly::kG1c,         Anomaly::kGSingle,
    Anomaly::kG0Process,  Anomaly::kG1cProcess,  Anomaly::kGSingleProcess,
    Anomaly::kG0Realtime, Anomaly::kG1cRealtime, Anomaly::kGSingleRealtime};

bool is_simple(const Cycle& cycle) {
  std::vector<std::uint32_t> nodes;
  for (const Hop& hop : cycle) nodes.push_back(hop.from);
  std::sort(nodes.begin(), nodes.end());
  return std::adjacent_find(nodes.begin(), nodes.end()) == nodes.end();
}

bool has(const Cycle& cycle, EdgeKind kind) {
  return std::any_of(cycle.begin(), cycle.end(), [&](const Hop& hop) { return hop.kind == kind; });
}

}  // namespace

// The states, in the order of the tables.
//   G0:            any number of replacements.
//   G1c:           no read yet; a read.
//   G-single:      no anti-dependency yet; one.
//   G-nonadjacent: none yet; one, just now; one, before; two or more, just now; two, before.
//   G2-item:       none just now; one just now; two were adjacent.
const std::array<Shape, kShapes> kShapeTable = {
    Shape{Anomaly::kG0, kWwOnly, 1, EdgeKind::kWw, 0, {0}, {X}, {X}, 0b1, 0b1},
    Shape{Anomaly::kG1c, kNoRw, 2, EdgeKind::kWr, 1, {0, 1}, {1, 1}, {X, X}, 0b10, 0b10},
    Shape{
        Anomaly::kGSingle, kDependencies, 2, EdgeKind::kRw, 1, {0, 1}, {0, 1}, {1, X}, 0b10, 0b10},
    Shape{Anomaly::kGNonadjacent,
          kDependencies,
          5,
          EdgeKind::kRw,
          1,
          {0, 2, 2, 4, 4},
          {0, 2, 2, 4, 4},
          {1, X, 3, X, 3},
          0b10000,
          0b11000},
    Shape{Anomaly::kG2Item,
          kDependencies,
          3,
          EdgeKind::kRw,
          1,
          {0, 0, 2},
          {0, 0, 2},
          {1, 2, 2},
          0b110,
          0b100},
};

std::uint8_t Shape::next(std::uint8_t state, EdgeKind kind) const {
  switch (kind) {
    case EdgeKind::kWw:
    case EdgeKind::kSession: return on_ww[state];
    case EdgeKind::kWr: return on_wr[state];
    case EdgeKind::kRw: return on_rw[state];
    case EdgeKind::kOn: return state;
    case EdgeKind::kRealtime: break;
  }
  return kDead;
}

Anomaly cycle_anomaly(const Shape& shape, const Cycle& cycle) {
  std::size_t at = static_cast<std::size_t>(shape.anomaly);
  if (has(cycle, EdgeKind::kRealtime)) {
    at += 2 * kShapes;
  } else if (has(cycle, EdgeKind::kSession)) {
    at += kShapes;
  }
  return static_cast<Anomaly>(at);
}

void CycleSearch::run(Findings& findings) {
  const Components components(graph_, kAll);
  steps_ += graph_.edges();
  if (!components.on_cycles().empty()) search_dependencies(findings, components);
  if (!agrees_with_realtime(components)) search_realtime(findings, components);
}

void CycleSearch::search_dependencies(Findings& findings, const Components& components) {
  bool any = false;
  for (const bool sessions : {false, true}) {
    for (const Shape& shape : kShapeTable) {
      if (findings.found().has(shape.anomaly)) continue;
      if (search_shape(findings, shape, sessions)) any = true;
    }
  }
  if (!any) search_any(findings, components);
}

bool CycleSearch::search_shape(Findings& findings, const Shape& shape, bool sessions) {
  const unsigned kinds = shape.kinds | (sessions ? bit(EdgeKind::kSession) : 0);
  const Components components(graph_, kinds);
  steps_ += graph_.edges();
  if (components.on_cycles().empty()) return false;
  limit_ = steps_ + budget_;
  const std::optional<Cycle> cycle = shortest(shape, kinds, components);
  const auto first = static_cast<std::size_t>(shape.anomaly);
  if (!cycle) {
    if (spent()) unfinished_.add(static_cast<Anomaly>(first + (sessions ? kShapes : 0)));
    return false;
  }
  if (!is_simple(*cycle) && findings.found().meets(kSimple)) return false;
  findings.add({cycle_anomaly(shape, *cycle), Detail::kPlain, *cycle});
  return true;
}

std::optional<Cycle> CycleSearch::shortest(const Shape& shape, unsigned kinds,
                                           const Components& components) {
  std::optional<Cycle> best;
  for (const std::uint32_t from : components.on_cycles()) {
    if (graph_.is_auxiliary(from)) continue;
    for (const Graph::Edge edge : graph_.out(from)) {
      if (edge.kind() != shape.first || components.of(edge.to()) != components.of(from)) continue;
      const std::size_t length_max = best ? best->size() - 1 : SIZE_MAX;
      std::optional<Cycle> cycle = cycle_through(shape, kinds, components, from, edge, length_max);
      // A simple cycle of the same shape may be found from another edge.
      const bool better = cycle && (!best || is_simple(*cycle) || !is_simple(*best));
      if (better) best = std::move(cycle);
      if (spent() || (best && best->size() == 2)) return best;
    }
  }
  return best;
}

std::optional<Cycle> CycleSearch::cycle_through(const Shape& shape, unsigned kinds,
                                                const Components& components, std::uint32_t from,
                                                Graph::Edge edge, std::size_t length_max) {
  begin_search(from);
  visits_.push_back({edge.to(), 0, shape.after_first, edge.kind()});
  stamp(edge.to(), shape.after_first);
  const std::size_t hops_max = length_max - (graph_.is_auxiliary(edge.to()) ? 0 : 1);
  const auto may_enter = [&](std::uint32_t node, std::uint8_t) {
    return node != from && components.of(node) == components.of(from);
  };
  const auto arrived = [&](std::uint32_t node, std::uint8_t state) {
    return node == from && (shape.closes >> state & 1) != 0;
  };
  const std::uint32_t last = breadth_first(shape, kinds, hops_max, may_enter, arrived);
  if (last == kNone) return std::nullopt;
  return path_to(last);
}

// The budget was spent on shapes that there are many traces of, but a cycle is there. It has an
// anti-dependency, for the shapes without need no budget, and any one on a cycle will do.
void CycleSearch::search_any(Findings& findings, const Components& components) {
  static constexpr Shape kAny{Anomaly::kG2Item, kAll, 1, EdgeKind::kRw, 0, {0}, {0}, {0}, 0b1, 0b1};
  limit_ = UINT64_MAX;
  for (const std::uint32_t from : components.on_cycles()) {
    if (graph_.is_auxiliary(from)) continue;
    for (const Graph::Edge edge : graph_.out(from)) {
      if (edge.kind() != EdgeKind::kRw || components.of(edge.to()) != components.of(from)) continue;
      const auto cycle = cycle_through(kAny, kAll, components, from, edge, SIZE_MAX);
      if (cycle) return findings.add({cycle_anomaly(kAny, *cycle), Detail::kPlain, *cycle});
    }
  }
}

void CycleSearch::search_realtime(Findings& findings, const Components& components) {
  for (const Shape& shape : kShapeTable) {
    if (findings.found().has(shape.anomaly)) continue;
    limit_ = steps_ + budget_;
    const std::optional<Cycle> cycle = shortest_realtime(shape, components);
    if (cycle && !is_simple(*cycle) && findings.found().meets(kSimple)) continue;
    if (cycle) {
      findings.add({cycle_anomaly(shape, *cycle), Detail::kPlain, *cycle});
    } else if (spent()) {
      const auto first = static_cast<std::size_t>(shape.anomaly);
      unfinished_.add(static_cast<Anomaly>(first + 2 * kShapes));
    }
  }
}

// Real time orders two transactions if one returned before the other was called. Of two such
// precedences on a cycle one can always be left out: let a precede b and c precede d. If a also
// precedes d, the path from d to a suffices; else d was called before a returned, thus before b
// was called, so c precedes b, and the path from b to c suffices. Hence it is enough to look for
// paths that end at a transaction which returned before the first of the path was called, and
// for that the least return that each node reaches.
bool CycleSearch::agrees_with_realtime(const Components& components) {
  std::vector<std::int64_t> least(graph_.nodes(), kNever);
  bool changed = true;
  for (int round = 0; changed && round < kRoundsMax; ++round) {
    changed = false;
    for (const std::uint32_t node : components.order()) {
      std::int64_t reached = kNever;
      for (const Graph::Edge edge : graph_.out(node)) {
        reached = std::min({reached, returned(edge.to()), least[edge.to()]});
      }
      if (reached < invoked(node)) return false;
      changed = changed || reached < least[node];
      least[node] = reached;
    }
    steps_ += graph_.edges();
    if (components.on_cycles().empty()) return true;
  }
  return true;
}

// By node and state: the least return of a transaction at which a path from there may end.
std::vector<std::int64_t> CycleSearch::least_returns(const Shape& shape,
                                                     const Components& components) {
  const std::size_t states = shape.states;
  std::vector<std::int64_t> least(graph_.nodes() * states, kNever);
  const unsigned kinds = shape.kinds | bit(EdgeKind::kSession);
  bool changed = true;
  for (int round = 0; changed && round < kRoundsMax; ++round) {
    changed = false;
    for (const std::uint32_t node : components.order()) {
      for (const Graph::Edge edge : graph_.out(node)) {
        if ((kinds & bit(edge.kind())) == 0) continue;
        for (std::uint8_t state = 0; state < states; ++state) {
          const std::uint8_t next = shape.next(state, edge.kind());
          if (next == Shape::kDead) continue;
          std::int64_t reached = least[edge.to() * states + next];
          const bool may_end = (shape.closes_realtime >> next & 1) != 0;
          if (may_end) reached = std::min(reached, returned(edge.to()));
          std::int64_t& mine = least[node * states + state];
          changed = changed || reached < mine;
          mine = std::min(mine, reached);
        }
      }
    }
    steps_ += graph_.edges();
    if (components.on_cycles().empty()) break;
  }
  return least;
}

std::optional<Cycle> CycleSearch::shortest_realtime(const Shape& shape,
                                                    const Components& components) {
  const std::vector<std::int64_t> least = least_returns(shape, components);
  std::optional<Cycle> best;
  for (const std::uint32_t from : components.order()) {
    const std::int64_t called = invoked(from);
    if (least[std::size_t{from} * shape.states] >= called) continue;
    begin_search(from);
    const auto may_enter = [&](std::uint32_t node, std::uint8_t state) {
      return least[std::size_t{node} * shape.states + state] < called;
    };
    const auto arrived = [&](std::uint32_t node, std::uint8_t state) {
      return (shape.closes_realtime >> state & 1) != 0 && returned(node) < called;
    };
    const std::size_t hops_max = best ? best->size() - 2 : SIZE_MAX;
    const std::uint32_t last =
        breadth_first(shape, shape.kinds | bit(EdgeKind::kSession), hops_max, may_enter, arrived);
    if (last != kNone) {
      best = path_to(last);
      best->push_back({visits_[last].node, from, EdgeKind::kRealtime});
    }
    if (spent() || (best && best->size() == 2)) return best;
  }
  return best;
}

template <typename Enter, typename Arrived>
std::uint32_t CycleSearch::breadth_first(const Shape& shape, unsigned kinds, std::size_t hops_max,
                                         Enter may_enter, Arrived arrived) {
  std::vector<std::uint32_t> level{static_cast<std::uint32_t>(visits_.size() - 1)};
  std::vector<std::uint32_t> next_level;
  for (std::size_t hops = 1; hops <= hops_max && !level.empty() && !spent(); ++hops) {
    for (std::size_t i = 0; i < level.size(); ++i) {
      const Visit at = visits_[level[i]];
      for (const Graph::Edge edge : graph_.out(at.node)) {
        ++steps_;
        if ((kinds & bit(edge.kind())) == 0) continue;
        const std::uint8_t state = shape.next(at.state, edge.kind());
        if (state == Shape::kDead) continue;
        const bool arrives = arrived(edge.to(), state);
        if (!arrives && (!may_enter(edge.to(), state) || !stamp(edge.to(), state))) continue;
        visits_.push_back({edge.to(), level[i], state, edge.kind()});
        const auto visit = static_cast<std::uint32_t>(visits_.size() - 1);
        if (arrives) return visit;
        (graph_.is_auxiliary(edge.to()) ? level : next_level).push_back(visit);
      }
    }
    level.swap(next_level);
    next_level.clear();
  }
  return kNone;
}

void CycleSearch::begin_search(std::uint32_t from) {
  if (stamps_.empty()) stamps_.assign(std::size_t{graph_.nodes()} * Shape::kStates, 0);
  ++searches_;
  visits_.clear();
  visits_.push_back({from, kNone, 0, EdgeKind::kWw});
}

// False if this search has been there.
bool CycleSearch::stamp(std::uint32_t node, std::uint8_t state) {
  std::uint32_t& last = stamps_[std::size_t{node} * Shape::kStates + state];
  if (last == searches_) return false;
  last = searches_;
  return true;
}

// The way from the start of the search to a visit, without the auxiliary nodes.
Cycle CycleSearch::path_to(std::uint32_t visit) const {
  std::vector<std::uint32_t> way;
  for (std::uint32_t at = visit; visits_[at].parent != kNone; at = visits_[at].parent) {
    way.push_back(at);
  }
  std::reverse(way.begin(), way.end());
  Cycle path;
  std::uint32_t from = visits_.front().node;
  EdgeKind kind = EdgeKind::kWw;
  for (const std::uint32_t at : way) {
    if (visits_[at].kind != EdgeKind::kOn) kind = visits_[at].kind;
    if (graph_.is_auxiliary(visits_[at].node)) continue;
    path.push_back({from, visits_[at].node, kind});
    from = visits_[at].node;
  }
  return path;
}

std::int64_t CycleSearch::returned(std::uint32_t node) const {
  return graph_.is_auxiliary(node) ? kNever : history_.transactions[node].returned_at;
}

std::int64_t CycleSearch::invoked(std::uint32_t node) const {
  return graph_.is_auxiliary(node) ? -1 : history_.transactions[node].invoked_at;
}

}  // namespace plumbline::checker::txn
