#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nodes/raft/invariants.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft::testing {

class Cluster;

// What must hold of the replicas of a group together, computed in another way than the core does
// it:
// - I1 one leader a term
// - I2 term and commit never go back, across restarts too
// - I3 same index and term, same prefix
// - I4 a later leader has all that was committed
// - I5 an index is committed once
// - I6 committed means durable on a quorum, in its term
// - I7 match is on the follower's disk
// - I8 one vote a term
// - I10 what is told is on the disk of the teller
// The first violation is kept.
class Safety {
 public:
  void stepped(const Cluster& cluster, ReplicaId id, const Snapshot& before);
  void restarted(const Cluster& cluster, ReplicaId id);
  // A message leaves its sender.
  void leaves(const Cluster& cluster, const Message& message);

  // The highest index that any replica knows to be committed.
  LogIndex committed() const { return LogIndex(committed_.size()); }
  const std::optional<std::string>& violation() const { return violation_; }
  void report(const std::string& invariant, ReplicaId id, const std::string& detail);

 private:
  // Stands for an entry and all before it.
  using Chain = std::uint64_t;
  struct Committed {
    Chain chain;
    Term in_term;  // of the leader that committed it
  };

  void check_leader(const Cluster& cluster, ReplicaId id);
  void check_matches(const Cluster& cluster, ReplicaId id);
  void check_log_matching(ReplicaId id, const Raft& core);
  // `before`: the step that commits may end with another configuration or role than it began with.
  void check_commit(const Cluster& cluster, ReplicaId id, const Snapshot& before);
  void commits_first(const Cluster& cluster, ReplicaId id, const Snapshot& before);
  void check_vote(ReplicaId voter, Term term, ReplicaId candidate);

  // Of all entries that the disk stands for; those up to its base are known from what was
  // committed.
  std::vector<Chain> chains_of(const Raft::Recovered& disk) const;
  bool holds(const Raft::Recovered& disk, LogIndex index, Chain chain) const;

  std::map<Term, ReplicaId> leaders_;
  std::map<std::pair<ReplicaId, Term>, ReplicaId> votes_;
  std::map<std::pair<LogIndex, Term>, Chain> chains_;
  std::map<ReplicaId, std::vector<Chain>> logs_;
  std::map<ReplicaId, LogIndex> seen_commit_;
  std::map<ReplicaId, HardState> told_;
  std::vector<Committed> committed_;
  std::optional<std::string> violation_;
};

}  // namespace plumbline::raft::testing
