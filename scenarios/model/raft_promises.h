#pragma once

#include <optional>

#include "scenarios/model/raft_replica.h"

namespace plumbline::model {

// I10: what a message tells is on the disk of its sender when it leaves. With it, I2 and I8 follow
// from what a disk says: a told vote is a synced one, and synced votes do not change within a term.
std::optional<Finding> broken_promise(const RaftReplica& replica, const raft::Message& message);

}  // namespace plumbline::model
