#include <utility>

#include "nodes/base/hash.h"
#include "nodes/raft/membership.h"
#include "nodes/raft/quorum.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kAsks{"raft.pre_candidate",
                            "asks who would vote for it in term {a}, log {b}^{c}"};
constexpr trace::Kind kCampaigns{"raft.candidate", "calls for votes of term {a}, log {b}^{c}"};
constexpr trace::Kind kCounts{"raft.counts_vote", "has {b} of {c} votes of term {a}"};
constexpr trace::Kind kLeads{"raft.leader", "leads term {a}, log {b}^{c}"};
const trace::Probe kSplitVote{"raft.split_vote"};
const trace::Probe kDuplicateVote{"raft.duplicate_vote"};

}  // namespace

// The deadlines of a replica that does not lead.
void Raft::wait_on(Step& s) {
  Follower* follower = as_follower();
  if (follower != nullptr && !follower->reads.asked.empty() && s.now >= follower->reads.again_at) {
    ask_leader(s);
  }
  if (may_campaign() && s.now >= volatile_.election_at) campaign(s);
}

void Raft::campaign(Step& s) {
  const auto* candidate = std::get_if<Candidate>(&volatile_.role);
  if (candidate != nullptr && candidate->ballot.opposed) s.sink.reached(kSplitVote);
  ++volatile_.attempt;
  options_.pre_vote ? start_pre_vote(s) : start_election(s, false);
}

void Raft::start_pre_vote(Step& s) {
  leave_role(s);
  volatile_.role = PreCandidate();
  restart_election_timer(s);
  const Term wanted = term().next();
  s.sink.emit(kAsks, wanted.value, last_index().value, persistent_.log.last_term().value);
  for (const ReplicaId voter : voters_of(configuration())) {
    if (voter == self()) continue;
    Message ask = message_to(voter, MessageKind::kPreVote);
    ask.term = wanted;
    ask.index = last_index();
    ask.log_term = persistent_.log.last_term();
    ask.round = volatile_.attempt;
    send(s, ask, Ticket());
  }
  count_pre_vote(s, self());
}

void Raft::start_election(Step& s, bool transfer) {
  leave_role(s);
  const Term wanted = term().next();
  persistent_.hard_state.term = wanted;
  persistent_.hard_state.voted_for = self();
  volatile_.attempt = 0;
  save_hard_state(s);
  volatile_.role = Candidate();
  restart_election_timer(s);
  s.sink.emit(kCampaigns, wanted.value, last_index().value, persistent_.log.last_term().value);
  for (const ReplicaId voter : voters_of(configuration())) {
    if (voter == self()) continue;
    Message call = message_to(voter, MessageKind::kVote);
    call.index = last_index();
    call.log_term = persistent_.log.last_term();
    call.round = volatile_.attempt;
    call.transfer = transfer;
    // Else a crash could let it call for votes of this term again, or give its own to another.
    send(s, call, volatile_.durability.of_hard_state());
  }
}

// REQUIRES: this replica is a pre-candidate.
void Raft::count_pre_vote(Step& s, ReplicaId voter) {
  if (!is_voter(configuration(), voter)) return;
  Ballot& ballot = std::get<PreCandidate>(volatile_.role).ballot;
  if (!ballot.grant(voter)) return s.sink.reached(kDuplicateVote);
  if (is_quorum(configuration(), ballot.granted)) start_election(s, false);
}

// REQUIRES: this replica is a candidate.
void Raft::count_vote(Step& s, ReplicaId voter) {
  if (!is_voter(configuration(), voter)) return;
  Ballot& ballot = std::get<Candidate>(volatile_.role).ballot;
  if (!ballot.grant(voter)) return s.sink.reached(kDuplicateVote);
  s.sink.emit(kCounts, term().value, ballot.granted.size(), voters_of(configuration()).size());
  if (is_quorum(configuration(), ballot.granted)) become_leader(s);
}

void Raft::become_leader(Step& s) {
  s.sink.emit(kLeads, term().value, last_index().value, persistent_.log.last_term().value);
  Leader leader;
  leader.heartbeat_at = s.now + options_.heartbeat_interval;
  leader.check_quorum_at = s.now + options_.election_timeout;
  for (LogIndex i = commit().next(); i <= last_index(); i = i.next()) {
    leader.uncommitted_bytes += entry(i).payload.size();
  }
  volatile_.role = std::move(leader);
  refresh_peers(last_index().next());
  if (options_.noop_on_election) {
    const Entry noop{term(), EntryKind::kNoop, Blob()};
    store_entries(s, last_index().next(), &noop, &noop + 1);
    replicate_to_all(s);
  } else {
    heartbeat(s);
  }
  tend_members(s);
}

void Raft::restart_election_timer(Step& s) { volatile_.election_at = s.now + election_timeout(); }

// From [1, 2) times the minimum. Drawn from what the time-out is for, so that nothing else that
// happens here or elsewhere changes it.
Duration Raft::election_timeout() const {
  const auto least = static_cast<std::uint64_t>(options_.election_timeout.ns);
  if (least == 0) return Duration();
  std::uint64_t bits = combine(options_.timeout_seed, self().value);
  bits = combine(combine(bits, term().value), volatile_.attempt);
  return Duration{static_cast<std::int64_t>(least + bits % least)};
}

// A candidate whose own vote is not on its disk yet has asked nobody. To stand again, with a later
// term to be written, would only make it ask later still: a slow disk would do that for ever, and
// depose by each of its terms who might have won meanwhile.
bool Raft::awaits_own_vote() const {
  return std::holds_alternative<Candidate>(volatile_.role) && volatile_.durability.of_hard_state();
}

// Thesis 4.2.2: who is removed by an entry that is not known to be committed may be needed to
// commit it, for nobody else may hold as much.
bool Raft::may_campaign() const {
  if (in_doubt()) return false;
  if (is_voter(configuration(), self())) return true;
  if (configuration_index() <= commit()) return false;
  return is_voter(meta_at(configuration_index().previous()).configuration, self());
}

}  // namespace plumbline::raft
