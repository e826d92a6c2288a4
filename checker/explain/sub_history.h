#pragma once

#include <cstdint>
#include <vector>

#include "checker/history/history.h"

namespace plumbline::checker {

// The operations of a witness as a history of their own, which is judged invalid as the whole one
// was and can be written to a file (history/writer.h). Times, clients and sessions stay.
struct SubHistory {
  History history;
  // Of each operation, its index in the history that it was taken from; ascending.
  std::vector<std::uint64_t> index_of;
};

// Indices that come twice count once, and those that `history` does not have are left out. If the
// history keeps the invariants of History, so does what is taken from it.
SubHistory sub_history(const History& history, const std::vector<std::uint64_t>& witness);

}  // namespace plumbline::checker
