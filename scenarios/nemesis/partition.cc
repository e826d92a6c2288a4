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

// Swings until the fault is over; only then nothing new is scheduled.
void swing(Torment& torment, const Fault& fault, bool down) {
  if (!torment.is_active(fault.id)) return;
  const std::vector<NodeId> ends = torment.targets(fault);
  if (down) {
    cut(torment, fault.id, {ends.at(0)}, {ends.at(1)});
  } else {
    torment.unlink(fault.id, ends.at(0), ends.at(1));
    torment.unlink(fault.id, ends.at(1), ends.at(0));
  }
  Cluster& cluster = torment.cluster();
  cluster.at(cluster.now() + milliseconds(fault.amount),
             [&torment, fault, down] { swing(torment, fault, !down); });
}

bool start_flapping(Torment& torment, const Fault& fault) {
  swing(torment, fault, true);
  return true;
}

constexpr NemesisEntry kTable[] = {
    {FaultKind::kPartition, start_partition},    {FaultKind::kOneWayPartition, start_one_way},
    {FaultKind::kBridgePartition, start_bridge}, {FaultKind::kPartialPartition, start_partial},
    {FaultKind::kFlappingLink, start_flapping},
};

}  // namespace

std::span<const NemesisEntry> partition_nemeses() { return kTable; }

}  // namespace plumbline::scenarios
