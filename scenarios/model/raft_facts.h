#pragma once

#include <array>
#include <cstdint>

#include "scenarios/model/raft_replica.h"

namespace plumbline::model {

constexpr unsigned kNodesMax = 5;
constexpr unsigned kLogMax = 15;

// A log in numbers: of each entry its term and a hash, index 1 at place 1. What lies before its
// base is not known, but for the term of the base itself.
struct LogFacts {
  std::uint8_t base = 0;
  std::uint8_t last = 0;
  std::array<std::uint8_t, kLogMax + 1> terms{};
  std::array<std::uint64_t, kLogMax + 1> hashes{};

  // Up to its base a log holds what was committed; that it does is checked apart.
  bool holds(std::size_t index, std::uint64_t hash) const {
    return index <= base || (index <= last && hashes[index] == hash);
  }
  std::uint8_t last_term() const { return terms[last]; }
};

// What the walk asks of a replica over and over, read off once.
struct RaftFacts {
  raft::Role role = raft::Role::kFollower;
  std::uint8_t term = 0;
  std::uint8_t vote = 0;
  std::uint8_t commit = 0;
  std::uint8_t attempt = 0;
  std::uint8_t granted = 0;                     // who gave this candidate its vote, a bit for each
  std::array<std::uint8_t, kNodesMax> match{};  // of a leader
  // Of the disk.
  std::uint8_t disk_term = 0;
  std::uint8_t disk_vote = 0;
  std::uint8_t disk_commit = 0;
  std::uint8_t snapshot = 0;  // its index
  std::uint8_t next_id = 0;
  bool has_unsynced = false;
  bool may_campaign = false;
  LogFacts log;
  LogFacts disk_log;
};

RaftFacts facts_of(const RaftReplica& replica);

}  // namespace plumbline::model
