#pragma once

#include <cstdint>
#include <variant>

#include "nodes/raft/progress.h"
#include "nodes/raft/types.h"

namespace plumbline::raft {

// What a replica knows only while it plays a role; leaving the role forgets it.

enum class Role : std::uint8_t { kFollower, kPreCandidate, kCandidate, kLeader };

struct Follower {
  // Of this term, zero while unknown.
  ReplicaId leader;
  // When the leader was last heard; means nothing without one.
  Instant heard;

  friend bool operator==(const Follower&, const Follower&) = default;
};

// The voters that said yes, each once however often its answer arrives.
struct Ballot {
  Voters granted;
  // A voter said no: an election that ends without a winner was split or hopeless, not just
  // unheard.
  bool opposed = false;

  // False when this voter was counted before.
  bool grant(ReplicaId voter);
  friend bool operator==(const Ballot&, const Ballot&) = default;
};

// Asks whether an election could be won, before it disturbs anyone with a new term (thesis 9.6).
struct PreCandidate {
  Ballot ballot;

  friend bool operator==(const PreCandidate&, const PreCandidate&) = default;
};

struct Candidate {
  Ballot ballot;

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// Reads by read-index (thesis 6.4). One batch is being confirmed; what arrives meanwhile waits for
// the next, because messages that left before a read was asked for prove nothing for it.
struct Reads {
  InlineVector<std::uint64_t, 4> confirming;
  LogIndex index;  // of the batch that is being confirmed
  InlineVector<std::uint64_t, 4> waiting;

  friend bool operator==(const Reads&, const Reads&) = default;
};

struct Leader {
  InlineVector<Progress, 4> peers;  // every voter but this one, by id
  Reads reads;
  Instant heartbeat_at;
  Instant check_quorum_at;

  Progress* find(ReplicaId id);
  friend bool operator==(const Leader&, const Leader&) = default;
};

// In the order of `Role`.
using RoleState = std::variant<Follower, PreCandidate, Candidate, Leader>;

}  // namespace plumbline::raft
