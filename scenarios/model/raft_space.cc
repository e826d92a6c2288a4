#include "scenarios/model/raft_space.h"

#include <algorithm>
#include <utility>

#include "nodes/base/hash.h"

namespace plumbline::model {
namespace {

// Kept apart, so that a message and a replica never cancel each other.
constexpr std::uint64_t kReplica = hash_name("replica");
constexpr std::uint64_t kMessage = hash_name("message");
constexpr std::uint64_t kHistory = hash_name("history");

}  // namespace

RaftSpace::RaftSpace(const RaftScope& scope) : scope_(scope), stepper_(scope) {
  PLUMB_ASSERT(replicas_of(scope) <= kNodesMax);
  Names names;
  for (std::uint32_t id = 1; id <= replicas_of(scope); ++id) names.push_back(ReplicaId(id));
  do {
    names_.push_back(names);
  } while (!scope.names_apart && std::next_permutation(names.begin(), names.begin() + scope.nodes));
  replica_rows_.set_width(names_.size());
  message_rows_.set_width(names_.size());
  history_rows_.set_width(names_.size());
}

std::uint64_t* RaftSpace::Rows::new_row() {
  if (rows_ % kBlock == 0) blocks_.push_back(std::make_unique<std::uint64_t[]>(kBlock * width_));
  return blocks_.back().get() + (rows_++ % kBlock) * width_;
}

std::uint32_t RaftSpace::add(RaftReplica replica) {
  const std::uint64_t hash = replica.hash();
  const std::uint32_t id = replicas_.intern(std::move(replica), hash);
  if (replica_rows_.has(id)) return id;
  facts_.add(facts_of(this->replica(id)));
  std::uint64_t* row = replica_rows_.new_row();
  for (const Names& names : names_) {
    *row++ = combine(kReplica, renamed(this->replica(id), names).hash());
  }
  return id;
}

std::uint32_t RaftSpace::add(raft::Message message) {
  const std::uint64_t hash = model::hash(message);
  const std::uint32_t id = messages_.intern(std::move(message), hash);
  if (message_rows_.has(id)) return id;
  std::uint64_t* row = message_rows_.new_row();
  for (const Names& names : names_) {
    *row++ = combine(kMessage, model::hash(renamed(this->message(id), names)));
  }
  return id;
}

std::uint32_t RaftSpace::add(RaftHistory history) {
  const std::uint64_t hash = history.hash();
  const std::uint32_t id = histories_.intern(std::move(history), hash);
  if (history_rows_.has(id)) return id;
  std::uint64_t* row = history_rows_.new_row();
  for (const Names& names : names_) {
    *row++ = combine(kHistory, renamed(this->history(id), names).hash());
  }
  return id;
}

void RaftSpace::note(const Recipe& recipe, std::size_t parts_before) {
  if (parts() != parts_before) recipes_.push_back(recipe);
}

std::uint64_t RaftSpace::hash_of_parts() const {
  std::uint64_t hash = 0;
  for (std::uint32_t id = 0; id < replicas(); ++id) hash = combine(hash, *hashes_of_replica(id));
  for (std::uint32_t id = 0; id < messages(); ++id) hash = combine(hash, *hashes_of_message(id));
  for (std::uint32_t id = 0; id < histories(); ++id) hash = combine(hash, *hashes_of_history(id));
  return hash;
}

std::uint64_t RaftSpace::bytes() const {
  return replicas_.bytes() + facts_.bytes() + messages_.bytes() + histories_.bytes() +
         replica_rows_.bytes() + message_rows_.bytes() + history_rows_.bytes();
}

}  // namespace plumbline::model
