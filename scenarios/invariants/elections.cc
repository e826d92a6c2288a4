// I1: at most one leader per term. I4: a leader holds every committed entry. I8: nobody votes twice
// in a term.

#include "nodes/raft/describe.h"
#include "nodes/raft/membership.h"
#include "scenarios/invariants/majority.h"
#include "scenarios/invariants/raft_invariants.h"

namespace plumbline::scenarios {
namespace {

std::string name(NodeId node) { return "n" + std::to_string(node.value); }
std::string name(ReplicaId replica) { return "r" + std::to_string(replica.value); }

}  // namespace

void RaftInvariants::observe_leadership(Mirror& mirror, const raft::Raft& core) {
  if (core.role() != raft::Role::kLeader || mirror.led == core.term()) return;
  mirror.led = core.term();
  const std::string who = name(mirror.node) + " leads term " + std::to_string(core.term().value);
  const auto [leader, first] = leaders_.try_emplace(core.term(), mirror.node);
  if (!first && leader->second != mirror.node) {
    return fail("I1 election safety", who + ", and so did " + name(leader->second));
  }
  check_elected(core, who);
  compare_log_from(mirror, core, core.base().index.next());
  for (std::size_t i = 0; i < committed_.size(); ++i) {
    // A leader of an earlier term may win late, and leads nobody who has moved on.
    if (committed_[i].in >= core.term()) break;
    if (mirror.holds(LogIndex(i + 1), committed_[i].entry)) continue;
    return fail("I4 leader completeness",
                who + " without entry " + std::to_string(i + 1) + " of term " +
                    std::to_string(committed_[i].entry.term.value) + ", which was committed");
  }
}

// What makes two leaders of a term impossible: each was voted for, in that very term, by a quorum.
void RaftInvariants::check_elected(const raft::Raft& core, const std::string& who) {
  raft::Voters votes;
  for (const ReplicaId voter : raft::voters_of(core.configuration())) {
    const auto vote = votes_.find({core.term(), voter});
    const bool given = vote != votes_.end() && vote->second == core.self();
    if (voter == core.self() || given) votes.push_back(voter);
  }
  if (may_decide(core.configuration(), votes)) return;
  fail("I1 election safety", who + ", for which only " + std::to_string(votes.size()) + " of " +
                                 raft::describe(core.configuration()) + " voted");
}

void RaftInvariants::observe_vote(const raft::Message& message) {
  const auto [vote, first] = votes_.try_emplace({message.term, message.from}, message.to);
  if (first || vote->second == message.to) return;
  fail("I8 one vote", name(message.from) + " votes in term " + std::to_string(message.term.value) +
                          " for " + name(message.to) + " after it had voted for " +
                          name(vote->second));
}

}  // namespace plumbline::scenarios
