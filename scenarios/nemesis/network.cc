#include "scenarios/nemesis/registry.h"

// Links that are bad, but carry something; what cuts them is in partition.cc.
namespace plumbline::scenarios {
namespace {

// Both directions of every link that ends in one of the fault's nodes.
bool strike_links(Torment& torment, const Fault& fault, const LinkFault& effect) {
  bool changed = false;
  for (const NodeId node : torment.targets(fault)) {
    for (const NodeId other : torment.others({node})) {
      changed |= torment.link(fault.id, node, other, effect);
      changed |= torment.link(fault.id, other, node, effect);
    }
  }
  return changed;
}

bool strike_pair(Torment& torment, const Fault& fault, const LinkFault& effect) {
  const std::vector<NodeId> ends = torment.targets(fault);
  const bool there = torment.link(fault.id, ends.at(0), ends.at(1), effect);
  const bool back = torment.link(fault.id, ends.at(1), ends.at(0), effect);
  return there || back;
}

std::uint64_t ppm(const Fault& fault) { return static_cast<std::uint64_t>(fault.amount); }

bool start_loss(Torment& torment, const Fault& fault) {
  return strike_links(torment, fault, {.loss_ppm = ppm(fault)});
}

bool start_delay(Torment& torment, const Fault& fault) {
  return strike_links(torment, fault, {.delay_extra_max = microseconds(fault.amount)});
}

bool start_duplicate(Torment& torment, const Fault& fault) {
  return strike_links(torment, fault, {.duplicate_ppm = ppm(fault)});
}

bool start_slow_link(Torment& torment, const Fault& fault) {
  return strike_pair(torment, fault, {.delay_extra_max = microseconds(fault.amount)});
}

bool start_clog(Torment& torment, const Fault& fault) {
  return strike_links(torment, fault, {.clogged = true});
}

bool start_reset(Torment& torment, const Fault& fault) {
  const std::vector<NodeId> nodes = torment.targets(fault);
  const bool up = torment.any_up(nodes);
  for (const NodeId node : nodes) torment.cluster().reset_connections(node);
  return up;
}

constexpr NemesisEntry kTable[] = {
    {FaultKind::kLoss, start_loss},           {FaultKind::kDelay, start_delay},
    {FaultKind::kDuplicate, start_duplicate}, {FaultKind::kSlowLink, start_slow_link},
    {FaultKind::kClog, start_clog},           {FaultKind::kResetConnections, start_reset},
};

}  // namespace

std::span<const NemesisEntry> network_nemeses() { return kTable; }

}  // namespace plumbline::scenarios
