#include "nodes/raft/quorum.h"

#include <algorithm>
#include <functional>

namespace plumbline::raft {

std::size_t quorum_size(std::size_t voters) { return voters / 2 + 1; }

bool contains(const Voters& voters, ReplicaId id) {
  return std::find(voters.begin(), voters.end(), id) != voters.end();
}

bool is_quorum(const Configuration& configuration, const Voters& agreeing) {
  const auto agreed = std::count_if(agreeing.begin(), agreeing.end(), [&](ReplicaId id) {
    return contains(configuration.voters, id);
  });
  return static_cast<std::size_t>(agreed) >= quorum_size(configuration.voters.size());
}

LogIndex quorum_index(const Configuration& configuration, InlineVector<LogIndex, 7> held) {
  PLUMB_ASSERT(held.size() == configuration.voters.size());
  if (held.empty()) return LogIndex();
  std::sort(held.begin(), held.end(), std::greater<>());
  return held[quorum_size(held.size()) - 1];
}

}  // namespace plumbline::raft
