#pragma once

#include <cstdint>

#include "checker/history/history.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {

struct TxnShape {
  bool registers = false;  // Else lists.
  bool blind = false;      // Registers: also writes without a read before.
  bool revisions = false;
  int transactions = 5;
  int clients = 3;
  int keys = 2;
  int steps_max = 3;
  int unknown_percent = 15;
  int fail_percent = 8;
  int lie_percent = 0;   // Transactions that see a state from before, or fail but happen, or ...
  int gap_max = 4;       // Of time between transactions of a client, and of their length.
  int retire_after = 0;  // Appends after which a key is replaced by a new one; 0: never.
};

// Transactions of a store that carries them out one by one, each between its call and its return,
// but for the lies. Values are written once per key.
History random_txns(const TxnShape& shape, Dice& dice);

// One answer of a read changed at random: elements swapped, dropped, doubled, added.
History with_other_read(History history, Dice& dice);

}  // namespace plumbline::checker
