// I3: entries of one index and term are one entry, and what lies before them is the same too. And
// what of a log survives a restart (I2, I10): everything that was synced.

#include <algorithm>

#include "scenarios/invariants/raft_invariants.h"

namespace plumbline::scenarios {
namespace {

// Positions of a log that are compared again after each event, round and round: what was
// overwritten in the middle is found within a few events at no cost that grows with the log.
constexpr int kComparedAgain = 2;

std::string at(LogIndex index) { return std::to_string(index.value); }
std::string name(NodeId node) { return "n" + std::to_string(node.value); }

}  // namespace

void RaftInvariants::observe_start(Mirror& mirror, const replica::Replica& replica) {
  const raft::Raft& core = *replica.core();
  if (mirror.replica != core.self()) {
    mirror = Mirror{.node = mirror.node,
                    .replica = core.self(),
                    .damages_at_start = mirror.damages_at_start,
                    .life = mirror.life};
  }
  if (mirror.incarnation) check_restart(mirror, core);
  if (violation_) return;
  mirror.incarnation = simulation_.incarnation(mirror.node);
  mirror.damages_before = mirror.damages_at_start;
  mirror.group = replica.options().group;
  mirror.log_options = replica.options().log;
  mirror.before.reset();
  mirror.commit = core.base().index;
  mirror.applied = {};
  mirror.base = {};
  mirror.log.clear();
  mirror.cursor = 0;
}

// A damaged disk excuses no forgotten term or vote, for they are in two places; and lost entries
// only when the replica says so, or when they were the last batch.
void RaftInvariants::check_restart(Mirror& mirror, const raft::Raft& core) {
  const Harm harm = harm_to(mirror);
  raft::HardState promised = mirror.promised;
  // What is lost counts as committed no longer.
  if (harm != Harm::kNone) promised.commit = {};
  const auto broken = raft::check_restart(promised, core);
  if (broken && harm != Harm::kOften) {
    return fail(broken->invariant, name(mirror.node) + " restarted: " + broken->detail);
  }
  const raft::Doubt& doubt = core.hard_state().doubt;
  for (LogIndex i = core.base().index.next(); i <= mirror.durable; i = i.next()) {
    if (i <= core.last_index() && mirror.holds(i, logged(core.entry(i)))) continue;
    const bool said = doubt && doubt.until >= mirror.durable;
    const bool excused =
        harm == Harm::kOften || (harm == Harm::kOnce && (said || i > mirror.durable_before));
    if (excused) {
      mirror.lost_up_to = std::max(mirror.lost_up_to, mirror.durable);
      return;
    }
    return fail("I10 durability", name(mirror.node) + " had synced entry " + at(i) + " of term " +
                                      std::to_string(mirror.log[i.value - 1].term.value) +
                                      " and does not hold it after its restart");
  }
}

void RaftInvariants::observe_log(Mirror& mirror, const raft::Raft& core) {
  if (mirror.base != core.base().index) observe_base(mirror, core);
  if (violation_) return;
  // The mirror's tail that the log no longer has as it was.
  const std::size_t base = core.base().index.value;
  std::size_t same = std::min<std::size_t>(mirror.log.size(), core.last_index().value);
  while (same > base && mirror.log[same - 1].term != core.term_at(LogIndex(same))) --same;
  compare_log_from(mirror, core, LogIndex(same + 1));
  for (int i = 0; i < kComparedAgain && mirror.log.size() > base; ++i) {
    const LogIndex index(1 + base + mirror.cursor++ % (mirror.log.size() - base));
    const LoggedEntry now = logged(core.entry(index));
    if (mirror.holds(index, now)) continue;
    compare_log_from(mirror, core, index);
  }
}

// A log that begins behind a snapshot stands for what was committed up to there (thesis 5.1).
void RaftInvariants::observe_base(Mirror& mirror, const raft::Raft& core) {
  const raft::SnapshotMeta& base = core.base();
  const std::string who = name(mirror.node) + " begins its log behind entry " + at(base.index);
  if (base.index.value > committed_.size()) {
    return fail("I4 leader completeness", who + ", which was never committed");
  }
  if (base.index && committed_[base.index.value - 1].entry.term != base.term) {
    return fail("I3 log matching",
                who + " of term " + std::to_string(base.term.value) + ", which is one of term " +
                    std::to_string(committed_[base.index.value - 1].entry.term.value));
  }
  std::size_t same = std::min<std::size_t>(mirror.log.size(), base.index.value);
  while (same > 0 && mirror.log[same - 1] != committed_[same - 1].entry) --same;
  if (same < base.index.value) {
    mirror.log.resize(same);
    for (std::size_t i = same; i < base.index.value; ++i) {
      mirror.log.push_back(committed_[i].entry);
    }
  }
  mirror.base = base.index;
}

// REQUIRES: first > core.base().index.
void RaftInvariants::compare_log_from(Mirror& mirror, const raft::Raft& core, LogIndex first) {
  mirror.log.resize(std::min<std::size_t>(mirror.log.size(), first.value - 1));
  for (LogIndex i = first; i <= core.last_index(); i = i.next()) {
    mirror.log.push_back(logged(core.entry(i)));
    know_entry(mirror, core, i);
  }
}

void RaftInvariants::know_entry(const Mirror& mirror, const raft::Raft& core, LogIndex index) {
  const LoggedEntry& entry = mirror.log[index.value - 1];
  const LoggedEntry previous = index.value == 1 ? LoggedEntry{} : mirror.log[index.value - 2];
  const auto [known, fresh] =
      known_.try_emplace({index, entry.term}, Known{entry.payload, previous});
  if (fresh) return know_configuration(mirror, core, index);
  const std::string which = "entry " + at(index) + " of term " + std::to_string(entry.term.value);
  if (known->second.payload != entry.payload) {
    fail("I3 log matching", which + " on " + name(mirror.node) + " is not the one known before");
  } else if (known->second.previous != previous) {
    fail("I3 log matching", which + " on " + name(mirror.node) + " follows an entry of term " +
                                std::to_string(previous.term.value) +
                                ", elsewhere it follows one of term " +
                                std::to_string(known->second.previous.term.value));
  }
}

}  // namespace plumbline::scenarios
