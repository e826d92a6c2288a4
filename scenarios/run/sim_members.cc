// Who belongs to the simulated group, and how that changes. A replica bears an id of its own, which
// no other ever had; a node is where it lives.

#include <algorithm>

#include "scenarios/run/replica_of.h"
#include "scenarios/run/sim_cluster.h"

namespace plumbline::scenarios {
namespace {

constexpr trace::Kind kRenewed{"node.renewed", "node {a} is somebody new, replica {b}"};
constexpr trace::Kind kRetired{"node.retired", "node {a} is put away, and is a spare"};

client::MemberChange::Kind kind_of(MemberWish::Kind kind) {
  switch (kind) {
    case MemberWish::Kind::kAddVoter: return client::MemberChange::Kind::kAddVoter;
    case MemberWish::Kind::kAddLearner: return client::MemberChange::Kind::kAddLearner;
    case MemberWish::Kind::kPromote: return client::MemberChange::Kind::kPromote;
    case MemberWish::Kind::kRemove: return client::MemberChange::Kind::kRemove;
  }
  return client::MemberChange::Kind::kAddLearner;
}

bool has(const raft::Voters& voters, ReplicaId id) {
  return std::find(voters.begin(), voters.end(), id) != voters.end();
}

bool has(const raft::Configuration& configuration, ReplicaId id) {
  return has(configuration.voters, id) || has(configuration.outgoing, id) ||
         std::any_of(configuration.learners.begin(), configuration.learners.end(),
                     [id](const raft::Learner& learner) { return learner.id == id; });
}

}  // namespace

const raft::Raft* SimCluster::best_informed() const {
  const raft::Raft* best = nullptr;
  for (const NodeId node : store_nodes_) {
    const replica::Replica* const replica = replica_of(simulation_, node);
    if (replica == nullptr) continue;
    if (best == nullptr || replica->core()->commit() > best->commit()) best = replica->core();
  }
  return best;
}

// Then no other configuration can have been committed behind the back of those that are up: any
// that was is in the log of one of them.
bool SimCluster::has_quorum_up(const raft::Configuration& configuration) const {
  std::size_t up = 0;
  for (const ReplicaId id : configuration.voters) {
    const replica::Replica* const replica = replica_of(simulation_, seats_.at(id));
    up += replica != nullptr && replica->core()->self() == id ? 1 : 0;
  }
  return 2 * up > configuration.voters.size();
}

Members SimCluster::members() const {
  Members members;
  const raft::Raft* const best = best_informed();
  members.settled = false;
  if (best == nullptr) return members;
  members.settled = best->configuration_index() <= best->commit() &&
                    !best->configuration().joint() && has_quorum_up(best->configuration());
  for (const NodeId node : store_nodes_) {
    const replica::Replica* const replica = replica_of(simulation_, node);
    const bool newer =
        replica != nullptr && replica->core()->configuration_index() > best->configuration_index();
    members.settled &= !newer;
  }
  for (const ReplicaId id : best->configuration().voters) {
    const NodeId node = seats_.at(id);
    const auto identity = identities_.find(node);
    const bool alive =
        identity != identities_.end() && identity->second.replica == id && !disk_was_wiped(node);
    (alive ? members.voters : members.ghosts).push_back(node);
  }
  members.changing = may_yet_change(*best);
  for (const raft::Learner& learner : best->configuration().learners) {
    members.learners.push_back(seats_.at(learner.id));
  }
  return members;
}

bool SimCluster::is_member(NodeId node) const {
  const raft::Raft* const best = best_informed();
  const auto identity = identities_.find(node);
  return best != nullptr && identity != identities_.end() &&
         has(best->configuration(), identity->second.replica);
}

ReplicaId SimCluster::identity_in(const raft::Configuration& configuration, NodeId node) const {
  for (const auto& [id, seat] : seats_) {
    if (seat == node && has(configuration, id)) return id;
  }
  return {};
}

void SimCluster::renew(NodeId node) {
  simulation_.wipe_disk(node);
  const ReplicaId id(seats_.rbegin()->first.value + 1);
  identities_[node] = {.replica = id, .joins = true, .since = now()};
  seats_[id] = node;
  wiped_.erase(node);
  simulation_.tell(kRenewed, node.value, id.value);
}

// A change that somebody holds and nobody has committed yet could still make it a member.
bool SimCluster::retire(NodeId node) {
  if (identities_.count(node) == 0) return true;
  if (!members().settled || is_member(node) || may_yet_add(node)) return false;
  for (const auto& [other, identity] : identities_) {
    const bool may_hold_more = other != node && replica_of(simulation_, other) == nullptr;
    if (may_hold_more && is_member(other) && !disk_was_wiped(other)) return false;
  }
  simulation_.kill(node);
  simulation_.wipe_disk(node);
  identities_.erase(node);
  wiped_.erase(node);
  simulation_.tell(kRetired, node.value);
  return true;
}

// Whether others that were renewed later have been added before it: its number counts as used. One
// that is down is left to whoever holds it down.
bool SimCluster::was_overtaken(const MemberWish& wish,
                               const raft::Configuration& configuration) const {
  const bool adds =
      wish.kind == MemberWish::Kind::kAddVoter || wish.kind == MemberWish::Kind::kAddLearner;
  const ReplicaId id = identities_.at(wish.node).replica;
  return adds && is_up(wish.node) && id < configuration.next_id && !has(configuration, id) &&
         !may_yet_add(wish.node);
}

void SimCluster::ask(const MemberWish& wish, WishDone done) {
  const raft::Raft* const best = best_informed();
  const auto identity = identities_.find(wish.node);
  if (best == nullptr || identity == identities_.end()) return done(WishFate::kRefused);
  const raft::Configuration& configuration = best->configuration();
  if (was_overtaken(wish, configuration)) {
    simulation_.kill(wish.node);
    renew(wish.node);
    start(wish.node);
    return done(WishFate::kRefused);
  }
  const bool removes = wish.kind == MemberWish::Kind::kRemove;
  client::MemberChange change{
      .kind = kind_of(wish.kind),
      .replica = removes ? identity_in(configuration, wish.node) : identity->second.replica,
      .node = wish.node,
      .at_once = wish.at_once};
  if (wish.replaces) change.replaces = identity_in(configuration, *wish.replaces);
  if (!change.replica || (wish.replaces && !change.replaces)) return done(WishFate::kRefused);
  const LogIndex meant = best->configuration_index();
  const std::uint64_t number = next_wish_++;
  pending_wishes_[number] = {.about = wish.node, .meant = meant};
  wishes_.push_back({.members = {{change}, meant},
                     .done = [this, number, done = std::move(done)](WishFate fate) mutable {
                       // One of unknown fate may be granted as long as the members are those.
                       if (fate != WishFate::kUnknown) pending_wishes_.erase(number);
                       done(fate);
                     }});
}

void SimCluster::ask_to_lead(NodeId node, WishDone done) {
  const auto identity = identities_.find(node);
  if (identity == identities_.end()) return done(WishFate::kRefused);
  wishes_.push_back({.leader = identity->second.replica, .done = std::move(done)});
}

bool SimCluster::may_yet_change(const raft::Raft& best) const {
  return std::any_of(pending_wishes_.begin(), pending_wishes_.end(), [&](const auto& wish) {
    return wish.second.meant >= best.configuration_index();
  });
}

bool SimCluster::may_yet_add(NodeId node) const {
  const raft::Raft* const best = best_informed();
  return std::any_of(pending_wishes_.begin(), pending_wishes_.end(), [&](const auto& wish) {
    return wish.second.about == node && wish.second.meant >= best->configuration_index();
  });
}

}  // namespace plumbline::scenarios
