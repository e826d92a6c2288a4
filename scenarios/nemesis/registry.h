#pragma once

#include <span>
#include <string>

#include "scenarios/nemesis/torment.h"
#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

// How a kind of fault is made. `start` strikes; what it laid on the cluster, Torment::clear() takes
// away at the end.
struct NemesisEntry {
  FaultKind kind;
  // Returns whether it had an effect on the cluster.
  bool (*start)(Torment& torment, const Fault& fault);
  // For what shows only later: whether the fault, still in force, has had an effect by now.
  bool (*struck_by_now)(const Torment& torment, const Fault& fault) = nullptr;
  // A node may stop itself over such a fault: it is started again when the fault is over.
  bool revives = false;
};

// One table per file of this folder. A new kind is a line in FaultKind, one in fault_kinds.cc, and
// one in a table here.
std::span<const NemesisEntry> network_nemeses();
std::span<const NemesisEntry> partition_nemeses();
std::span<const NemesisEntry> process_nemeses();
std::span<const NemesisEntry> clock_nemeses();
std::span<const NemesisEntry> disk_nemeses();
std::span<const NemesisEntry> membership_nemeses();
std::span<const NemesisEntry> client_nemeses();

// For `struck_by_now`: a fault that was laid on a node while it was down works when the node is
// back.
inline bool any_target_up(const Torment& torment, const Fault& fault) {
  return torment.any_up(torment.targets(fault));
}

const NemesisEntry& nemesis_of(FaultKind kind);
// The catalogue of all kinds, for people: what each does, what it strikes, what its amount counts.
std::string describe_all();

}  // namespace plumbline::scenarios
