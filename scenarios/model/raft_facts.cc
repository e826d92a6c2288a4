#include "scenarios/model/raft_facts.h"

namespace plumbline::model {
namespace {

template <class Number>
std::uint8_t small(Number number) {
  PLUMB_ASSERT(number < 256, "a scope with numbers too large to walk");
  return static_cast<std::uint8_t>(number);
}

void begin(LogFacts& log, const raft::SnapshotMeta& base) {
  PLUMB_ASSERT(base.index.value <= kLogMax, "a scope with logs too long to walk");
  log.base = log.last = small(base.index.value);
  log.terms[log.last] = small(base.term.value);
}

void append(LogFacts& log, const raft::Entry& entry) {
  PLUMB_ASSERT(log.last < kLogMax, "a scope with logs too long to walk");
  ++log.last;
  log.terms[log.last] = small(entry.term.value);
  log.hashes[log.last] = hash(entry);
}

std::uint8_t bits_of(const raft::Voters& voters) {
  unsigned bits = 0;
  for (const ReplicaId id : voters) bits |= 1U << (id.value - 1);
  return small(bits);
}

void note_role(RaftFacts& facts, const raft::RoleState& role) {
  if (const auto* asking = std::get_if<raft::PreCandidate>(&role)) {
    facts.granted = bits_of(asking->ballot.granted);
  } else if (const auto* candidate = std::get_if<raft::Candidate>(&role)) {
    facts.granted = bits_of(candidate->ballot.granted);
  } else if (const auto* leader = std::get_if<raft::Leader>(&role)) {
    for (const raft::Progress& peer : leader->peers) {
      facts.match[peer.id.value - 1] = small(peer.match.value);
    }
  }
}

}  // namespace

RaftFacts facts_of(const RaftReplica& replica) {
  const raft::Raft& core = replica.core;
  RaftFacts facts;
  facts.role = core.role();
  facts.term = small(core.term().value);
  facts.vote = small(core.voted_for().value);
  facts.commit = small(core.commit().value);
  facts.attempt = small(core.volatile_state().attempt);
  note_role(facts, core.volatile_state().role);
  facts.disk_term = small(replica.disk.hard_state.term.value);
  facts.disk_vote = small(replica.disk.hard_state.voted_for.value);
  facts.disk_commit = small(replica.disk.hard_state.commit.value);
  facts.snapshot = small(replica.disk.snapshot.index.value);
  facts.next_id = small(core.configuration().next_id.value);
  facts.has_unsynced = !replica.unsynced.empty();
  facts.may_campaign =
      facts.role != raft::Role::kLeader && core.next_deadline() != Instant::never();
  begin(facts.log, core.base());
  for (LogIndex i = core.base().index.next(); i <= core.last_index(); i = i.next()) {
    append(facts.log, core.entry(i));
  }
  begin(facts.disk_log, replica.disk.base);
  for (const raft::Entry& entry : replica.disk.entries) append(facts.disk_log, entry);
  return facts;
}

}  // namespace plumbline::model
