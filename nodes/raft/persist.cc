#include <algorithm>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kSynced{"raft.synced", "has its log on disk up to {a}"};
constexpr trace::Kind kConfigured{"raft.configured", "is one of {a} voters since entry {b}"};
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
  PLUMB_ASSERT(persist.entries.empty());
  persist.first = first;
  persist.entries.append(begin, end);

  Log& log = persistent_.log;
  log.truncate_after(first.previous());
  for (const Entry* entry = begin; entry != end; ++entry) log.append(*entry);
  volatile_.durability.wrote_entries(persist.ticket, first, last_index());
  refresh_configuration(s, first);
}

// A replica uses the last configuration in its log, and goes back to the one before when that entry
// is cut off (thesis 4.1).
void Raft::refresh_configuration(Step& s, LogIndex changed_from) {
  const bool cut_off = volatile_.configuration_index >= changed_from;
  const LogIndex search_from = cut_off ? LogIndex(1) : changed_from;
  const LogIndex index = persistent_.log.last_configuration(search_from);
  if (!index) return;
  const auto configuration = decode_configuration(entry(index).payload.view());
  PLUMB_ASSERT(configuration.has_value());
  volatile_.configuration = *configuration;
  volatile_.configuration_index = index;
  s.sink.emit(kConfigured, configuration->voters.size(), index.value);
}

void Raft::synced(Step& s, Ticket ticket) {
  const LogIndex before = durable_index();
  if (volatile_.durability.synced(ticket)) s.sink.reached(kSyncAfterTruncation);
  if (durable_index() > before) s.sink.emit(kSynced, durable_index().value);
  // A vote for oneself is a vote like any other: it counts once no crash can take it back.
  if (role() == Role::kCandidate && !volatile_.durability.of_hard_state()) count_vote(s, self());
  if (leading() != nullptr) maybe_commit(s);
}

}  // namespace plumbline::raft
