#include "scenarios/nemesis/registry.h"

namespace plumbline::scenarios {
namespace {

using Death = Torment::Death;

template <Death death>
bool start_death(Torment& torment, const Fault& fault) {
  bool struck = false;
  for (const NodeId node : torment.targets(fault)) {
    struck |= torment.take_down(fault.id, node, death);
  }
  return struck;
}

// The last one comes back at the fault's end, the others before it, `amount` milliseconds apart.
template <Death death>
bool start_death_of_all(Torment& torment, const Fault& fault) {
  const bool struck = start_death<death>(torment, fault);
  Cluster& cluster = torment.cluster();
  TrueTime back = cluster.now() + fault.duration;
  const std::vector<NodeId> order = torment.targets(fault);
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    cluster.at(back, [&torment, id = fault.id, node = *node] {
      if (torment.is_active(id)) torment.release(id, node);
    });
    back = back - milliseconds(fault.amount);
  }
  return struck;
}

// Whether a node died in a disk call shows only later: it does when the node makes one.
bool start_death_in_disk_call(Torment& torment, const Fault& fault) {
  start_death<Death::kInDiskCall>(torment, fault);
  return false;
}

bool died_in_disk_call(const Torment& torment, const Fault& fault) {
  return torment.died_in_disk_call(fault);
}

bool start_pause(Torment& torment, const Fault& fault) {
  bool struck = false;
  for (const NodeId node : torment.targets(fault)) struck |= torment.pause(fault.id, node);
  return struck;
}

bool start_slow_processor(Torment& torment, const Fault& fault) {
  const std::vector<NodeId> nodes = torment.targets(fault);
  for (const NodeId node : nodes) {
    torment.slow_processor(fault.id, node, static_cast<std::uint64_t>(fault.amount));
  }
  return torment.any_up(nodes);
}

constexpr NemesisEntry kTable[] = {
    {FaultKind::kKill, start_death<Death::kKill>},
    {FaultKind::kTerminate, start_death<Death::kInGoodOrder>},
    {FaultKind::kKillInDiskCall, start_death_in_disk_call, died_in_disk_call},
    {FaultKind::kPowerLoss, start_death<Death::kPowerLoss>},
    {FaultKind::kKillAll, start_death_of_all<Death::kKill>},
    {FaultKind::kPowerLossAll, start_death_of_all<Death::kPowerLoss>},
    {FaultKind::kPause, start_pause},
    {FaultKind::kSlowProcessor, start_slow_processor, any_target_up},
};

}  // namespace

std::span<const NemesisEntry> process_nemeses() { return kTable; }

}  // namespace plumbline::scenarios
