#include <algorithm>

#include "nodes/raft/membership.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kChanges{"raft.changes_members",
                               "changes the members by entry {a}: {b} voters, {c} learners"};
constexpr trace::Kind kNotLeader{"raft.change_refused_role",
                                 "refuses to change the members: does not lead"};
constexpr trace::Kind kBusy{"raft.change_refused_transfer",
                            "refuses to change the members: leadership is being handed over"};
constexpr trace::Kind kNoCommit{
    "raft.change_refused_no_commit",
    "refuses to change the members: nothing is committed yet in this term"};
constexpr trace::Kind kPending{"raft.change_refused_pending",
                               "refuses to change the members: another change is under way"};
constexpr trace::Kind kInvalid{"raft.change_refused_invalid",
                               "refuses to change the members: those there are do not allow it"};
constexpr trace::Kind kNotReady{"raft.change_refused_not_caught_up",
                                "refuses to change the members: the learner has not caught up"};
constexpr trace::Kind kDiffers{
    "raft.change_refused_members_differ",
    "refuses to change the members: they are not those it was meant for"};
constexpr trace::Kind kLeavesJoint{
    "raft.leaves_joint", "has the old majority's consent since {a}, and no longer asks it"};
constexpr trace::Kind kCaughtUp{"raft.learner_caught_up", "learner r{a} has caught up to {b}"};
constexpr trace::Kind kPromotes{"raft.promotes", "promotes learner r{a}"};
constexpr trace::Kind kLeaves{"raft.leader_removed",
                              "is no voter since entry {a}, which is committed: gives up term {b}"};
const trace::Probe kRemovedLeader{"raft.leader_removed_itself", trace::Probe::Need::kOptional};
const trace::Probe kPromoted{"raft.learner_promoted", trace::Probe::Need::kOptional};
const trace::Probe kSecondChange{"raft.second_change_refused", trace::Probe::Need::kOptional};

const trace::Kind& kind_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kTransferring: return kBusy;
    case Refusal::kNoCommitInTerm: return kNoCommit;
    case Refusal::kChangePending: return kPending;
    case Refusal::kNotCaughtUp: return kNotReady;
    case Refusal::kMembersDiffer: return kDiffers;
    case Refusal::kNone:
    case Refusal::kBackpressure:
    case Refusal::kInvalidChange: return kInvalid;
    case Refusal::kNotLeader: break;
  }
  return kNotLeader;
}

}  // namespace

void Raft::change_members(Step& s, const ChangeMembers& request) {
  s.update.refusal = refusal_of(request);
  if (s.update.refusal == Refusal::kChangePending) s.sink.reached(kSecondChange);
  if (s.update.refusal != Refusal::kNone) {
    return s.sink.emit(kind_of(s.update.refusal));
  }
  append_configuration(s, *change(configuration(), request.changes));
  s.update.accepted = last_index();
}

// One change at a time: the next begins when the one before is committed and out of its joint phase
// (thesis 4.1), and never before this leader knows what is committed.
Refusal Raft::refusal_of(const ChangeMembers& request) const {
  if (leading() == nullptr) return Refusal::kNotLeader;
  if (leading()->transfer.to) return Refusal::kTransferring;
  if (term_at(commit()) != term()) return Refusal::kNoCommitInTerm;
  if (configuration_index() > commit() || configuration().joint()) return Refusal::kChangePending;
  const LogIndex meant = request.if_configuration;
  if (meant && meant != configuration_index()) return Refusal::kMembersDiffer;
  if (!change(configuration(), request.changes)) return Refusal::kInvalidChange;
  for (const MemberChange& change : request.changes) {
    if (change.kind != ChangeKind::kPromote || change.at_once) continue;
    const auto& peers = leading()->peers;
    const bool ready = std::any_of(peers.begin(), peers.end(), [&](const Progress& peer) {
      return peer.id == change.id && peer.caught_up && !peer.in_doubt;
    });
    if (!ready) return Refusal::kNotCaughtUp;
  }
  return Refusal::kNone;
}

