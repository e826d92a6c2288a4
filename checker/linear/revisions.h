#pragma once

#include <span>

#include "checker/history/requests.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// Whether the revisions that a store published can be the order of its changes, over all keys:
//
//  - two changes never share a revision;
//  - an answer called after another returned does not carry a smaller revision, and if it is a
//    change it carries a greater one (the real-time rule of etcd's strict serializability).
//
// Answers without a revision say nothing here. A delete that does not tell whether it found
// anything is held to the rule for reads, since it may have changed nothing.
Report check_revisions(std::span<const Request> requests);

}  // namespace plumbline::checker
