#include "scenarios/nemesis/nemesis.h"

#include <algorithm>

#include "scenarios/nemesis/registry.h"
#include "scenarios/spec/fault_kinds.h"

namespace plumbline::scenarios {

namespace {

constexpr Duration kOperatorsGoOnFor = seconds(3);

}  // namespace

Nemesis::Nemesis(Cluster& cluster, const std::vector<Fault>& faults)
    : cluster_(cluster), torment_(cluster) {
  for (const Fault& fault : faults) plan_.push_back({.fault = fault});
}

void Nemesis::arm() {
  const TrueTime start = cluster_.now();
  for (std::size_t i = 0; i < plan_.size(); ++i) schedule(i, start);
}

void Nemesis::schedule(std::size_t index, TrueTime start) {
  Planned& planned = plan_[index];
  const Fault& fault = planned.fault;
  // Asked before all else, so that an override always meets its decision.
  if (!cluster_.random().enabled(Key("fault.enabled").with(fault.id))) return;
  planned.armed = true;
  planned.impossible = !cluster_.can(fault.kind);
  if (planned.impossible) return;
  if (fault.stays) {
    for (const NodeId node : outside_nodes(fault)) torment_.doom(fault.id, node);
  } else if (may_cost_the_node(fault.kind)) {
    for (const NodeId node : torment_.targets(fault)) torment_.doom(fault.id, node);
  }
  cluster_.at(start + fault.at, [this, index] { begin(index); });
  if (fault.duration.ns == 0) return;
  cluster_.at(start + fault.at + fault.duration, [this, index] { end(index); });
}

void Nemesis::begin(std::size_t index) {
  if (healed_) return;
  Planned& planned = plan_[index];
  planned.in_force = true;
  if (planned.fault.at_leader) aim(planned.fault);
  torment_.begin(planned.fault);
  cluster_.fault_started(planned.fault);
  planned.struck = nemesis_of(planned.fault.kind).start(torment_, planned.fault);
  if (planned.fault.duration.ns == 0) end(index);
}

void Nemesis::aim(Fault& fault) const {
  const std::optional<NodeId> leader = cluster_.leader();
  const std::vector<NodeId>& all = cluster_.nodes();
  const auto place = leader ? std::find(all.begin(), all.end(), *leader) : all.end();
  if (place == all.end()) return;
  const auto number = static_cast<std::uint32_t>(place - all.begin() + 1);
  const bool among = std::find(fault.nodes.begin(), fault.nodes.end(), number) != fault.nodes.end();
  if (!among) fault.nodes.front() = number;
}

void Nemesis::end(std::size_t index) {
  Planned& planned = plan_[index];
  if (!planned.in_force) return;
  planned.struck = struck(planned);
  planned.in_force = false;
  // A link that another fault held cut changes only now that this one, too, has let go of it; a
  // node that made no disk call to die in dies now.
  if (torment_.clear(planned.fault.id)) planned.struck = true;
  if (nemesis_of(planned.fault.kind).revives) {
    for (const NodeId node : torment_.targets(planned.fault)) torment_.start_if_free(node);
  }
  cluster_.fault_ended(planned.fault, planned.struck);
}

void Nemesis::heal_all() {
  healed_ = true;
  torment_.note_over(cluster_.now() + kOperatorsGoOnFor);
  for (std::size_t i = 0; i < plan_.size(); ++i) {
    Planned& planned = plan_[i];
    if (!planned.fault.stays) end(i);
    // What another fault had cut or held down before is so by this one alone from now on. A process
    // that was down is not paused.
    else if (planned.in_force && planned.fault.kind != FaultKind::kPause)
      planned.struck = true;
  }
  for (const NodeId node : cluster_.nodes()) torment_.start_if_free(node);
}

bool Nemesis::waits_for_members() const {
  return std::any_of(plan_.begin(), plan_.end(), [this](const Planned& planned) {
    return planned.armed && !planned.impossible &&
           family_of(planned.fault.kind) == FaultFamily::kMembership &&
           !torment_.was_made(planned.fault.id);
  });
}

std::vector<NodeId> Nemesis::outside_nodes(const Fault& fault) const {
  Fault only = fault;
  only.nodes = outside_of(fault);
  return torment_.targets(only);
}

std::set<NodeId> Nemesis::outside() const {
  std::set<NodeId> nodes;
  for (const Planned& planned : plan_) {
    if (!planned.fault.stays || !planned.armed || planned.impossible) continue;
    for (const NodeId node : outside_nodes(planned.fault)) nodes.insert(node);
  }
  return nodes;
}

bool Nemesis::struck(const Planned& planned) const {
  // Members may be changed long after the fault that wanted it.
  if (torment_.was_made(planned.fault.id)) return true;
  const NemesisEntry& entry = nemesis_of(planned.fault.kind);
  if (planned.struck || !planned.in_force || entry.struck_by_now == nullptr) return planned.struck;
  return entry.struck_by_now(torment_, planned.fault);
}

std::map<FaultKind, Nemesis::Tally> Nemesis::tallies() const {
  std::map<FaultKind, Tally> tallies;
  for (const Planned& planned : plan_) {
    if (!planned.armed) continue;
    Tally& tally = tallies[planned.fault.kind];
    ++tally.drawn;
    tally.struck += struck(planned) ? 1 : 0;
    tally.impossible += planned.impossible ? 1 : 0;
  }
  return tallies;
}

}  // namespace plumbline::scenarios
