#include "scenarios/nemesis/registry.h"

namespace plumbline::scenarios {
namespace {

bool start_drift(Torment& torment, const Fault& fault) {
  for (const NodeId node : torment.targets(fault)) torment.drift(fault.id, node, fault.amount);
  return any_target_up(torment, fault);
}

bool start_freeze(Torment& torment, const Fault& fault) {
  for (const NodeId node : torment.targets(fault)) torment.freeze(fault.id, node);
  return any_target_up(torment, fault);
}

bool start_step(Torment& torment, const Fault& fault) {
  for (const NodeId node : torment.targets(fault)) {
    torment.step_clock(fault.id, node, milliseconds(fault.amount), fault.duration.ns > 0);
  }
  return fault.amount != 0 && any_target_up(torment, fault);
}

constexpr NemesisEntry kTable[] = {
    {FaultKind::kClockDrift, start_drift, any_target_up},
    {FaultKind::kClockStep, start_step},
    {FaultKind::kClockFreeze, start_freeze, any_target_up},
};

}  // namespace

std::span<const NemesisEntry> clock_nemeses() { return kTable; }

}  // namespace plumbline::scenarios
