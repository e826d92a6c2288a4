#pragma once

#include <string>
#include <vector>

#include "nodes/base/result.h"
#include "nodes/raft/types.h"

namespace plumbline::model {

// What may happen how often. Losses, delays and duplicates have no bound.
struct RaftScope {
  unsigned nodes = 3;
  unsigned elections = 0;  // time-outs of replicas that do not lead
  unsigned requests = 0;
  unsigned crashes = 0;    // each with restart; what was not synced is lost
  unsigned retries = 0;    // rounds of heartbeats beside the one of a new leader
  unsigned adds = 0;       // requests to add a replica with an empty disk, as a voter
  unsigned removals = 0;   // requests to remove a member
  unsigned snapshots = 0;  // each compacts the log of its replica up to what is committed
  unsigned batch = 64;     // entries of one append at most
  unsigned window = 32;    // appends on their way to one follower at most
  bool noop = false;       // a new leader appends an entry of its own
  bool pre_vote = false;
  // Every sync is a step of its own; else a batch is synced within its step when nothing can leave
  // before it.
  bool syncs_apart = false;
  // No message is ever dropped: what scopes are compared with in which some are.
  bool exact = false;
  // Replicas are not taken for each other's likes.
  bool names_apart = false;
  // Messages that should be spent are dropped without a look at what the core does with them: only
  // to see which bugs that would hide.
  bool trusting = false;

  friend bool operator==(const RaftScope&, const RaftScope&) = default;
};

inline unsigned replicas_of(const RaftScope& scope) { return scope.nodes + scope.adds; }

// "N3 E4 R2 C1 window-1": letters with numbers, and words; in any order, each once.
Result<RaftScope> parse_raft_scope(const std::string& text);
std::string describe(const RaftScope& scope);
// What the letters and words mean, a line each.
std::vector<std::string> raft_scope_words();

std::vector<std::string> standard_raft_scopes();
std::vector<std::string> small_raft_scopes();
std::vector<std::string> raft_plant_scopes();

// What a replica of this scope is started with.
raft::Options options_of(const RaftScope& scope, ReplicaId self);

}  // namespace plumbline::model
