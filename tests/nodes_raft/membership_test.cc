// Changes of members against a twin made of sets and maps, over whole histories of a group
// (R-raft-21).
#include "nodes/raft/membership.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "nodes/raft/quorum.h"

namespace plumbline::raft {
namespace {

using Number = std::uint32_t;

// Who belongs, by number; a change either does all that it says, or the group stays as it was.
struct Twin {
  struct Joiner {
    bool promote;
    Number replaces;
  };
  std::set<Number> voters, before;
  std::map<Number, Joiner> learners;
  std::map<Number, Number> seats;
  std::set<Number> given;  // ids that anyone ever had

  bool apply(const MemberChange& change) {
    const Number id = change.id.value;
    const Number replaced = change.replaces.value;
    switch (change.kind) {
      case ChangeKind::kAddLearner:
      case ChangeKind::kAddVoter: {
        if (id == 0 || (!given.empty() && id <= *given.rbegin())) return false;
        if (replaced != 0 && voters.count(replaced) == 0) return false;
        given.insert(id);
        if (change.node) seats[id] = change.node.value;
        const bool votes = change.kind == ChangeKind::kAddVoter;
        if (votes && change.at_once) {
          voters.erase(replaced);
          voters.insert(id);
        } else {
          learners[id] = {votes, votes ? replaced : 0};
        }
        return true;
      }
      case ChangeKind::kPromote: {
        if (learners.count(id) == 0) return false;
        if (replaced != 0 && voters.count(replaced) == 0) return false;
        voters.erase(replaced != 0 ? replaced : learners[id].replaces);
        learners.erase(id);
        voters.insert(id);
        return true;
      }
      case ChangeKind::kRemove: return voters.erase(id) + learners.erase(id) > 0;
    }
    return false;
  }

  bool change(const MemberChanges& changes) {
    Twin after = *this;
    for (const MemberChange& change : changes) {
      if (!after.apply(change)) return false;
    }
    if (changes.empty() || after.voters.empty()) return false;
    if (after.voters != voters) after.before = voters;
    after.forget_seats();
    *this = after;
    return true;
  }

  void leave_joint() {
    before.clear();
    forget_seats();
  }

  void forget_seats() {
    std::map<Number, Number> kept;
    for (const auto& [id, node] : seats) {
      if (voters.count(id) + before.count(id) + learners.count(id) > 0) kept[id] = node;
    }
    seats = kept;
  }

  // Maps and sets are sorted, which is what a configuration must be.
  Configuration configuration() const {
    Configuration c;
    for (const Number id : voters) c.voters.push_back(ReplicaId(id));
    for (const Number id : before) c.outgoing.push_back(ReplicaId(id));
    for (const auto& [id, joiner] : learners) {
      c.learners.push_back({ReplicaId(id), joiner.promote, ReplicaId(joiner.replaces)});
    }
    for (const auto& [id, node] : seats) c.seats.push_back({ReplicaId(id), NodeId(node)});
    c.next_id = ReplicaId(*given.rbegin() + 1);
    return c;
  }
};

// Mostly about ids that are there or come next.
MemberChange any_change(Number highest) {
  MemberChange change;
  change.kind = *rc::gen::element(ChangeKind::kAddLearner, ChangeKind::kAddVoter,
                                  ChangeKind::kPromote, ChangeKind::kRemove);
  change.id = ReplicaId(*rc::gen::weightedOneOf<Number>(
      {{3, rc::gen::inRange<Number>(0, highest + 1)}, {2, rc::gen::just(highest + 1)}}));
  change.node = NodeId(*rc::gen::inRange<Number>(0, 4));
  if (*rc::gen::inRange(0, 3) == 0) {
    change.replaces = ReplicaId(*rc::gen::inRange<Number>(1, highest + 1));
  }
  change.at_once = *rc::gen::arbitrary<bool>();
  return change;
}

RC_GTEST_PROP(RaftMembership, ChangesLikeSets, ()) {
  Twin twin;
  twin.voters = twin.given = {1, 2, 3};
  twin.seats = {{1, 1}, {2, 2}, {3, 3}};
  Configuration group = twin.configuration();
  const auto requests = *rc::gen::inRange(0, 12);
  for (int i = 0; i < requests; ++i) {
    MemberChanges changes;
    const auto count = *rc::gen::inRange(0, 4);
    for (int k = 0; k < count; ++k) {
      changes.push_back(any_change(*twin.given.rbegin() + static_cast<Number>(k)));
    }
    const auto changed = change(group, changes);
    const bool valid = twin.change(changes);
    RC_ASSERT(changed.has_value() == valid);
    if (!valid) continue;
    RC_ASSERT(*changed == twin.configuration());
    RC_ASSERT(decode_configuration(encode(*changed).view()) == *changed);
    group = leave_joint(*changed);
    twin.leave_joint();
    RC_ASSERT(group == twin.configuration());
  }
}

// The same rule seen from outside: who is a member now, and was not before, never was one.
RC_GTEST_PROP(RaftMembership, NoIdComesBack, ()) {
  Configuration group{Voters{ReplicaId(1), ReplicaId(2)}};
  group.next_id = ReplicaId(3);
  std::set<ReplicaId> ever{ReplicaId(1), ReplicaId(2)};
  for (int i = 0; i < 15; ++i) {
    const auto changed = change(group, {any_change(static_cast<Number>(ever.size()) + 1)});
    if (!changed) continue;
    for (const ReplicaId id : members_of(*changed)) {
      RC_ASSERT(is_member(group, id) || ever.count(id) == 0);
      ever.insert(id);
    }
    group = leave_joint(*changed);
  }
}

RC_GTEST_PROP(RaftMembership, TellsWhoIsWhat, ()) {
  Twin twin;
  twin.given = {9};
  const auto some = [] {
    std::set<Number> ids;
    const auto bits = *rc::gen::inRange<Number>(0, 256);
    for (Number id = 1; id < 9; ++id) {
      if (bits >> (id - 1) & 1) ids.insert(id);
    }
    return ids;
  };
  twin.voters = some();
  twin.before = some();
  for (const Number id : some()) twin.learners[id] = {false, 0};
  for (const Number id : some()) twin.seats[id] = id + 100;
  const Configuration c = twin.configuration();
  std::set<Number> voting = twin.voters;
  voting.insert(twin.before.begin(), twin.before.end());
  Voters voters, members;
  for (Number id = 1; id < 9; ++id) {
    const bool votes = voting.count(id) > 0;
    const bool learns = twin.learners.count(id) > 0;
    if (votes) voters.push_back(ReplicaId(id));
    if (votes || learns) members.push_back(ReplicaId(id));
    RC_ASSERT(is_voter(c, ReplicaId(id)) == votes);
    RC_ASSERT((find_learner(c, ReplicaId(id)) != nullptr) == learns);
    RC_ASSERT(is_member(c, ReplicaId(id)) == (votes || learns));
    const auto seat = twin.seats.find(id);
    RC_ASSERT(node_of(c, ReplicaId(id)) == NodeId(seat == twin.seats.end() ? 0 : seat->second));
  }
  RC_ASSERT(voters_of(c) == voters);
  RC_ASSERT(members_of(c) == members);
}

}  // namespace
}  // namespace plumbline::raft
