#include "tests/nodes_raft/safety.h"

#include <algorithm>

#include "nodes/base/hash.h"
#include "nodes/raft/quorum.h"
#include "tests/nodes_raft/cluster.h"

namespace plumbline::raft::testing {
namespace {

std::uint64_t extend(std::uint64_t chain, const Entry& entry) {
  chain = combine(chain, entry.term.value);
  return combine(hash_bytes(entry.payload.view(), chain), static_cast<std::uint64_t>(entry.kind));
}

std::string text(std::uint64_t number) { return std::to_string(number); }

}  // namespace

void Safety::report(const std::string& invariant, ReplicaId id, const std::string& detail) {
  if (!violation_) violation_ = invariant + " at r" + text(id.value) + ": " + detail;
}

std::vector<Safety::Chain> Safety::chains_of(const Raft::Recovered& disk) const {
  std::vector<Chain> chains;
  for (std::size_t i = 0; i < disk.base.index.value && i < committed_.size(); ++i) {
    chains.push_back(committed_[i].chain);
  }
  for (const Entry& entry : disk.entries) {
    chains.push_back(extend(chains.empty() ? 0 : chains.back(), entry));
  }
  return chains;
}

bool Safety::holds(const Raft::Recovered& disk, LogIndex index, Chain chain) const {
  if (!index) return true;
  const std::vector<Chain> chains = chains_of(disk);
  return index.value <= chains.size() && chains[index.value - 1] == chain;
}

void Safety::stepped(const Cluster& cluster, ReplicaId id, const Snapshot& before) {
  const Raft& core = *cluster.at(id).core;
  if (const auto violation = check(core)) report(violation->invariant, id, violation->detail);
  if (const auto v = check_step(before, core)) report(v->invariant, id, v->detail);
  check_log_matching(id, core);
  if (violation_) return;
  if (core.role() == Role::kLeader) check_leader(cluster, id);
  check_commit(cluster, id, before);
}

void Safety::restarted(const Cluster& cluster, ReplicaId id) {
  const Raft& core = *cluster.at(id).core;
  if (const auto violation = check(core)) report(violation->invariant, id, violation->detail);
  if (const auto v = check_restart(told_[id], core)) report(v->invariant, id, v->detail);
  logs_[id].clear();
  seen_commit_[id] = LogIndex();
  check_log_matching(id, core);
  // Of the first configuration alone everybody knows from the beginning that it is committed.
  if (committed_.empty()) committed_.push_back({logs_[id].at(0), Term(1)});
  check_commit(cluster, id, Snapshot(core));
}

void Safety::check_log_matching(ReplicaId id, const Raft& core) {
  std::vector<Chain>& known = logs_[id];
  known.resize(std::min<std::size_t>(known.size(), core.last_index().value));
  const SnapshotMeta& base = core.base();
  if (base.index > committed()) {
    return report("I4 leader completeness", id,
                  "begins its log behind " + text(base.index.value) + ", never committed");
  }
  for (std::size_t i = 0; i < base.index.value; ++i) {
    if (i < known.size() && known[i] == committed_[i].chain) continue;
    known.resize(i);
    known.push_back(committed_[i].chain);
  }
  Chain chain = base.index ? known[base.index.value - 1] : 0;
  for (LogIndex i = base.index.next(); i <= core.last_index(); i = i.next()) {
    chain = extend(chain, core.entry(i));
    if (known.size() >= i.value && known[i.value - 1] == chain) continue;
    known.resize(i.value - 1);
    known.push_back(chain);
    const auto [first, fresh] = chains_.emplace(std::pair(i, core.term_at(i)), chain);
    if (!fresh && first->second != chain) {
      report("I3 log matching", id,
             "index " + text(i.value) + " of term " + text(core.term_at(i).value) +
                 " differs from another's");
    }
  }
}

void Safety::check_leader(const Cluster& cluster, ReplicaId id) {
  const Raft& core = *cluster.at(id).core;
  const auto [first, fresh] = leaders_.emplace(core.term(), id);
  if (first->second != id) {
    report(
        "I1 election safety", id,
        "term " + text(core.term().value) + " has leader r" + text(first->second.value) + " too");
  }
  const std::vector<Chain>& log = logs_[id];
  for (std::size_t i = 0; fresh && i < committed_.size(); ++i) {
    if (committed_[i].in_term >= core.term()) continue;
    if (i >= log.size() || log[i] != committed_[i].chain) {
      return report("I4 leader completeness", id, "lacks committed index " + text(i + 1));
    }
  }
  check_vote(id, core.term(), id);
  check_matches(cluster, id);
}

void Safety::check_matches(const Cluster& cluster, ReplicaId id) {
  const Raft& core = *cluster.at(id).core;
  for (const Progress& peer : core.leading()->peers) {
    const Cluster::Node& node = cluster.at(peer.id);
    // One that has left for a later term may have replaced what was never committed.
    if (node.disk.hard_state.term > core.term()) continue;
    const std::uint64_t match = peer.match.value;
    const Chain chain = match == 0 ? 0 : logs_[id][match - 1];
    // What a damaged disk has lost was there when it was acknowledged.
    const bool held = node.before_damage && holds(*node.before_damage, peer.match, chain);
    if (held || holds(node.disk, peer.match, chain)) continue;
    report("I7 match", id, "r" + text(peer.id.value) + " lacks " + text(match));
  }
}

void Safety::check_commit(const Cluster& cluster, ReplicaId id, const Snapshot& before) {
  const Raft& core = *cluster.at(id).core;
  const std::vector<Chain>& log = logs_[id];
  if (core.commit() > committed()) commits_first(cluster, id, before);
  LogIndex& seen = seen_commit_[id];
  for (; seen < core.commit() && !violation_; seen = seen.next()) {
    if (log.at(seen.value) != committed_.at(seen.value).chain) {
      report("I5 state-machine safety", id, "commits another entry at " + text(seen.value + 1));
    }
  }
}

void Safety::commits_first(const Cluster& cluster, ReplicaId id, const Snapshot& before) {
  const Raft& core = *cluster.at(id).core;
  const std::string index = text(core.commit().value);
  const bool led = before.role == Role::kLeader && before.term == core.term();
  if (!led && core.role() != Role::kLeader) {
    report("I5 state-machine safety", id, "commits " + index + " before any leader");
  } else if (core.term_at(core.commit()) != core.term()) {
    report("I6 commit of its own term", id, "commits " + index + " of an earlier term");
  }
  const Chain chain = logs_[id].at(core.commit().value - 1);
  Voters holders;
  for (const ReplicaId other : cluster.ids()) {
    const Cluster::Node& node = cluster.at(other);
    const bool held = node.before_damage && holds(*node.before_damage, core.commit(), chain);
    if (held || holds(node.disk, core.commit(), chain)) holders.push_back(other);
  }
  const LogIndex asked = std::max(before.last_index, core.commit());
  if (!is_quorum(core.meta_at(asked).configuration, holders)) {
    report("I6 durable on a quorum", id,
           "commits " + index + ", on " + text(holders.size()) + " disks");
  }
  while (committed() < core.commit()) {
    committed_.push_back({logs_[id].at(committed_.size()), core.term()});
  }
  for (const ReplicaId other : cluster.ids()) {
    const auto& rival = cluster.at(other).core;
    if (!rival || rival->role() != Role::kLeader || rival->term() <= core.term()) continue;
    const std::vector<Chain>& log = logs_[other];
    if (log.size() < committed().value || log[committed().value - 1] != committed_.back().chain) {
      report("I4 leader completeness", other, "leads without " + index + ", committed since");
    }
  }
}

void Safety::check_vote(ReplicaId voter, Term term, ReplicaId candidate) {
  const auto [first, fresh] = votes_.emplace(std::pair(voter, term), candidate);
  if (first->second != candidate) {
    report("I8 one vote a term", voter,
           "votes for r" + text(first->second.value) + " and r" + text(candidate.value) +
               " in term " + text(term.value));
  }
}

void Safety::leaves(const Cluster& cluster, const Message& m) {
  const Raft::Recovered& disk = cluster.at(m.from).disk;
  const bool answers = m.kind == MessageKind::kVoteReply || m.kind == MessageKind::kAppendReply;
  if (answers || m.kind == MessageKind::kVote || m.kind == MessageKind::kAppend) {
    if (disk.hard_state.term < m.term) report("I10 term", m.from, "is told before it is durable");
    HardState& told = told_[m.from];
    told.term = std::max(told.term, m.term);
  }
  const bool votes =
      (m.kind == MessageKind::kVoteReply && !m.reject) || m.kind == MessageKind::kVote;
  if (votes) {
    const ReplicaId candidate = m.kind == MessageKind::kVote ? m.from : m.to;
    check_vote(m.from, m.term, candidate);
    if (disk.hard_state.term == m.term && disk.hard_state.voted_for != candidate) {
      report("I10 vote", m.from, "is told before it is durable");
    }
  }
  const bool holds = m.kind == MessageKind::kAppendReply && !m.reject;
  if (holds && disk.hard_state.term == m.term &&
      disk.base.index.plus(disk.entries.size()) < m.index) {
    report("I10 entries", m.from, "are acknowledged before they are durable");
  }
}

}  // namespace plumbline::raft::testing
