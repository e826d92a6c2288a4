#include "nodes/raft/invariants.h"

#include "nodes/raft/membership.h"

namespace plumbline::raft {
namespace {

std::optional<Violation> violated(const char* invariant, std::uint64_t a, std::uint64_t b) {
  return Violation{invariant, std::to_string(a) + " against " + std::to_string(b)};
}

template <class Tag, class Rep>
std::optional<Violation> violated(const char* invariant, Id<Tag, Rep> a, Id<Tag, Rep> b) {
  return violated(invariant, std::uint64_t{a.value}, std::uint64_t{b.value});
}

// I9: in force is what the last configuration entry says, or what the base does.
std::optional<Violation> check_configuration(const Raft& r) {
  const LogIndex configured = r.configuration_index();
  const bool from_base = configured == r.base().configuration_index;
  if (configured > r.last_index()) {
    return violated("I9 configuration from the log", configured, r.last_index());
  }
  if (!from_base &&
      (configured <= r.base().index || r.entry(configured).kind != EntryKind::kConfiguration)) {
    return violated("I9 configuration from the log", configured, r.base().index);
  }
  const bool leads = r.role() == Role::kLeader;
  // A leader that is no voter is so by an entry that is not known to be committed yet.
  if (leads && !is_voter(r.configuration(), r.self()) && configured <= r.commit()) {
    return violated("I9 a leader belongs", configured, r.commit());
  }
  return std::nullopt;
}

std::optional<Violation> check_log(const Raft& r) {
  const LogIndex last = r.last_index();
  if (r.commit() > last) return violated("I7 commit within the log", r.commit(), last);
  if (r.durable_index() > last) return violated("durable within the log", r.durable_index(), last);
  const LogIndex hard_commit = r.hard_state().commit;
  if (hard_commit > r.commit()) return violated("I2 commit not behind", hard_commit, r.commit());
  if (hard_commit > r.durable_index()) {
    return violated("I2 written commit is durable", hard_commit, r.durable_index());
  }
  if (r.term_at(last) > r.term()) return violated("last term", r.term_at(last), r.term());
  const LogIndex base = r.base().index;
  if (base > r.commit()) return violated("log begins with what is committed", base, r.commit());
  if (r.snapshot().index < base) return violated("snapshot reaches", r.snapshot().index, base);
  if (r.snapshot().index > r.commit()) {
    return violated("snapshot of what is committed", r.snapshot().index, r.commit());
  }
  return check_configuration(r);
}

std::optional<Violation> check_pending(const Durability& d, LogIndex last) {
  Ticket ticket = d.synced();
  LogIndex through = d.index();
  for (const Durability::Batch& batch : d.pending()) {
    if (batch.ticket <= ticket) return violated("tickets grow", batch.ticket, ticket);
    if (batch.through < through) return violated("promises grow", batch.through, through);
    ticket = batch.ticket;
    through = batch.through;
  }
  // Every entry is on the disk or on its way.
  if (through != last) return violated("log handed out to be written", through, last);
  return std::nullopt;
}

std::optional<Violation> check_ballot(const Raft& r, const Ballot& ballot) {
  for (const ReplicaId voter : ballot.granted) {
    if (!is_voter(r.configuration(), voter)) return violated("voters vote", voter, r.self());
  }
  return std::nullopt;
}

std::optional<Violation> check_progress(const Raft& r, const Progress& p) {
  if (p.match > r.last_index()) return violated("I7 match within log", p.match, r.last_index());
  if (p.next <= p.match) return violated("I7 next behind match", p.next, p.match);
  if (p.next > r.last_index().next()) return violated("I7 next in log", p.next, r.last_index());
  if (p.acked_round > p.round) return violated("rounds answered", p.acked_round, p.round);
  LogIndex previous = p.match;
  for (const Progress::Flight& flight : p.inflight) {
    if (flight.last <= previous) return violated("appends in flight grow", flight.last, previous);
    previous = flight.last;
  }
  if (previous >= p.next) return violated("appends in flight were sent", previous, p.next);
  return std::nullopt;
}

std::optional<Violation> check_role(const Raft& r) {
  const RoleState& role = r.volatile_state().role;
  // Who has forgotten what it acknowledged must not decide who leads.
  if (r.in_doubt() && !std::holds_alternative<Follower>(role)) {
    return violated("in doubt it only follows", r.hard_state().doubt.until, r.last_index());
  }
  if (const auto* asking = std::get_if<PreCandidate>(&role)) return check_ballot(r, asking->ballot);
  if (std::holds_alternative<Follower>(role)) return std::nullopt;
  // I1: one vote a term, and who stands for election gave it to itself.
  if (r.voted_for() != r.self()) return violated("I8 own vote", r.voted_for(), r.self());
  if (const auto* candidate = std::get_if<Candidate>(&role))
    return check_ballot(r, candidate->ballot);
  for (const Progress& peer : r.leading()->peers) {
    if (auto violation = check_progress(r, peer)) return violation;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Violation> check(const Raft& raft) {
  if (auto violation = check_log(raft)) return violation;
  if (auto violation = check_pending(raft.volatile_state().durability, raft.last_index())) {
    return violation;
  }
  return check_role(raft);
}

Snapshot::Snapshot(const Raft& raft)
    : term(raft.term()),
      voted_for(raft.voted_for()),
      role(raft.role()),
      commit(raft.commit()),
      commit_term(raft.term_at(raft.commit())),
      last_index(raft.last_index()),
      last_term(raft.term_at(raft.last_index())),
      hard_commit(raft.hard_state().commit) {}

std::optional<Violation> check_step(const Snapshot& before, const Raft& after) {
  if (after.term() < before.term) return violated("I2 term", after.term(), before.term);
  if (after.commit() < before.commit) return violated("I2 commit", after.commit(), before.commit);
  if (after.hard_state().commit < before.hard_commit) {
    return violated("I2 written commit", after.hard_state().commit, before.hard_commit);
  }
  // State-machine safety: what is committed stays in its place.
  if (after.last_index() < before.commit) {
    return violated("I5 committed entries stay", after.last_index(), before.commit);
  }
  const bool held = before.commit >= after.base().index;
  if (held && after.term_at(before.commit) != before.commit_term) {
    return violated("I5 committed entries stay", after.term_at(before.commit), before.commit_term);
  }
  if (after.term() != before.term) return std::nullopt;
  if (before.voted_for && after.voted_for() != before.voted_for) {
    return violated("I8 one vote a term", after.voted_for(), before.voted_for);
  }
  // Leader append-only.
  if (before.role != Role::kLeader) return std::nullopt;
  const bool kept = after.last_index() >= before.last_index &&
                    after.term_at(before.last_index) == before.last_term;
  // A leader that stepped down in its own term follows nobody in it.
  if (!kept) return violated("leader append-only", after.last_index(), before.last_index);
  return std::nullopt;
}

std::optional<Violation> check_restart(const HardState& before, const Raft& after) {
  if (after.term() < before.term) return violated("I2 term", after.term(), before.term);
  if (after.commit() < before.commit) return violated("I2 commit", after.commit(), before.commit);
  if (after.term() == before.term && before.voted_for && after.voted_for() != before.voted_for) {
    return violated("I8 vote kept", after.voted_for(), before.voted_for);
  }
  return std::nullopt;
}

}  // namespace plumbline::raft
