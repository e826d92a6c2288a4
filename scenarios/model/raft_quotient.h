#pragma once

#include <vector>

#include "scenarios/model/raft_replica.h"

namespace plumbline::model {

// What two replicas may differ in and still do the same for ever, in the scopes that are walked.
// Each of these is taken out of every replica and message before it is compared:
//
// - instants: time-outs are steps of their own, and strike at any time;
// - numbers of rounds: they only tell fresh answers from old ones for check-quorum and reads, of
//   which a scope has none;
// - the last index of each append in flight: windows are wider than any log of a scope;
// - how long a learner's catching up takes: it always counts as quick;
// - who a follower takes for its leader: it only makes the follower ignore calls for votes, and an
//   ignored message is a lost one;
// - the order in which votes came, and that one was refused, which only a probe asks.
void take_out_what_does_not_matter(RaftReplica& replica);
void take_out_what_does_not_matter(raft::Message& message);

// New names of the replicas: names[i] is what r(i+1) is called.
using Names = std::vector<ReplicaId>;
ReplicaId renamed(ReplicaId id, const Names& names);
raft::Entry renamed(const raft::Entry& entry, const Names& names);
raft::Message renamed(const raft::Message& message, const Names& names);
RaftReplica renamed(const RaftReplica& replica, const Names& names);

}  // namespace plumbline::model