// In force from the moment that it is in the log (thesis 4.1).
void Raft::append_configuration(Step& s, const Configuration& configuration) {
  const Entry entry{term(), EntryKind::kConfiguration, encode(configuration)};
  s.sink.emit(kChanges, last_index().next().value, configuration.voters.size(),
              configuration.learners.size());
  as_leader()->uncommitted_bytes += entry.payload.size();
  store_entries(s, last_index().next(), &entry, &entry + 1);
  replicate_to_all(s);
}

// What a leader does by itself once the configuration in force is committed.
void Raft::tend_members(Step& s) {
  if (leading() == nullptr || configuration_index() > commit()) return;
  if (configuration().joint()) {
    s.sink.emit(kLeavesJoint, configuration_index().value);
    return append_configuration(s, leave_joint(configuration()));
  }
  // Thesis 4.2.2: it has led without being counted, until the change is known to be committed.
  if (!is_voter(configuration(), self())) return leave_group(s);
  tell_departing(s);
  promote_learners(s);
}

void Raft::promote_learners(Step& s) {
  if (leading()->transfer.to || term_at(commit()) != term()) return;
  MemberChanges changes;
  for (const Progress& peer : leading()->peers) {
    const Learner* learner = find_learner(configuration(), peer.id);
    if (learner == nullptr || !learner->promote || !peer.caught_up || peer.in_doubt) continue;
    s.sink.reached(kPromoted);
    s.sink.emit(kPromotes, peer.id.value);
    changes.push_back({.kind = ChangeKind::kPromote, .id = peer.id});
  }
  if (changes.empty()) return;
  append_configuration(s, *change(configuration(), changes));
}

// Who was removed and holds the entry that says so is told that it is committed, and then
// forgotten.
void Raft::tell_departing(Step& s) {
  auto& peers = as_leader()->peers;
  for (std::size_t i = 0; i < peers.size();) {
    if (!peers[i].departing || peers[i].match < configuration_index()) {
      ++i;
      continue;
    }
    send_append(s, peers[i], Entries());
    peers.erase(peers.begin() + i);
  }
}

void Raft::leave_group(Step& s) {
  s.sink.reached(kRemovedLeader);
  s.sink.emit(kLeaves, configuration_index().value, term().value);
  for (Progress& peer : as_leader()->peers) send_append(s, peer, Entries());
  // The best of the others need not wait for its time-out.
  if (const ReplicaId next = best_successor()) {
    send(s, message_to(next, MessageKind::kTimeoutNow), Ticket());
  }
  become_follower(s, term(), ReplicaId());
}

// The leader's view of its followers, after its configuration has changed.
void Raft::refresh_peers(LogIndex next) {
  auto& peers = as_leader()->peers;
  const Voters members = members_of(configuration());
  for (Progress& peer : peers) {
    peer.departing = std::find(members.begin(), members.end(), peer.id) == members.end();
  }
  for (const ReplicaId id : members) {
    if (id == self() || as_leader()->find(id) != nullptr) continue;
    Progress peer;
    peer.id = id;
    peer.next = next;
    // It confirms nothing before it has answered something.
    peer.read_round = peer.lease_round = 1;
    peers.push_back(peer);
  }
  std::sort(peers.begin(), peers.end(),
            [](const Progress& a, const Progress& b) { return a.id < b.id; });
}

// Thesis 4.2.1: catching up goes in stretches, each up to where the log ended when it began. One
// that takes less than an election time-out leaves so little behind that nobody would wait for it.
void Raft::watch_learner(Step& s, Progress& peer) {
  if (peer.caught_up || find_learner(configuration(), peer.id) == nullptr) return;
  const bool first = !peer.stretch_end;
  if (!first && peer.match < peer.stretch_end) return;
  const bool quick = s.now < peer.stretch_began + options_.election_timeout;
  if ((!first && quick) || peer.match == last_index()) {
    peer.caught_up = true;
    return s.sink.emit(kCaughtUp, peer.id.value, peer.match.value);
  }
  peer.stretch_end = last_index();
  peer.stretch_began = s.now;
}

}  // namespace plumbline::raft
