#include "scenarios/nemesis/registry.h"

namespace plumbline::scenarios {
namespace {

bool start_restart(Torment& torment, const Fault& fault) {
  for (const std::uint32_t client : fault.nodes) torment.cluster().restart_client(client);
  return !fault.nodes.empty();
}

constexpr NemesisEntry kTable[] = {
    {FaultKind::kClientRestart, start_restart},
};

}  // namespace

std::span<const NemesisEntry> client_nemeses() { return kTable; }

}  // namespace plumbline::scenarios
