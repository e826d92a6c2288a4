#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/mvcc/model.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker::mvcc {

struct MvccShape {
  int operations = 30;
  int clients = 4;
  int keys = 3;
  int watches = 1;
  int leases = 1;
  int compactions = 0;
  int states = 0;
  int unknown_percent = 15;
  int fail_percent = 5;
  int read_percent = 35;
  int txn_percent = 20;
  int named_percent = 10;         // Reads at a named revision.
  int serializable_percent = 10;  // Reads of what one member knows.
  int prev_percent = 30;
  std::int64_t gap_max = 4;  // Of time in units of `unit`.
  std::int64_t unit = 100'000'000;
};

// A history that a correct MVCC store gave: each request took effect at one instant between call
// and return (an unknown one at any time after its call, or never), leases ended in time, watches
// received everything up to their end.
History mvcc_history(const MvccShape& shape, Dice& dice);

// The same with a lie in it: another number within an answer, another revision or another outcome.
// It keeps the invariants of a history.
History with_a_lie(History history, Dice& dice);

// Trees for histories written by hand.
Value put(std::string_view key, Value value, std::vector<Value> options = {});
Value range(std::string_view key, std::string_view end = "", std::vector<Value> options = {});
Value erase(std::string_view key, std::string_view end = "", std::vector<Value> options = {});
Value txn(std::vector<Value> compares, std::vector<Value> then, std::vector<Value> otherwise);
Value kv(std::string_view key, Value value, std::int64_t create, std::int64_t mod,
         std::int64_t version, std::int64_t lease = 0);
Value option(const char* name, Value value);

}  // namespace plumbline::checker::mvcc
