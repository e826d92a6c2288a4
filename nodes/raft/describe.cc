#include "nodes/raft/describe.h"

#include "nodes/raft/membership.h"
#include "nodes/raft/quorum.h"

namespace plumbline::raft {
namespace {

std::string number(std::uint64_t n) { return std::to_string(n); }

std::string position(LogIndex index, Term term) {
  return number(index.value) + "^" + number(term.value);
}

std::string describe_append(const Message& m) {
  std::string text = "append of term " + number(m.term.value) + " behind " +
                     position(m.index, m.log_term) + ", commit " + number(m.commit.value);
  LogIndex index = m.index;
  for (const Entry& entry : m.entries) {
    index = index.next();
    text += ", " + describe(entry, index);
  }
  return text;
}

std::string describe_append_reply(const Message& m) {
  const std::string term = " of term " + number(m.term.value) + (m.doubt ? ", in doubt" : "");
  if (!m.reject) return "holds up to " + number(m.index.value) + term;
  return "refusal of " + number(m.index.value) + term + ", try " + position(m.hint, m.hint_term);
}

std::string list(const Voters& ids) {
  std::string text;
  for (const ReplicaId id : ids) text += " " + describe(id);
  return text;
}

std::string waits_as_leader(const Raft& raft, const Leader& leader) {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
  if (leader.transfer.to) add("for " + describe(leader.transfer.to) + " to take over");
  if (raft.commit() < raft.last_index()) {
    std::string behind;
    for (const Progress& peer : leader.peers) {
      const bool counts = is_voter(raft.configuration(), peer.id);
      if (counts && (peer.in_doubt || peer.match <= raft.commit())) {
        behind += " " + describe(peer.id);
      }
    }
    if (raft.durable_index() <= raft.commit()) behind += " its own disk";
    add("for entries " + number(raft.commit().value + 1) + " to " +
        number(raft.last_index().value) + " to be held by a quorum, not yet by" + behind);
  }
  if (raft.configuration().joint()) add("for the old voters' consent to a change of members");
  if (!leader.reads.confirming.empty()) add("for a quorum to confirm that it leads, for reads");
  return text;
}

}  // namespace

std::string describe(ReplicaId id) { return "r" + number(id.value); }

std::string describe(const Message& m) {
  const std::string term = number(m.term.value);
  switch (m.kind) {
    case MessageKind::kPreVote:
      return "pre-vote for term " + term + "? log " + position(m.index, m.log_term);
    case MessageKind::kVote:
      return "vote in term " + term + "? log " + position(m.index, m.log_term) +
             (m.transfer ? ", at the leader's wish" : "");
    case MessageKind::kPreVoteReply:
      return std::string(m.reject ? "no pre-vote, term " : "pre-vote for term ") + term;
    case MessageKind::kVoteReply:
      return std::string(m.reject ? "no vote, term " : "vote in term ") + term;
    case MessageKind::kAppend: return describe_append(m);
    case MessageKind::kAppendReply: return describe_append_reply(m);
    case MessageKind::kSnapshot:
      return "snapshot " + position(m.index, m.log_term) + " of term " + term;
    case MessageKind::kTimeoutNow: return "stand for election, of term " + term;
    case MessageKind::kRead: return "read index? batch " + number(m.round) + " of term " + term;
    case MessageKind::kReadReply:
      return (m.reject ? "no read index" : "read index " + number(m.index.value)) +
             (", batch " + number(m.round)) + " of term " + term;
  }
  return "?";
}

std::string describe(const Entry& entry, LogIndex index) {
  const std::string at = position(index, entry.term);
  switch (entry.kind) {
    case EntryKind::kNoop: return at + " noop";
    case EntryKind::kConfiguration: return at + " configuration";
    case EntryKind::kCommand: return at + " " + std::string(entry.payload.view());
  }
  return at;
}

std::string describe(const Configuration& configuration) {
  std::string text = "voters" + list(configuration.voters);
  if (configuration.joint()) text += ", and before" + list(configuration.outgoing);
  for (const Learner& learner : configuration.learners) {
    text += ", learner " + describe(learner.id);
    if (learner.promote) text += " to vote";
    if (learner.replaces) text += " in place of " + describe(learner.replaces);
  }
  return text;
}

std::string describe(const Progress& p) {
  std::string text = describe(p.id);
  switch (p.pace) {
    case Progress::Pace::kProbe: text += p.probe_sent ? " probing, waits" : " probing"; break;
    case Progress::Pace::kReplicate: text += " replicating"; break;
    case Progress::Pace::kSnapshot:
      text += " receiving snapshot " + number(p.snapshot.value);
      break;
  }
  text += ", match " + number(p.match.value) + ", next " + number(p.next.value);
  if (!p.inflight.empty()) text += ", in flight up to";
  for (const Progress::Flight& flight : p.inflight) text += " " + number(flight.last.value);
  if (p.in_doubt) text += ", in doubt";
  if (p.departing) text += ", departing";
  return text;
}

const char* name_of(Role role) {
  switch (role) {
    case Role::kFollower: return "follower";
    case Role::kPreCandidate: return "pre-candidate";
    case Role::kCandidate: return "candidate";
    case Role::kLeader: return "leader";
  }
  return "?";
}

const char* name_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone: return "accepted";
    case Refusal::kNotLeader: return "does not lead";
    case Refusal::kBackpressure: return "too much waits to be committed";
    case Refusal::kTransferring: return "leadership is being handed over";
    case Refusal::kChangePending: return "another change of members is under way";
    case Refusal::kNoCommitInTerm: return "nothing is committed yet in this term";
    case Refusal::kInvalidChange: return "the members do not allow it";
    case Refusal::kNotCaughtUp: return "the learner has not caught up";
    case Refusal::kMembersDiffer: return "the members are not those it was meant for";
  }
  return "?";
}

std::string describe(const Raft& raft) {
  std::string text = name_of(raft.role());
  text += " of term " + number(raft.term().value);
  if (raft.leader()) text += ", leader " + describe(raft.leader());
  text += ", log";
  if (raft.base().index) text += " behind " + position(raft.base().index, raft.base().term);
  text += " to " + position(raft.last_index(), raft.term_at(raft.last_index()));
  text += " (on disk " + number(raft.durable_index().value);
  text += ", committed " + number(raft.commit().value) + ")";
  if (raft.in_doubt()) text += ", in doubt up to " + number(raft.hard_state().doubt.until.value);
  return text;
}

std::string waits_for(const Raft& raft) {
  if (const Leader* leader = raft.leading()) return waits_as_leader(raft, *leader);
  if (raft.in_doubt()) return "for a leader to repair its log";
  if (raft.configuration().voters.empty()) return "for a leader to take it in";
  if (raft.role() != Role::kFollower) return "for votes of a quorum";
  return raft.leader() ? "" : "for a leader";
}

}  // namespace plumbline::raft
