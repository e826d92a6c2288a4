#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scenarios/explore/fork_pool.h"
#include "scenarios/spec/run_file.h"

namespace plumbline::scenarios {

// What may be taken away from a run, one by one: a fault, or one operation of one client. Taken
// away means an override of the decision that it happens at all, so everything else is decided as
// before.
struct ShrinkSize {
  std::size_t faults = 0;
  std::size_t clients = 0;
  std::size_t operations = 0;

  std::size_t decisions() const { return faults + operations; }
};

struct ShrinkOptions {
  unsigned jobs = 1;
  std::uint64_t trials_max = 1'000;
  std::uint64_t seconds_max = 300;
};

struct ShrinkEnd {
  bool failed_at_all = false;  // false: the run given does not fail, there is nothing to shrink
  RunFile smallest;            // still fails with the same property
  ShrinkSize before;
  ShrinkSize after;
  std::uint64_t trials = 0;
  std::uint64_t seconds = 0;
};

// Takes away faults, then whole clients, then operations, as long as the same property still fails
// (delta debugging, Zeller and Hildebrandt 2002), again and again until nothing more can go. Which
// candidates are tried does not depend on how many run at once.
class Shrinker {
 public:
  using Tick = std::function<void(std::uint64_t trials, const ShrinkSize& now)>;

  Shrinker(RunFile run, ShrinkOptions options) : run_(std::move(run)), options_(options) {}
  ShrinkEnd shrink(const Tick& tick);

 private:
  // Overrides that take one thing away together: a fault, an operation, or all operations of a
  // client.
  using Piece = std::vector<std::string>;

  struct Outcome {
    std::string verdict;
    std::string property;
    std::string trace_hash;
  };

  std::vector<Outcome> try_all(const std::vector<std::vector<Piece>>& taken);
  bool same_failure(const Outcome& outcome) const;
  bool out_of_budget() const;
  // Takes away as many of `pieces` as possible; true when any went.
  bool reduce(std::vector<Piece>& pieces, const Tick& tick);
  std::vector<Piece> fault_pieces() const;
  std::vector<Piece> client_pieces() const;
  std::vector<Piece> operation_pieces() const;
  RunFile with_taken(const std::vector<Piece>& more) const;
  ShrinkSize size() const;
  bool is_taken(const std::string& key) const;

  RunFile run_;
  ShrinkOptions options_;
  Outcome wanted_;
  std::vector<std::string> taken_;
  std::uint64_t trials_ = 0;
  std::uint64_t started_s_ = 0;
};

}  // namespace plumbline::scenarios
