#include <algorithm>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kSynced{"raft.synced", "has its log on disk up to {a}"};
constexpr trace::Kind kConfigured{
    "raft.configured", "goes by entry {b}: {a} voters, {c} of them before, {d} learners"};
const trace::Probe kJoint{"raft.joint_configuration", trace::Probe::Need::kOptional};
const trace::Probe kSyncAfterTruncation{"raft.sync_after_truncation"};

}  // namespace

// Everything that one step makes durable is one batch under one ticket.
Persist& Raft::batch(Step& s) {
  if (!s.update.persist) {
    s.update.persist.emplace();
    s.update.persist->ticket = volatile_.durability.issue();
  }
  return *s.update.persist;
}

void Raft::save_hard_state(Step& s) {
  // The commit index rides along: no sync is ever made for it, and it names durable entries only,
  // so that the log of every restart reaches it.
  persistent_.hard_state.commit = std::min(commit(), durable_index());
  Persist& persist = batch(s);
  persist.hard_state = persistent_.hard_state;
  volatile_.durability.wrote_hard_state(persist.ticket);
}

void Raft::store_entries(Step& s, LogIndex first, const Entry* begin, const Entry* end) {
  PLUMB_ASSERT(begin != end);
  Persist& persist = batch(s);
  if (persist.entries.empty()) persist.first = first;
  PLUMB_ASSERT(first == persist.first.plus(persist.entries.size()), "one step writes one stretch");
  persist.entries.append(begin, end);

  Log& log = persistent_.log;
  log.truncate_after(first.previous());
  for (const Entry* entry = begin; entry != end; ++entry) log.append(*entry);
  volatile_.durability.wrote_entries(persist.ticket, first, last_index());
  refresh_configuration(s, first);
}

void Raft::compact_log(Step& s, const SnapshotMeta& base) {
  batch(s).base = base;
  persistent_.log.compact(base);
}

void Raft::restart_log(Step& s, const SnapshotMeta& base) {
  Persist& persist = batch(s);
  PLUMB_ASSERT(persist.entries.empty());
  persist.base = base;
  persist.keep_tail = false;
  persistent_.log.restart(base);
  volatile_.durability.restarted(persist.ticket, base.index, commit());
  refresh_configuration(s, LogIndex());
}

// A replica uses the last configuration in its log, and goes back to the one before when that entry
// is cut off (thesis 4.1).
void Raft::refresh_configuration(Step& s, LogIndex changed_from) {
  const bool replaced = volatile_.configuration_index >= changed_from;
  // Else what lies before says what it said, and a long log is not read for each entry.
  if (!replaced && !persistent_.log.last_configuration(changed_from, last_index())) return;
  const SnapshotMeta last = meta_at(last_index());
  volatile_.configuration = last.configuration;
  volatile_.configuration_index = last.configuration_index;
  const Configuration& now = volatile_.configuration;
  if (now.joint()) s.sink.reached(kJoint);
  s.sink.emit(kConfigured, now.voters.size(), last.configuration_index.value, now.outgoing.size(),
              now.learners.size());
  // Who is new is told at once that it belongs.
  if (leading() != nullptr) refresh_peers(last_index());
}

void Raft::synced(Step& s, Ticket ticket) {
  const LogIndex before = durable_index();
  if (volatile_.durability.synced(ticket)) s.sink.reached(kSyncAfterTruncation);
  if (durable_index() > before) s.sink.emit(kSynced, durable_index().value);
  // A vote for oneself is a vote like any other: it counts once no crash can take it back.
  if (role() == Role::kCandidate && !awaits_own_vote()) {
    // Its call leaves now, and is given its time.
    if (s.now >= volatile_.election_at) restart_election_timer(s);
    count_vote(s, self());
  }
  settle_doubt(s);
  if (leading() == nullptr) return;
  maybe_commit(s);
  tend_members(s);
}

}  // namespace plumbline::raft
