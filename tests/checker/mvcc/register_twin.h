#pragma once

#include <vector>

#include "checker/history/history.h"

namespace plumbline::checker {

// The dumb twin of check_replay(): tries every order of the operations and every subset of the
// unknown ones, with the changes where their revisions say and the unknown ones at revisions that
// nobody claims. For small histories in which every answer carries a revision.
bool brute_force_replays(const std::vector<Operation>& operations, bool sequences);

}  // namespace plumbline::checker
