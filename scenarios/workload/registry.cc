#include "scenarios/workload/workloads.h"

namespace plumbline::scenarios {

const std::vector<WorkloadKind>& workload_registry() {
  static const std::vector<WorkloadKind> kinds = {
      {"register", "reads, writes and compare-and-swaps of unique values on a few keys",
       make_register_client},
      {"append-session",
       "appends of unique tokens, retried in a session, by clients that restart under their "
       "identity",
       make_append_session_client},
  };
  return kinds;
}

const WorkloadKind* find_workload(std::string_view name) {
  for (const WorkloadKind& kind : workload_registry()) {
    if (name == kind.name) return &kind;
  }
  return nullptr;
}

}  // namespace plumbline::scenarios
