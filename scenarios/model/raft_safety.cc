#include "scenarios/model/raft_safety.h"

#include <algorithm>
#include <string>
#include <utility>

#include "nodes/base/hash.h"
#include "nodes/raft/quorum.h"

namespace plumbline::model {
namespace {

std::string name(unsigned who) { return "r" + std::to_string(who + 1); }

std::string entry_text(std::size_t index, std::uint64_t term) {
  return std::to_string(index) + "^" + std::to_string(term);
}

// No later election can be won, and no vote given, in a term below.
std::uint8_t least_disk_term(const RaftSpace& space, const RaftState& state) {
  std::uint8_t least = UINT8_MAX;
  for (unsigned i = 0; i < replicas_of(space.scope()); ++i) {
    least = std::min(least, space.facts(state.replicas[i]).disk_term);
  }
  return least;
}

// The greatest index at which both hold an entry of one term; zero when there is none.
std::size_t last_in_common(const LogFacts& a, const LogFacts& b) {
  const std::size_t known = std::max(a.base, b.base);
  std::size_t index = std::min(a.last, b.last);
  while (index > known && a.terms[index] != b.terms[index]) --index;
  return index;
}

}  // namespace

RaftSafety::RaftSafety(RaftSpace& space) : space_(space), known_(std::size_t{1} << 16) {}

void RaftSafety::extend_again(const RaftSpace::Recipe& recipe) {
  extend(recipe.of, recipe.argument, (recipe.more & 1U) != 0,
         static_cast<std::uint8_t>(recipe.more >> 1));
}

std::optional<Finding> RaftSafety::stepped(RaftState& state, unsigned who, std::uint32_t before,
                                           const RaftSteps::Outcome& outcome) {
  if (outcome.wrote) {
    if (auto finding = matching(state, who)) return finding;
    if (auto finding = base_is_committed(state, who)) return finding;
    if (auto finding = configurations_overlap(before, outcome.replica)) return finding;
  }
  const bool told = outcome.elected || outcome.committed;
  const bool forgets = space_.facts(before).disk_term != space_.facts(outcome.replica).disk_term;
  if (!told && !forgets) return std::nullopt;
  if (outcome.elected) {
    if (auto finding = elected(state, who)) return finding;
  }
  if (outcome.committed) {
    if (auto finding = committed(state, who, before)) return finding;
  }
  state.history =
      extended(state.history, outcome.replica, outcome.elected, least_disk_term(space_, state));
  return std::nullopt;
}

std::optional<Finding> RaftSafety::elected(const RaftState& state, unsigned who) const {
  const RaftFacts& facts = space_.facts(state.replicas[who]);
  const RaftHistory& history = space_.history(state.history);
  const std::uint8_t leader = history.leaders.at(facts.term);
  if (leader != 0 && leader != who + 1) {
    return Finding{"I1 one leader a term", "r" + std::to_string(leader) + " and " + name(who) +
                                               " both led term " + std::to_string(facts.term)};
  }
  for (std::size_t i = 0; i < history.committed.size(); ++i) {
    const RaftHistory::Committed& one = history.committed[i];
    if (one.in >= facts.term || facts.log.holds(i + 1, hash(one.entry))) continue;
    return Finding{"I4 leader completeness",
                   name(who) + " leads term " + std::to_string(facts.term) + " without " +
                       entry_text(i + 1, one.entry.term.value) + ", which was committed before"};
  }
  return std::nullopt;
}

std::optional<Finding> RaftSafety::committed(const RaftState& state, unsigned who,
                                             std::uint32_t before) const {
  const RaftFacts& facts = space_.facts(state.replicas[who]);
  const RaftHistory& history = space_.history(state.history);
  for (std::size_t i = 1; i <= facts.commit; ++i) {
    const std::string here = entry_text(i, facts.log.terms[i]);
    if (i <= history.committed.size()) {
      const raft::Entry& entry = history.committed[i - 1].entry;
      if (facts.log.holds(i, hash(entry))) continue;
      return Finding{"I5 state machine safety", name(who) + " takes " + here +
                                                    " for committed, where " +
                                                    entry_text(i, entry.term.value) + " was"};
    }
    if (i <= facts.log.base || !is_on_a_quorum(state, i, who, before)) {
      return Finding{
          "I6 committed means durable on a quorum",
          name(who) + " takes " + here + " for committed, which is not on the disks of a quorum"};
    }
  }
  return std::nullopt;
}

std::uint32_t RaftSafety::extended(std::uint32_t history, std::uint32_t replica, bool elected,
                                   std::uint8_t least_term) {
  PLUMB_ASSERT(history < (1U << 24));
  const std::uint64_t key = (std::uint64_t{replica} << 32) | (std::uint64_t{history} << 8) |
                            (std::uint64_t{least_term} << 1) | (elected ? 1U : 0U);
  Extension& known = known_[mix(key) & (known_.size() - 1)];
  if (known.key != key) known = Extension{key, extend(history, replica, elected, least_term)};
  return known.history;
}

// Entries share their payloads with cores: the lock is for every copy of one.
std::uint32_t RaftSafety::extend(std::uint32_t id, std::uint32_t replica, bool elected,
                                 std::uint8_t least_term) {
  const std::lock_guard<std::mutex> lock(space_.mutex());
  const raft::Raft& core = space_.replica(replica).core;
  const RaftFacts& facts = space_.facts(replica);
  RaftHistory history = space_.history(id);
  if (elected) history.leaders.at(facts.term) = static_cast<std::uint8_t>(core.self().value);
  for (std::size_t i = history.committed.size() + 1; i <= facts.commit; ++i) {
    if (i <= facts.log.base) continue;  // never in a walk without a finding
    history.committed.push_back({core.entry(LogIndex(i)), facts.term});
  }
  history.forget_below(least_term);
  const std::size_t parts_before = space_.parts();
  const std::uint32_t extended = space_.add(std::move(history));
  space_.note({RaftSpace::Recipe::kExtendsHistory, id, replica,
               std::uint32_t{least_term} << 1 | (elected ? 1U : 0U)},
              parts_before);
  return extended;
}

// Of the configuration in force when it was counted: a leader may leave the joint phase in the very
// step that commits it.
bool RaftSafety::is_on_a_quorum(const RaftState& state, std::size_t index, unsigned who,
                                std::uint32_t before) const {
  const LogFacts& log = space_.facts(state.replicas[who]).log;
  raft::Voters holders;
  for (unsigned i = 0; i < replicas_of(space_.scope()); ++i) {
    const LogFacts& disk = space_.facts(state.replicas[i]).disk_log;
    bool holds = true;
    for (std::size_t at = log.base + 1U; at <= index && holds; ++at)
      holds = disk.holds(at, log.hashes[at]);
    if (holds) holders.push_back(ReplicaId(i + 1));
  }
  return raft::is_quorum(space_.replica(before).core.configuration(), holders);
}

// What a log begins behind stands for the committed entries up to there.
std::optional<Finding> RaftSafety::base_is_committed(const RaftState& state, unsigned who) const {
  const LogFacts& log = space_.facts(state.replicas[who]).log;
  const RaftHistory& history = space_.history(state.history);
  if (log.base == 0) return std::nullopt;
  const bool known = log.base <= history.committed.size();
  if (known && history.committed[log.base - 1U].entry.term.value == log.terms[log.base]) {
    return std::nullopt;
  }
  return Finding{"I5 state machine safety", "the log of " + name(who) + " begins behind " +
                                                entry_text(log.base, log.terms[log.base]) +
                                                ", which was not committed"};
}

// I9, of the leader that changes them. Groups here are small: all sets of replicas are tried.
std::optional<Finding> RaftSafety::configurations_overlap(std::uint32_t before,
                                                          std::uint32_t after) const {
  const raft::Raft& a = space_.replica(before).core;
  const raft::Raft& b = space_.replica(after).core;
  if (a.leading() == nullptr || b.leading() == nullptr) return std::nullopt;
  if (a.configuration() == b.configuration()) return std::nullopt;
  const unsigned replicas = replicas_of(space_.scope());
  for (unsigned set = 0; set < 1U << replicas; ++set) {
    raft::Voters in;
    raft::Voters out;
    for (unsigned i = 0; i < replicas; ++i) {
      (set >> i & 1U ? in : out).push_back(ReplicaId(i + 1));
    }
    if (!raft::is_quorum(a.configuration(), in) || !raft::is_quorum(b.configuration(), out))
      continue;
    return Finding{"I9 quorums overlap", "r" + std::to_string(b.self().value) +
                                             " goes from one configuration to another, and a "
                                             "quorum of each has nobody in common"};
  }
  return std::nullopt;
}

std::optional<Finding> RaftSafety::matching(const RaftState& state, unsigned who) const {
  const LogFacts& log = space_.facts(state.replicas[who]).log;
  for (unsigned i = 0; i < replicas_of(space_.scope()); ++i) {
    if (i == who) continue;
    const LogFacts& other = space_.facts(state.replicas[i]).log;
    const std::size_t common = last_in_common(log, other);
    for (std::size_t at = std::max(log.base, other.base) + 1U; at <= common; ++at) {
      if (log.hashes[at] == other.hashes[at]) continue;
      return Finding{"I3 log matching", name(who) + " and " + name(i) + " agree at " +
                                            entry_text(common, log.terms[common]) +
                                            " and differ at " + std::to_string(at)};
    }
  }
  return std::nullopt;
}

}  // namespace plumbline::model
