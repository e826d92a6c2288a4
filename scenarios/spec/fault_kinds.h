#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

// What the numbers in Fault::nodes are for a kind.
enum class Targets {
  kNodes,    // one or more store nodes
  kAll,      // every store node; an order may be given, in which they come back
  kSide,     // some store nodes, not all: one side of a cut
  kBridge,   // the first sees everyone; the others are one half of the rest, which does not see the
             // other half
  kPair,     // the two ends of a link
  kSeat,     // one store node, member or spare; another where it cannot be that one
  kClients,  // one or more clients
};

enum class Lasts {
  kInstant,  // duration is zero
  kSpan,     // duration is more than zero
  kEither,   // zero: stays; more: undone at the end
};

// What a scenario file may say about a kind of fault. What a nemesis does for it is in
// scenarios/nemesis.
struct FaultShape {
  FaultKind kind;
  const char* name;
  FaultFamily family;
  Targets targets;
  Lasts lasts;
  // Bounds of Fault::amount; both are zero when the kind has none.
  std::int64_t amount_low;
  std::int64_t amount_high;
  const char* amount;  // what it counts
  const char* sentence;

  // The smallest cluster in which the kind can be made.
  std::uint32_t nodes_min() const;
  // And how many spares it needs.
  std::uint32_t spares_min() const;
};

// One per kind, in the order of the enumeration.
std::span<const FaultShape> fault_shapes();
const FaultShape& shape_of(FaultKind kind);
// Whether a swarm that names no kinds draws it. Not what must lose data, nor what the harness alone
// was made to measure.
bool is_drawn_unnamed(FaultKind kind);
// Whether Fault::at_leader means something. Not for what damages nodes for good: who may meet that
// is planned before the run.
bool may_be_aimed(FaultKind kind);
// Whether a swarm aims it now and then. It does not aim what takes nodes down: how many are at a
// time is planned before the run.
bool is_aimed_when_drawn(FaultKind kind);
// Changes what a disk holds or shows behind its node's back; Fault::where says which structure.
bool damages(FaultKind kind);
// After it a node may stop for good: no more than a minority may meet such a fault.
bool may_cost_the_node(FaultKind kind);
// Whether Fault::stays means something: what cuts its nodes off from all others, slows them or
// holds them down, so that the rest can do without them; or a link that works now and then.
bool may_stay(FaultKind kind);
// Of a fault that stays: the nodes that lie outside the core. Of a link that is the first end.
std::vector<std::uint32_t> outside_of(const Fault& fault);
std::optional<FaultKind> fault_kind_named(std::string_view name);
const char* name_of(Targets targets);

}  // namespace plumbline::scenarios
