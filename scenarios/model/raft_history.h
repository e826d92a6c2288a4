#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "scenarios/model/raft_facts.h"
#include "scenarios/model/raft_quotient.h"

namespace plumbline::model {

// What nobody may remember and what binds everybody: who led which term, and what was committed.
// Kept as short as the replicas allow: a term that no disk can go back to is forgotten.
struct RaftHistory {
  static constexpr unsigned kTermsMax = 15;

  struct Committed {
    raft::Entry entry;
    // The term in which it was committed: it binds the leaders of later ones. Zero once it binds
    // every leader there can be.
    std::uint8_t in = 0;

    friend bool operator==(const Committed&, const Committed&) = default;
  };

  std::array<std::uint8_t, kTermsMax + 1> leaders{};
  std::vector<Committed> committed;  // index 1 first

  // No replica can lead or vote in a term below this any more.
  void forget_below(std::uint8_t term);

  friend bool operator==(const RaftHistory&, const RaftHistory&) = default;
  std::uint64_t hash() const;
};

RaftHistory renamed(const RaftHistory& history, const Names& names);

}  // namespace plumbline::model
