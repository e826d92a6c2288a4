#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/history/value.h"

namespace plumbline::checker {

// What a guarantee cannot learn from a history. The defaults are the strictest that need no
// knowledge of the test that made it.
struct GuaranteeOptions {
  // bank: the sum of all balances; without it, what the first answered read shows.
  std::optional<std::int64_t> total;
  // bank: the accounts there are; empty if any may occur.
  std::vector<Value> accounts;
  // bank: whether a balance may be below zero.
  bool allow_negative = false;
  // Whether each key is an object of its own; else all operations are on one object.
  bool independent_keys = true;
  // set-full: whether a read that misses an element known before its call is a violation.
  bool linearizable = false;
  // counter: the number before the first operation.
  std::int64_t initial = 0;
  // Session guarantees: whether all sessions agree on one order of the versions of a key even where
  // nothing in the history shows it, and whether that order agrees with real time. Both are
  // promises of the store, not facts of the history; real time implies agreement.
  bool agreed_order = false;
  bool real_time_writes = false;
};

}  // namespace plumbline::checker
