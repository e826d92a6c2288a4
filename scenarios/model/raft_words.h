#pragma once

#include <optional>
#include <string>

#include "scenarios/model/raft_replica.h"

namespace plumbline::model {

// Steps of a run as a person reads and a file keeps them:
//   "r1 times out", "r2 gets from r1: append of term 2 behind 1^1, commit 1, 2^2 1"
struct RaftStepWords {
  Happening what = Happening::kDeliver;
  ReplicaId who;
  ReplicaId member;     // of kAdd and kRemove
  std::string message;  // of kDeliver

  friend bool operator==(const RaftStepWords&, const RaftStepWords&) = default;
};

std::string words_of(const RaftStepWords& step);
std::optional<RaftStepWords> parse_words(const std::string& words);

// Unlike for unlike messages of one run, where a core's own description leaves out what only tells
// attempts apart.
std::string words_of(const raft::Message& message);

}  // namespace plumbline::model
