#pragma once

#include <string>

#include "nodes/raft/raft.h"

namespace plumbline::raft {

// The core in its own words: for narrative traces, for status and for a person who asks what a
// replica is waiting for. One line each.

std::string describe(ReplicaId id);
std::string describe(const Message& message);
std::string describe(const Entry& entry, LogIndex index);
// "voters r1 r2 r3, learner r4": and in the joint phase, whose consent is asked as well.
std::string describe(const Configuration& configuration);
std::string describe(const Progress& progress);
const char* name_of(Role role);
const char* name_of(Refusal refusal);
// Role, term and log.
std::string describe(const Raft& raft);
// What has to happen before this replica can go on; empty when nothing is missing.
std::string waits_for(const Raft& raft);

}  // namespace plumbline::raft
