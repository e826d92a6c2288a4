#pragma once

#include <cstdint>

#include "checker/history/history.h"

namespace plumbline::checker {

// A long history of one register under steady load, as a correct store gives it.
struct LongShape {
  std::int64_t operations = 1000;
  int clients = 5;
  int unknown_percent = 0;  // Of all operations; half of the changes among them take effect, late.
  bool swaps = false;       // A third of the operations compare and swap what the client saw last.
  int values = 0;           // Written values are 0 .. values - 1; 0: each is written once.
  bool revisions = false;   // Answers carry the revision of the register.
  bool silent = false;      // A failed swap does not say what it saw.
};

// The same history for the same shape and seed on every machine. Clients are busy all the time: the
// next call comes at once. One whose outcome is unknown goes on under another name.
History long_history(const LongShape& shape, std::uint64_t seed);

// Changes one read, about two thirds into the history, so that it shows a value that was replaced
// long before. Returns the index of the read.
// REQUIRES: values are written once, and there are some hundred operations.
std::size_t plant_stale_read(History& history);

}  // namespace plumbline::checker
