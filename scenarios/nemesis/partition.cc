#include <algorithm>

#include "scenarios/nemesis/registry.h"

// The shapes in which a cluster falls apart.
namespace plumbline::scenarios {
namespace {

constexpr LinkFault kCut = {.blocked = true};

bool cut_one_way(Torment& torment, std::uint32_t fault, const std::vector<NodeId>& from,
                 const std::vector<NodeId>& to) {
  bool changed = false;
  for (const NodeId a : from) {
    for (const NodeId b : to) changed |= torment.link(fault, a, b, kCut);
  }
  return changed;
}

bool cut(Torment& torment, std::uint32_t fault, const std::vector<NodeId>& one,
         const std::vector<NodeId>& other) {
  const bool there = cut_one_way(torment, fault, one, other);
  const bool back = cut_one_way(torment, fault, other, one);
  return there || back;
}

void mend(Torment& torment, std::uint32_t fault, const std::vector<NodeId>& one,
          const std::vector<NodeId>& other) {
  for (const NodeId a : one) {
    for (const NodeId b : other) {
      torment.unlink(fault, a, b);
      torment.unlink(fault, b, a);
    }
  }
}

bool start_partition(Torment& torment, const Fault& fault) {
  const std::vector<NodeId> side = torment.targets(fault);
  return cut(torment, fault.id, side, torment.others(side));
}

// A leader that is not heard but hears lets a new one be elected and learns of it; one that is
// heard but hears nothing keeps its followers quiet while it can commit nothing.
bool start_one_way(Torment& torment, const Fault& fault) {
  const std::vector<NodeId> side = torment.targets(fault);
  const std::vector<NodeId> rest = torment.others(side);
  return fault.amount == 0 ? cut_one_way(torment, fault.id, side, rest)
                           : cut_one_way(torment, fault.id, rest, side);
}

// Every node still sees a majority when the halves are equal, yet no two of different halves agree
// on who is alive.
bool start_bridge(Torment& torment, const Fault& fault) {
  std::vector<NodeId> with_bridge = torment.targets(fault);
  const std::vector<NodeId> far_half = torment.others(with_bridge);
  const std::vector<NodeId> near_half(with_bridge.begin() + 1, with_bridge.end());
  return cut(torment, fault.id, near_half, far_half);
}

bool start_partial(Torment& torment, const Fault& fault) {
  const std::vector<NodeId> ends = torment.targets(fault);
  return cut(torment, fault.id, {ends.at(0)}, {ends.at(1)});
}

bool start_chain(Torment& torment, const Fault& fault) {
  const std::vector<NodeId> line = torment.targets(fault);
  bool changed = false;
  for (std::size_t i = 0; i + 2 < line.size(); ++i) {
    const std::vector<NodeId> beyond(line.begin() + static_cast<std::ptrdiff_t>(i) + 2, line.end());
    changed |= cut(torment, fault.id, {line[i]}, beyond);
  }
  return changed;
}

// What swings: links from `one` to `other` and back.
struct Hinge {
  Fault fault;
  std::vector<NodeId> one;
  std::vector<NodeId> other;
};

// Swings until the fault is over; only then nothing new is scheduled.
void swing(Torment& torment, const Hinge& hinge, bool down) {
  if (!torment.is_active(hinge.fault.id)) return;
  if (down) {
    cut(torment, hinge.fault.id, hinge.one, hinge.other);
  } else {
    mend(torment, hinge.fault.id, hinge.one, hinge.other);
  }
  Cluster& cluster = torment.cluster();
  cluster.at(cluster.now() + milliseconds(hinge.fault.amount),
             [&torment, hinge, down] { swing(torment, hinge, !down); });
}

bool start_flapping_link(Torment& torment, const Fault& fault) {
  const std::vector<NodeId> ends = torment.targets(fault);
  swing(torment, {fault, {ends.at(0)}, {ends.at(1)}}, true);
  return true;
}

bool start_flapping_partition(Torment& torment, const Fault& fault) {
  const std::vector<NodeId> side = torment.targets(fault);
  swing(torment, {fault, side, torment.others(side)}, true);
  return true;
}

constexpr Duration kLookForLeaderEvery = milliseconds(5);

// A deposed leader comes back with what it could not commit, just as the one that replaced it is
// cut off with the little that it could.
void hunt(Torment& torment, const Fault& fault, const std::vector<NodeId>& side) {
  if (!torment.is_active(fault.id)) return;
  Cluster& cluster = torment.cluster();
  const std::optional<NodeId> leader = cluster.leader();
  if (!leader || std::find(side.begin(), side.end(), *leader) != side.end()) {
    cluster.at(cluster.now() + kLookForLeaderEvery,
               [&torment, fault, side] { hunt(torment, fault, side); });
    return;
  }
  std::vector<NodeId> next = side;
  next.front() = *leader;
  cluster.at(cluster.now() + milliseconds(fault.amount), [&torment, fault, side, next] {
    if (!torment.is_active(fault.id)) return;
    mend(torment, fault.id, side, torment.others(side));
    cut(torment, fault.id, next, torment.others(next));
    hunt(torment, fault, next);
  });
}

bool start_hunt(Torment& torment, const Fault& fault) {
  const bool struck = start_partition(torment, fault);
  hunt(torment, fault, torment.targets(fault));
  return struck;
}

constexpr NemesisEntry kTable[] = {
    {FaultKind::kPartition, start_partition},
    {FaultKind::kOneWayPartition, start_one_way},
    {FaultKind::kBridgePartition, start_bridge},
    {FaultKind::kPartialPartition, start_partial},
    {FaultKind::kChainedPartition, start_chain},
    {FaultKind::kFlappingLink, start_flapping_link},
    {FaultKind::kFlappingPartition, start_flapping_partition},
    {FaultKind::kLeaderHunt, start_hunt},
};

}  // namespace

std::span<const NemesisEntry> partition_nemeses() { return kTable; }

}  // namespace plumbline::scenarios
