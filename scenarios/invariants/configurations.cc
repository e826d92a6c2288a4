// I9: who decides under one configuration and who decides under the next have somebody in common,
// or a group could be of two minds while its members change (thesis 4.1).

#include <algorithm>

#include "nodes/raft/describe.h"
#include "nodes/raft/membership.h"
#include "scenarios/invariants/majority.h"
#include "scenarios/invariants/raft_invariants.h"

namespace plumbline::scenarios {
namespace {

// Whether some quorum of one and some quorum of the other have nobody in common: tried with every
// set of voters against those who are not in it. Groups are small.
bool may_decide_apart(const raft::Configuration& a, const raft::Configuration& b) {
  raft::Voters all = raft::voters_of(a);
  for (const ReplicaId id : raft::voters_of(b)) {
    if (std::find(all.begin(), all.end(), id) == all.end()) all.push_back(id);
  }
  for (std::uint64_t set = 0; set < std::uint64_t{1} << all.size(); ++set) {
    raft::Voters in;
    raft::Voters out;
    for (std::size_t i = 0; i < all.size(); ++i) ((set >> i & 1) != 0 ? in : out).push_back(all[i]);
    if (may_decide(a, in) && may_decide(b, out)) return true;
  }
  return false;
}

}  // namespace

// An entry that was never seen before; a configuration is in force from the moment it is in a log.
void RaftInvariants::know_configuration(const Mirror& mirror, const raft::Raft& core,
                                        LogIndex index) {
  if (core.entry(index).kind != raft::EntryKind::kConfiguration) return;
  const raft::SnapshotMeta before = core.meta_at(index.previous());
  if (before.configuration.voters.empty()) return;
  const raft::SnapshotMeta now = core.meta_at(index);
  if (!may_decide_apart(before.configuration, now.configuration)) return;
  fail("I9 configurations", "n" + std::to_string(mirror.node.value) + " goes from " +
                                raft::describe(before.configuration) + " to " +
                                raft::describe(now.configuration) + " by entry " +
                                std::to_string(index.value) +
                                ": majorities of both may have nobody in common");
}

}  // namespace plumbline::scenarios
