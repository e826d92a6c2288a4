// I5: what is committed or applied at an index is the same everywhere. I6: a commit rests on a
// quorum's disks. I7: a leader knows no more of a follower than is there. I11: equal index, equal
// state.

#include <algorithm>

#include "nodes/raft/describe.h"
#include "scenarios/invariants/majority.h"
#include "scenarios/invariants/raft_invariants.h"

namespace plumbline::scenarios {
namespace {

std::string name(NodeId node) { return "n" + std::to_string(node.value); }
std::string at(LogIndex index) { return std::to_string(index.value); }

}  // namespace

void RaftInvariants::observe_commit(Mirror& mirror, const raft::Raft& core) {
  for (LogIndex i = mirror.commit.next(); i <= core.commit() && !violation_; i = i.next()) {
    if (i.value > committed_.size()) {
      first_commit(mirror, core, i);
    } else if (!mirror.holds(i, committed_[i.value - 1].entry)) {
      fail("I5 state machine safety",
           name(mirror.node) + " takes entry " + at(i) + " of term " +
               std::to_string(core.term_at(i).value) + " for committed, where an entry of term " +
               std::to_string(committed_[i.value - 1].entry.term.value) + " was");
    }
  }
  mirror.commit = core.commit();
}

// Nobody has seen this index committed before. The configuration's entry 1 is committed by
// definition.
void RaftInvariants::first_commit(const Mirror& mirror, const raft::Raft& core, LogIndex index) {
  const LoggedEntry entry = mirror.log[index.value - 1];
  committed_.push_back({entry, core.term()});
  if (index == LogIndex(1)) return;
  raft::Voters holders;
  for (const Mirror& other : mirrors_) {
    if (other.holds_durably(index, entry)) holders.push_back(other.replica);
  }
  // The event that commits may end with the next configuration.
  const LogIndex began = mirror.before ? mirror.before->last_index : core.last_index();
  const raft::Configuration configuration =
      core.meta_at(std::clamp(began, core.commit(), core.last_index())).configuration;
  // Only then are disks read: it is slow.
  if (!may_decide(configuration, holders)) {
    holders.clear();
    for (const Mirror& other : mirrors_) {
      if (has_synced(other, index, entry)) holders.push_back(other.replica);
    }
  }
  if (may_decide(configuration, holders)) {
    // Thesis 3.6.2: a leader counts replicas for entries of its own term only; earlier ones follow.
    if (core.role() != raft::Role::kLeader || core.term_at(core.commit()) == core.term()) return;
    return fail("I6 commit rule",
                name(mirror.node) + " leads term " + std::to_string(core.term().value) +
                    " and commits up to entry " + at(core.commit()) + " of term " +
                    std::to_string(core.term_at(core.commit()).value));
  }
  fail("I6 commit rule",
       name(mirror.node) + " takes entry " + at(index) + " of term " +
           std::to_string(entry.term.value) + " for committed, which is synced on " +
           std::to_string(holders.size()) + " of " + raft::describe(configuration) + " only");
}

void RaftInvariants::observe_progress(const Mirror& mirror, const raft::Raft& core) {
  const raft::Leader* const leader = core.leading();
  if (leader == nullptr) return;
  for (const raft::Progress& peer : leader->peers) {
    if (!peer.match) continue;
    const Mirror* const follower = find(peer.id);
    if (follower == nullptr) continue;
    const NodeId node = follower->node;
    if (peer.match <= core.base().index ||
        has_synced(*follower, peer.match, mirror.log[peer.match.value - 1]))
      continue;
    // A follower that has moved on to a later term owes this leader nothing any more.
    if (follower->before && follower->before->term > core.term()) continue;
    // A leader is not told at once what a follower has lost.
    if (peer.match <= follower->lost_up_to || harm_to(*follower) != Harm::kNone) continue;
    return fail("I7 progress", name(mirror.node) + " believes that " + name(node) +
                                   " has synced entry " + at(peer.match) + " of term " +
                                   std::to_string(core.term_at(peer.match).value) +
                                   ", and it has not");
  }
}

void RaftInvariants::observe_applied(Mirror& mirror, const replica::Replica& replica) {
  const LogIndex applied = replica.applied();
  if (applied == mirror.applied) return;
  if (applied < mirror.applied || applied > replica.core()->commit()) {
    return fail("I5 state machine safety", name(mirror.node) + " has applied up to " + at(applied) +
                                               " after " + at(mirror.applied) + ", committed is " +
                                               at(replica.core()->commit()));
  }
  mirror.applied = applied;
  const std::uint64_t digest = replica.machine().digest();
  const auto [known, first] = digests_.try_emplace(applied, Digest{digest, mirror.node});
  if (first || known->second.digest == digest) return;
  fail("I11 equal states", name(mirror.node) + " and " + name(known->second.node) +
                               " differ after applying entry " + at(applied));
}

}  // namespace plumbline::scenarios
