#pragma once

#include <cstdint>
#include <vector>

#include "checker/history/history.h"

namespace plumbline::checker {

// Small numbers from a seed (splitmix64), the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(next() % n); }
  bool percent(int chance) { return below(100) < chance; }

 private:
  std::uint64_t state_;
};

struct RandomShape {
  bool map = false;  // get, put, delete, append, cas; else read, write, cas.
  int operations = 6;
  int clients = 3;
  int keys = 1;
  bool unique_values = true;  // Else values come from {1, 2, 3}.
  int unknown_percent = 20;
  int fail_percent = 10;
  int read_percent = 40;
  int blind_percent = 20;  // Failed comparisons that do not say what they saw.
  int gap_max = 4;         // Of time between operations of a client, and of their length.
  int retry_percent = 0;   // Unknown requests that another client tries again.
  bool only_appends = false;
  bool revisions = false;
};

// A history that a correct store gave: each operation took effect at one instant between call and
// return (an unknown one at any time after its call, or never).
History linearizable_history(const RandomShape& shape, Dice& dice);

// The same with one to three lies in it: another answer, outcome or time. It may still be
// linearizable, but keeps the invariants of a history.
History tampered(History history, Dice& dice);

}  // namespace plumbline::checker
