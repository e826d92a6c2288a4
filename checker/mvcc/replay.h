#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/mvcc/journal.h"
#include "checker/mvcc/model.h"
#include "checker/mvcc/options.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker::mvcc {

// A lease that was found to have ended by itself: with this revision its keys were deleted.
struct Expiry {
  std::int64_t lease = 0;
  std::int64_t revision = 0;
  bool early = false;  // Before it may have: nothing else explains the revision.
  bool seen = false;   // Somebody was told of a delete by this revision.
};

// An unknown change that was found to have happened.
struct Placed {
  std::uint32_t index = 0;
  std::int64_t revision = 0;
};

struct Replayed {
  Report report;
  // The store after the last revision known, with all its past, when the report is valid: what
  // watches and final states are held against.
  std::optional<MvccModel> model;
  std::vector<Expiry> expiries;
  std::vector<Placed> placed;
  // Whether watches were taken at their word to tell who made a revision that nobody claims.
  bool watches_believed = true;
};

// The complete check of a store that publishes revisions: its changes are made one after another in
// the order of their revisions, and every answer must be that of the model at its revision. A
// revision that no answer claims was made by a change of unknown outcome, or by a lease that ended;
// which one is told by what was seen of it, else every way is tried within the budget of steps.
//
// Complete, since the revisions leave no other order: invalid means that no order does in which
// they are right, and all writers are in the history. REQUIRES: check_order() is valid.
Replayed replay(const Journal& journal, const MvccOptions& options);

}  // namespace plumbline::checker::mvcc
