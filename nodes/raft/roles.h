#pragma once

#include <cstdint>
#include <variant>

#include "nodes/raft/progress.h"
#include "nodes/raft/types.h"

namespace plumbline::raft {

// What a replica knows only while it plays a role; leaving the role forgets it.

enum class Role : std::uint8_t { kFollower, kPreCandidate, kCandidate, kLeader };

// Reads that a follower has the leader find an index for. One batch is being asked about; what
// arrives meanwhile waits for the next.
struct ForwardedReads {
  InlineVector<std::uint64_t, 2> asked;
  InlineVector<std::uint64_t, 2> waiting;
  std::uint64_t round = 0;  // of the batch
  Instant again_at;         // the question or its answer may be lost

  friend bool operator==(const ForwardedReads&, const ForwardedReads&) = default;
};

struct Follower {
  // Of this term, zero while unknown.
  ReplicaId leader;
  // When the leader was last heard; means nothing without one.
  Instant heard;
  ForwardedReads reads = {};

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

// Who waits for a read index: this replica, by the cookie of its read, or a follower, by the round
// of its batch.
struct Reader {
  ReplicaId from;
  std::uint64_t cookie = 0;

  friend bool operator==(const Reader&, const Reader&) = default;
};

// Reads by read-index (thesis 6.4). One batch is being confirmed; what arrives meanwhile waits for
// the next, because messages that left before a read was asked for prove nothing for it.
struct Reads {
  InlineVector<Reader, 2> confirming;
  LogIndex index;  // of the batch that is being confirmed
  InlineVector<Reader, 2> waiting;

  friend bool operator==(const Reads&, const Reads&) = default;
};

// What followers promised by answering heartbeats: to elect nobody else for a time (thesis 6.4.1).
struct Lease {
  // When the messages left whose answers are being counted.
  Instant asked_at;
  bool asking = false;
  Instant until;

  friend bool operator==(const Lease&, const Lease&) = default;
};

// Leadership is on its way to another (thesis 3.10).
struct Transfer {
  ReplicaId to;  // zero: to nobody
  bool told = false;
  Instant until;

  friend bool operator==(const Transfer&, const Transfer&) = default;
};

struct Leader {
  // Every member but this one, and who is to be told that it is none any more; by id.
  InlineVector<Progress, 4> peers;
  Reads reads;
  Instant heartbeat_at;
  Instant check_quorum_at;
  Lease lease = {};
  // A replica was told to stand for election in this term. Whenever that arrives, nobody defends
  // this leader: it has no lease any more (etcd #12704).
  bool lease_forfeited = false;
  Transfer transfer = {};
  // Payloads behind the commit index.
  std::uint64_t uncommitted_bytes = 0;

  Progress* find(ReplicaId id);
  friend bool operator==(const Leader&, const Leader&) = default;
};

// In the order of `Role`.
using RoleState = std::variant<Follower, PreCandidate, Candidate, Leader>;

}  // namespace plumbline::raft
