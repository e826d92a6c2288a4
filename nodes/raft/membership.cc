#include "nodes/raft/membership.h"

#include <algorithm>

#include "nodes/raft/quorum.h"

namespace plumbline::raft {
namespace {

// Inserts into a list that is sorted by id.
template <class Items, class Item, class IdOf>
void insert_sorted(Items& items, const Item& item, IdOf id_of) {
  items.push_back(item);
  std::sort(items.begin(), items.end(),
            [&](const Item& a, const Item& b) { return id_of(a) < id_of(b); });
}

void add_voter(Voters& voters, ReplicaId id) {
  insert_sorted(voters, id, [](ReplicaId voter) { return voter; });
}

bool drop_voter(Voters& voters, ReplicaId id) {
  auto* found = std::find(voters.begin(), voters.end(), id);
  if (found == voters.end()) return false;
  voters.erase(found);
  return true;
}

bool drop_learner(Configuration& configuration, ReplicaId id) {
  const Learner* found = find_learner(configuration, id);
  if (found == nullptr) return false;
  configuration.learners.erase(configuration.learners.begin() +
                               (found - configuration.learners.begin()));
  return true;
}

// Seats of those who belong, and no others.
void keep_seats(Configuration& configuration) {
  InlineVector<Seat, 7> kept;
  for (const Seat& seat : configuration.seats) {
    if (is_member(configuration, seat.id)) kept.push_back(seat);
  }
  configuration.seats = kept;
}

bool add(Configuration& to, const MemberChange& change) {
  if (change.id < to.next_id || !change.id) return false;
  if (change.replaces && !contains(to.voters, change.replaces)) return false;
  to.next_id = change.id.next();
  if (change.node) {
    insert_sorted(to.seats, Seat{change.id, change.node}, [](const Seat& seat) { return seat.id; });
  }
  if (change.kind == ChangeKind::kAddVoter && change.at_once) {
    if (change.replaces) drop_voter(to.voters, change.replaces);
    add_voter(to.voters, change.id);
    return true;
  }
  const bool promote = change.kind == ChangeKind::kAddVoter;
  insert_sorted(to.learners, Learner{change.id, promote, promote ? change.replaces : ReplicaId()},
                [](const Learner& learner) { return learner.id; });
  return true;
}

bool promote(Configuration& in, const MemberChange& change) {
  const Learner* found = find_learner(in, change.id);
  if (found == nullptr) return false;
  const ReplicaId replaced = change.replaces ? change.replaces : found->replaces;
  if (change.replaces && !contains(in.voters, change.replaces)) return false;
  drop_learner(in, change.id);
  // Whom it was to replace may have gone meanwhile.
  if (replaced) drop_voter(in.voters, replaced);
  add_voter(in.voters, change.id);
  return true;
}

bool apply(Configuration& to, const MemberChange& change) {
  switch (change.kind) {
    case ChangeKind::kAddLearner:
    case ChangeKind::kAddVoter: return add(to, change);
    case ChangeKind::kPromote: return promote(to, change);
    case ChangeKind::kRemove:
      return drop_voter(to.voters, change.id) || drop_learner(to, change.id);
  }
  return false;
}

}  // namespace

bool is_voter(const Configuration& configuration, ReplicaId id) {
  return contains(configuration.voters, id) || contains(configuration.outgoing, id);
}

const Learner* find_learner(const Configuration& configuration, ReplicaId id) {
  for (const Learner& learner : configuration.learners) {
    if (learner.id == id) return &learner;
  }
  return nullptr;
}

bool is_member(const Configuration& configuration, ReplicaId id) {
  return is_voter(configuration, id) || find_learner(configuration, id) != nullptr;
}

Voters voters_of(const Configuration& configuration) {
  Voters voters = configuration.voters;
  for (const ReplicaId id : configuration.outgoing) {
    if (!contains(voters, id)) voters.push_back(id);
  }
  std::sort(voters.begin(), voters.end());
  return voters;
}

Voters members_of(const Configuration& configuration) {
  Voters members = voters_of(configuration);
  for (const Learner& learner : configuration.learners) {
    if (!contains(members, learner.id)) members.push_back(learner.id);
  }
  std::sort(members.begin(), members.end());
  return members;
}

NodeId node_of(const Configuration& configuration, ReplicaId id) {
  for (const Seat& seat : configuration.seats) {
    if (seat.id == id) return seat.node;
  }
  return NodeId();
}

std::optional<Configuration> change(const Configuration& from, const MemberChanges& changes) {
  PLUMB_ASSERT(!from.joint());
  if (changes.empty()) return std::nullopt;
  Configuration to = from;
  for (const MemberChange& change : changes) {
    if (!apply(to, change)) return std::nullopt;
  }
  if (to.voters.empty()) return std::nullopt;
  if (to.voters != from.voters) to.outgoing = from.voters;
  keep_seats(to);
  return to;
}

Configuration leave_joint(const Configuration& joint) {
  Configuration after = joint;
  after.outgoing.clear();
  keep_seats(after);
  return after;
}

}  // namespace plumbline::raft
