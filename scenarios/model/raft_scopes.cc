#include "scenarios/model/raft_scope.h"

namespace plumbline::model {

// With appends sent ahead of their answers, refusals of each of them multiply the states: a window
// of one keeps the large scopes small, and the others have a wide one.
std::vector<std::string> standard_raft_scopes() {
  return {
      "E2 R2 C1",
      "E4 R2 C2 window-1",
      "E3 R3 C1 window-1",
      "E4 R3 C0 window-1",
      "E3 R2 C1 pre-vote",
      "E2 R2 C1 syncs-apart",
      "E4 R1 C0 batch-1 window-1 no-op",
      "E2 R0 C0 A1 D1 window-1 no-op",
      "E2 R2 C1 S1 window-1",
  };
}

std::vector<std::string> small_raft_scopes() {
  return {
      "E2 R1 C0",
      "E1 R2 C1",
      "E2 R0 C0 pre-vote",
      "E1 R1 C1 window-1 syncs-apart",
      "E2 R0 C1 batch-1 no-op",
      "E1 R0 C0 A1 window-1 no-op",
      "E1 R0 C0 D1 window-1 no-op",
      "E1 R1 C1 S1 window-1",
  };
}

std::vector<std::string> raft_plant_scopes() {
  return {
      "E2 R1 C1",
      "E2 R2 C1 window-1",
      "E2 R1 C1 window-1 syncs-apart",
      "E2 R1 C1 H1 window-1",
      "E2 R1 C1 pre-vote",
      "N4 E2 R1 C0 window-1",
      "E2 R1 C1 S1 window-1",
      "E2 R0 C0 D1 window-1 no-op",
      "E1 R0 C0 A1 D1 window-1 no-op",
      "E2 R2 C1",
      "E3 R2 C1 window-1",
      "E4 R2 C0 window-1",
      "E4 R0 C1 batch-1 window-1 no-op",
  };
}

}  // namespace plumbline::model
