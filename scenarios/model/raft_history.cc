#include "scenarios/model/raft_history.h"

#include "nodes/base/hash.h"

namespace plumbline::model {

void RaftHistory::forget_below(std::uint8_t term) {
  for (std::size_t t = 0; t < term && t <= kTermsMax; ++t) leaders[t] = 0;
  for (Committed& one : committed) {
    if (one.in <= term) one.in = 0;
  }
}

std::uint64_t RaftHistory::hash() const {
  std::uint64_t hash = committed.size();
  for (const std::uint8_t leader : leaders) hash = combine(hash, leader);
  for (const Committed& one : committed) {
    hash = combine(combine(hash, model::hash(one.entry)), one.in);
  }
  return hash;
}

RaftHistory renamed(const RaftHistory& history, const Names& names) {
  RaftHistory result = history;
  for (std::uint8_t& leader : result.leaders) {
    leader = static_cast<std::uint8_t>(renamed(ReplicaId(leader), names).value);
  }
  for (RaftHistory::Committed& one : result.committed) one.entry = renamed(one.entry, names);
  return result;
}

}  // namespace plumbline::model
