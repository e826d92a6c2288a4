#include <algorithm>

#include "scenarios/nemesis/registry.h"

// Members come and go while everything else goes on. What the group refuses is asked again until it
// is done, also for a while when all trouble is over, as operators do: changes wait for each other,
// for a leader, and for a member to catch up.
namespace plumbline::scenarios {
namespace {

using Kind = MemberWish::Kind;

constexpr Duration kAskAgainAfter = milliseconds(40);
constexpr Duration kRetireAgainAfter = milliseconds(300);

bool has(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

bool is_member(const Members& members, NodeId node) {
  return has(members.voters, node) || has(members.learners, node) || has(members.ghosts, node);
}

// What is wanted, and what to do when it has come about, but not before `until`.
struct Quest {
  std::uint32_t fault;
  MemberWish wish;
  void (*then)(Torment& torment, const Quest& quest) = nullptr;
  TrueTime until = {};
  bool while_in_hand = false;  // given up when another fault takes the node in hand
};

bool is_made(const Quest& quest, const Members& members) {
  const MemberWish& wish = quest.wish;
  switch (wish.kind) {
    case Kind::kAddVoter:
      if (!has(members.voters, wish.node)) return false;
      return !wish.replaces || *wish.replaces == wish.node ? !has(members.ghosts, wish.node)
                                                           : !is_member(members, *wish.replaces);
    case Kind::kPromote: return has(members.voters, wish.node);
    case Kind::kAddLearner: return is_member(members, wish.node);
    case Kind::kRemove: return !is_member(members, wish.node);
  }
  return false;
}

// Whether the voters include a majority that no fault of the scenario takes.
bool has_able_majority(const Torment& torment, const std::vector<NodeId>& voters,
                       std::size_t ghosts) {
  const auto able = std::count_if(voters.begin(), voters.end(),
                                  [&](NodeId node) { return !torment.is_doomed(node); });
  return 2 * static_cast<std::size_t>(able) > voters.size() + ghosts;
}

bool spares_a_majority(const Torment& torment, const Members& members, const MemberWish& wish) {
  std::vector<NodeId> voters = members.voters;
  std::vector<NodeId> ghosts = members.ghosts;
  const auto remove = [&](NodeId node) {
    if (std::erase(ghosts, node) == 0) std::erase(voters, node);
  };
  if (wish.kind == Kind::kRemove) remove(wish.node);
  if (wish.replaces) remove(*wish.replaces);
  const bool votes = wish.kind == Kind::kAddVoter || wish.kind == Kind::kPromote;
  if (votes && !has(voters, wish.node)) voters.push_back(wish.node);
  return has_able_majority(torment, voters, ghosts.size());
}

void insist(Torment& torment, const Quest& quest) {
  if (torment.operators_rest()) return;
  if (quest.while_in_hand && !torment.has_in_hand(quest.fault, quest.wish.node)) return;
  Cluster& cluster = torment.cluster();
  const Members members = cluster.members();
  if (members.settled && is_made(quest, members)) {
    torment.note_made(quest.fault);
    if (quest.then == nullptr) return;
    return cluster.at(std::max(quest.until, cluster.now()),
                      [&torment, quest] { quest.then(torment, quest); });
  }
  const auto again = [&torment, quest](WishFate) {
    Cluster& later = torment.cluster();
    later.at(later.now() + kAskAgainAfter, [&torment, quest] { insist(torment, quest); });
  };
  if (!members.settled || !spares_a_majority(torment, members, quest.wish)) {
    return again(WishFate::kRefused);
  }
  cluster.ask(quest.wish, again);
}

void retire_removed(Torment& torment, const Quest& quest);

// What was asked for late may have made it a member after all. Another fault may have taken it for
// a spare; then it is that one's.
void retire(Torment& torment, std::uint32_t fault, NodeId node) {
  if (!torment.has_in_hand(fault, node)) return;
  Cluster& cluster = torment.cluster();
  if (is_member(cluster.members(), node)) {
    return insist(torment, {.fault = fault,
                            .wish = {.kind = Kind::kRemove, .node = node},
                            .then = retire_removed,
                            .while_in_hand = true});
  }
  if (cluster.retire(node)) return;
  cluster.at(cluster.now() + kRetireAgainAfter,
             [&torment, fault, node] { retire(torment, fault, node); });
}

void retire_added(Torment& torment, const Quest& quest) {
  retire(torment, quest.fault, quest.wish.node);
}

// Who was removed disturbs for a while, and is then put away.
void retire_removed(Torment& torment, const Quest& quest) {
  const NodeId node = quest.wish.kind == Kind::kRemove ? quest.wish.node : *quest.wish.replaces;
  torment.take_in_hand(quest.fault, node);
  torment.cluster().at(torment.cluster().now() + kRetireAgainAfter,
                       [&torment, fault = quest.fault, node] { retire(torment, fault, node); });
}

// Back in the group as somebody new, once it was put away.
void restore(Torment& torment, const Quest& quest) {
  Cluster& cluster = torment.cluster();
  const NodeId node = quest.wish.node;
  if (is_member(cluster.members(), node) || !torment.has_in_hand(quest.fault, node)) return;
  if (!cluster.retire(node)) {
    return cluster.at(cluster.now() + kRetireAgainAfter,
                      [&torment, quest] { restore(torment, quest); });
  }
  cluster.renew(node);
  torment.start_if_free(node);
  insist(torment, {.fault = quest.fault, .wish = {.kind = Kind::kAddVoter, .node = node}});
}

void restore_removed(Torment& torment, const Quest& quest) {
  torment.take_in_hand(quest.fault, quest.wish.node);
  restore(torment, quest);
}

// When what the fault does to the members is undone.
TrueTime undone_at(Torment& torment, const Fault& fault) {
  return torment.is_active(fault.id) ? torment.ends_at(fault.id)
                                     : torment.cluster().now() + fault.duration;
}

// Tries until it can be: another fault may have taken the spare, or led the group astray.
void when_it_can_be(Torment& torment, const Fault& fault, bool (*begin)(Torment&, const Fault&)) {
  if (torment.operators_rest() || begin(torment, fault)) return;
  Cluster& cluster = torment.cluster();
  cluster.at(cluster.now() + kRetireAgainAfter,
             [&torment, fault, begin] { when_it_can_be(torment, fault, begin); });
}

template <bool (*begin)(Torment&, const Fault&)>
bool start_when_it_can_be(Torment& torment, const Fault& fault) {
  when_it_can_be(torment, fault, begin);
  return false;
}

// The node that the fault names, or else the first for which it can be.
template <class Fits>
std::optional<NodeId> pick(const Torment& torment, const Fault& fault, Fits fits) {
  const NodeId named = torment.targets(fault).front();
  if (fits(named)) return named;
  for (const NodeId node : torment.others({})) {
    if (fits(node)) return node;
  }
  return std::nullopt;
}

// While those that know are down, a member that is down too looks like a spare.
std::optional<NodeId> pick_spare(Torment& torment, const Fault& fault) {
  const Members members = torment.cluster().members();
  if (!members.settled) return std::nullopt;
  return pick(torment, fault, [&](NodeId node) {
    return !is_member(members, node) && !torment.cluster().is_up(node) && !torment.is_doomed(node);
  });
}

void renew(Torment& torment, std::uint32_t fault, NodeId spare) {
  torment.take_in_hand(fault, spare);
  torment.cluster().renew(spare);
  torment.start_if_free(spare);
}

std::optional<NodeId> start_spare(Torment& torment, const Fault& fault) {
  const std::optional<NodeId> spare = pick_spare(torment, fault);
  if (!spare) return std::nullopt;
  renew(torment, fault.id, *spare);
  return spare;
}

std::optional<NodeId> pick_to_remove(Torment& torment, const Fault& fault,
                                     std::optional<NodeId> instead) {
  const Members members = torment.cluster().members();
  return pick(torment, fault, [&](NodeId node) {
    if (!has(members.voters, node)) return false;
    const MemberWish wish = instead ? MemberWish{Kind::kAddVoter, *instead, node, false}
                                    : MemberWish{Kind::kRemove, node, std::nullopt, false};
    return members.voters.size() > 1 && spares_a_majority(torment, members, wish);
  });
}

bool begin_add(Torment& torment, const Fault& fault) {
  const std::optional<NodeId> spare = start_spare(torment, fault);
  if (!spare) return false;
  const Kind kind = fault.amount == 1 ? Kind::kAddLearner : Kind::kAddVoter;
  insist(torment, {.fault = fault.id,
                   .wish = {.kind = kind, .node = *spare, .at_once = fault.amount == 2},
                   .then = retire_added,
                   .until = undone_at(torment, fault)});
  return true;
}

bool begin_remove(Torment& torment, const Fault& fault) {
  const std::optional<NodeId> node = pick_to_remove(torment, fault, std::nullopt);
  if (!node) return false;
  insist(torment, {.fault = fault.id,
                   .wish = {.kind = Kind::kRemove, .node = *node},
                   .then = restore_removed,
                   .until = undone_at(torment, fault)});
  return true;
}

bool begin_replace(Torment& torment, const Fault& fault) {
  const std::optional<NodeId> spare = pick_spare(torment, fault);
  const std::optional<NodeId> old = spare ? pick_to_remove(torment, fault, spare) : std::nullopt;
  if (!old) return false;
  renew(torment, fault.id, *spare);
  insist(torment, {.fault = fault.id,
                   .wish = {.kind = Kind::kAddVoter, .node = *spare, .replaces = *old},
                   .then = retire_removed});
  return true;
}

void promote(Torment& torment, const Quest& added) {
  insist(torment,
         {.fault = added.fault,
          .wish = {.kind = Kind::kPromote, .node = added.wish.node},
          .then = retire_added,
          .until = torment.is_active(added.fault) ? torment.ends_at(added.fault) : TrueTime{}});
}

bool begin_promote(Torment& torment, const Fault& fault) {
  const std::optional<NodeId> spare = start_spare(torment, fault);
  if (!spare) return false;
  insist(torment,
         {.fault = fault.id, .wish = {.kind = Kind::kAddLearner, .node = *spare}, .then = promote});
  return true;
}

// Whoever may lead: the one that was to may have died or left the group meanwhile.
bool begin_transfer(Torment& torment, const Fault& fault) {
  Cluster& cluster = torment.cluster();
  const Members members = cluster.members();
  const auto next = pick(torment, fault, [&](NodeId node) {
    return has(members.voters, node) && cluster.is_up(node) && cluster.leader() != node;
  });
  if (!next || !cluster.leader()) return false;
  cluster.ask_to_lead(*next, [&torment, fault](WishFate fate) {
    if (fate == WishFate::kMade) return torment.note_made(fault.id);
    Cluster& later = torment.cluster();
    later.at(later.now() + kAskAgainAfter,
             [&torment, fault] { when_it_can_be(torment, fault, begin_transfer); });
  });
  return true;
}

// A voter that the others can spare, for its vote is given no more until somebody takes its seat.
bool begin_wipe_and_rejoin(Torment& torment, const Fault& fault) {
  Cluster& cluster = torment.cluster();
  const Members members = cluster.members();
  if (torment.is_over() || !members.settled || members.changing) return false;
  const auto node = pick(torment, fault, [&](NodeId one) {
    std::vector<NodeId> others = members.voters;
    if (std::erase(others, one) == 0) return false;
    return has_able_majority(torment, others, members.ghosts.size() + 1);
  });
  if (!node) return false;
  const TrueTime end = undone_at(torment, fault);
  torment.take_down(fault.id, *node, Torment::Death::kKill);
  cluster.wipe(*node);
  torment.note_made(fault.id);
  const Duration left = end - cluster.now();
  cluster.at(cluster.now() + left / 2, [&torment, id = fault.id, node = *node] {
    torment.cluster().renew(node);
    torment.release(id, node);
    insist(torment,
           {.fault = id, .wish = {.kind = Kind::kAddVoter, .node = node, .replaces = node}});
  });
  return true;
}

constexpr NemesisEntry kTable[] = {
    {FaultKind::kAddMember, start_when_it_can_be<begin_add>},
    {FaultKind::kRemoveMember, start_when_it_can_be<begin_remove>},
    {FaultKind::kReplaceMember, start_when_it_can_be<begin_replace>},
    {FaultKind::kPromoteMember, start_when_it_can_be<begin_promote>},
    {FaultKind::kTransferLeadership, start_when_it_can_be<begin_transfer>},
    {FaultKind::kWipeAndRejoin, start_when_it_can_be<begin_wipe_and_rejoin>},
};

}  // namespace

std::span<const NemesisEntry> membership_nemeses() { return kTable; }

}  // namespace plumbline::scenarios
