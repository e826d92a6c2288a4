#include "scenarios/model/raft_fate.h"

#include <algorithm>

namespace plumbline::model {

using raft::Message;
using raft::MessageKind;
using raft::Role;

RaftFates::RaftFates(const RaftSpace& space, RaftSteps& steps, const RaftState& state)
    : space_(space), steps_(steps), state_(state) {
  for (unsigned i = 0; i < replicas_of(space.scope()); ++i) {
    facts_[i] = &space.facts(state.replicas[i]);
    last_term_ = std::max(last_term_, facts_[i]->term);
  }
}

Fate RaftFates::of(std::uint32_t message) {
  message_ = message;
  const Message& m = space_.message(message);
  to_ = m.to.value - 1;
  from_ = m.from.value - 1;
  switch (m.kind) {
    case MessageKind::kPreVote: return of_pre_vote(m);
    case MessageKind::kPreVoteReply: return of_pre_vote_reply(m);
    case MessageKind::kVote: return of_vote(m);
    case MessageKind::kVoteReply: return of_vote_reply(m);
    case MessageKind::kAppend: return of_append(m);
    case MessageKind::kAppendReply: return of_append_reply(m);
    case MessageKind::kSnapshot:
      return m.term.value < receiver().disk_term ? of_stale_append() : Fate::kAlive;
    case MessageKind::kTimeoutNow:
      return m.term.value < receiver().disk_term ? Fate::kSpent : Fate::kAlive;
    case MessageKind::kRead:
    case MessageKind::kReadReply: return Fate::kAlive;
  }
  return Fate::kAlive;
}

// A leader that leaves the group has another stand for election.
bool RaftFates::terms_may_grow() const {
  return state_.of(Budget::kElections) != 0 || space_.scope().removals != 0;
}

// Who is in the latest term that there is and will be cannot be told a later one.
Fate RaftFates::trigger() const {
  return terms_may_grow() || sender().disk_term < last_term_ ? Fate::kTrigger : Fate::kSpent;
}

Fate RaftFates::informs(std::uint8_t term) const {
  return receiver().disk_term < term ? Fate::kInforms : Fate::kSpent;
}

// Whether a vote can still be given is read off the disk, to which a crash goes back.
Fate RaftFates::of_vote(const Message& m) const {
  const RaftFacts& voter = receiver();
  if (m.term.value > voter.disk_term) return Fate::kAlive;
  if (m.term.value < voter.disk_term) return trigger();
  // Given again, a vote makes a replica that asks for pre-votes give up.
  const bool asks = voter.role == Role::kPreCandidate;
  if (voter.disk_vote == m.from.value && space_.scope().pre_vote && (asks || terms_may_grow())) {
    return Fate::kAlive;
  }
  if (voter.disk_vote != 0) return trigger();
  if (voter.term == voter.disk_term && voter.vote != 0) return Fate::kAlive;
  // A log only grows in what votes are compared by.
  const LogFacts& log = voter.disk_log;
  const bool behind = m.log_term.value < log.last_term() ||
                      (m.log_term.value == log.last_term() && m.index.value < log.last);
  return behind ? trigger() : Fate::kAlive;
}

Fate RaftFates::of_vote_reply(const Message& m) const {
  const RaftFacts& candidate = receiver();
  if (m.term.value > candidate.disk_term) {
    return m.reject ? Fate::kInforms : Fate::kAlive;
  }
  if (m.reject) return Fate::kSpent;
  // Who was a candidate once is none of that term again.
  const bool counts = candidate.role == Role::kCandidate && candidate.term == m.term.value &&
                      (candidate.granted >> from_ & 1U) == 0;
  return counts ? Fate::kAlive : Fate::kSpent;
}

Fate RaftFates::of_pre_vote(const Message& m) const {
  if (sender().disk_term >= m.term.value) return trigger();
  const bool asks_still = sender().role == Role::kPreCandidate &&
                          sender().term + 1U == m.term.value && sender().attempt == m.round;
  const bool may_ask_again = terms_may_grow();
  return asks_still || may_ask_again ? Fate::kAlive : trigger();
}

Fate RaftFates::of_pre_vote_reply(const Message& m) const {
  if (m.reject) return informs(static_cast<std::uint8_t>(m.term.value));
  const RaftFacts& asking = receiver();
  if (asking.disk_term >= m.term.value) return Fate::kSpent;
  const bool counts = asking.role == Role::kPreCandidate && asking.term + 1U == m.term.value &&
                      asking.attempt == m.round && (asking.granted >> from_ & 1U) == 0;
  // Attempts are counted anew after a crash.
  const bool may_ask_again = terms_may_grow();
  return counts || may_ask_again ? Fate::kAlive : Fate::kSpent;
}

Fate RaftFates::of_append(const Message& m) {
  const RaftFacts& follower = receiver();
  if (m.term.value < follower.disk_term) return of_stale_append();
  if (m.term.value > follower.disk_term) return Fate::kAlive;
  // It may still make a replica that asks for pre-votes give up.
  if (space_.scope().pre_vote && terms_may_grow()) return Fate::kAlive;
  if (follower.role != Role::kFollower || !is_covered(m) || !answer_is_known(message_)) {
    return Fate::kAlive;
  }
  return trigger();
}

// Its refusal may say where the logs agree; then its sender believes that, should it lead the term
// of the refusal by the time.
Fate RaftFates::of_stale_append() {
  const RaftFacts& leader = sender();
  const bool leads = leader.role == Role::kLeader || leader.role == Role::kCandidate;
  const bool may_lead = terms_may_grow() || (leads && leader.term >= receiver().disk_term);
  if (!may_lead) return trigger();
  const auto& outcome = steps_.of(state_.replicas[to_], Happening::kDeliver, message_);
  for (std::size_t i = 0; i < outcome.count; ++i) {
    if (space_.message(steps_.messages(outcome)[i]).index) return Fate::kAlive;
  }
  return trigger();
}

// All that it brings is on the disk already.
bool RaftFates::is_covered(const Message& m) const {
  const RaftFacts& follower = receiver();
  const LogFacts& log = follower.disk_log;
  const std::uint64_t verified = m.index.value + m.entries.size();
  if (m.index.value < log.base || verified > log.last) return false;
  if (log.terms[m.index.value] != m.log_term.value) return false;
  std::uint64_t index = m.index.value;
  for (const raft::Entry& entry : m.entries) {
    if (log.terms[++index] != entry.term.value) return false;
  }
  const std::uint64_t commit = std::min(m.commit.value, verified);
  if (commit <= follower.disk_commit) return true;
  return state_.of(Budget::kCrashes) == 0 && commit <= follower.commit;
}

bool RaftFates::answer_is_known(std::uint32_t message) {
  // By value: judging the answers may step replicas, which moves outcomes.
  const auto outcome = steps_.of(state_.replicas[to_], Happening::kDeliver, message);
  for (std::size_t i = 0; i < outcome.count; ++i) {
    const std::uint32_t answer = steps_.messages(outcome)[i];
    if (state_.has(answer)) continue;
    RaftFates fates(*this);
    if (fates.of(answer) == Fate::kAlive) return false;
  }
  return true;
}

Fate RaftFates::of_append_reply(const Message& m) const {
  const RaftFacts& leader = receiver();
  const bool leads = leader.role == Role::kLeader && leader.term == m.term.value;
  const bool may_lead = leader.role == Role::kCandidate && leader.term == m.term.value;
  if (leads || may_lead) {
    return m.reject && leads && m.index.value <= leader.match[from_] ? Fate::kSpent : Fate::kAlive;
  }
  if (m.term.value <= leader.disk_term) return Fate::kSpent;
  // A refusal of an append of an earlier term says where the logs may agree, which its receiver
  // would believe if it came to lead this very term.
  const bool says_no_more = !m.index || !terms_may_grow();
  return m.reject && says_no_more ? Fate::kInforms : Fate::kAlive;
}

}  // namespace plumbline::model
