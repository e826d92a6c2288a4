#include "nodes/raft/quorum.h"

#include <algorithm>
#include <functional>

namespace plumbline::raft {
namespace {

bool is_majority(const Voters& voters, const Voters& agreeing) {
  const auto agreed = std::count_if(agreeing.begin(), agreeing.end(),
                                    [&](ReplicaId id) { return contains(voters, id); });
  return static_cast<std::size_t>(agreed) >= quorum_size(voters.size());
}

LogIndex majority_index(const Voters& voters, const InlineVector<Held, 8>& held) {
  InlineVector<LogIndex, 8> indices;
  for (const ReplicaId voter : voters) {
    const auto* found =
        std::find_if(held.begin(), held.end(), [&](const Held& h) { return h.by == voter; });
    indices.push_back(found == held.end() ? LogIndex() : found->index);
  }
  if (indices.empty()) return LogIndex();
  std::sort(indices.begin(), indices.end(), std::greater<>());
  return indices[quorum_size(indices.size()) - 1];
}

}  // namespace

std::size_t quorum_size(std::size_t voters) { return voters / 2 + 1; }

bool contains(const Voters& voters, ReplicaId id) {
  return std::find(voters.begin(), voters.end(), id) != voters.end();
}

bool is_quorum(const Configuration& configuration, const Voters& agreeing) {
  return is_majority(configuration.voters, agreeing) &&
         (!configuration.joint() || is_majority(configuration.outgoing, agreeing));
}

LogIndex quorum_index(const Configuration& configuration, const InlineVector<Held, 8>& held) {
  const LogIndex index = majority_index(configuration.voters, held);
  if (!configuration.joint()) return index;
  return std::min(index, majority_index(configuration.outgoing, held));
}

}  // namespace plumbline::raft
