#include <utility>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kProposed{"raft.proposed", "appends {b} entries at {a} in term {c}"};
constexpr trace::Kind kSnapshot{"raft.snapshot_sent",
                                "sends r{a} its snapshot {b}^{c}: the log lacks entry {d}"};
const trace::Probe kBackpressure{"raft.proposal_refused_backpressure",
                                 trace::Probe::Need::kOptional};
const trace::Probe kSnapshotSent{"raft.snapshot_sent", trace::Probe::Need::kOptional};

}  // namespace

void Raft::propose(Step& s, const Propose& proposal) {
  s.update.refusal = refusal_of(proposal);
  if (s.update.refusal == Refusal::kBackpressure) s.sink.reached(kBackpressure);
  if (s.update.refusal != Refusal::kNone) return;
  PLUMB_ASSERT(!proposal.entries.empty());
  Entries entries = proposal.entries;
  for (Entry& entry : entries) {
    PLUMB_ASSERT(entry.kind != EntryKind::kConfiguration,
                 "members change by a request of their own");
    entry.term = term();
    as_leader()->uncommitted_bytes += entry.payload.size();
  }
  s.update.accepted = last_index().next();
  s.sink.emit(kProposed, s.update.accepted.value, entries.size(), term().value);
  store_entries(s, s.update.accepted, entries.begin(), entries.end());
  replicate_to_all(s);
}

// What is refused never enters the log. A log that is not committed grows no further than the
// bound, or a leader without followers would fill its memory.
Refusal Raft::refusal_of(const Propose& proposal) const {
  const Leader* leader = leading();
  if (leader == nullptr) return Refusal::kNotLeader;
  if (leader->transfer.to) return Refusal::kTransferring;
  std::uint64_t bytes = leader->uncommitted_bytes;
  if (bytes == 0) return Refusal::kNone;
  for (const Entry& entry : proposal.entries) bytes += entry.payload.size();
  return bytes > options_.uncommitted_bytes_max ? Refusal::kBackpressure : Refusal::kNone;
}

void Raft::replicate_to_all(Step& s) {
  for (Progress& peer : as_leader()->peers) replicate(s, peer);
}

// Sends what the follower's window allows. The leader's own write may be still under way (thesis
// 10.2.1): the term in which it may be told is durable since the election.
void Raft::replicate(Step& s, Progress& peer) {
  while (peer.next <= last_index() && peer.may_send_entries(options_)) {
    if (peer.next <= base().index) return send_snapshot(s, peer);
    const Entries entries = persistent_.log.slice(peer.next, options_.entries_per_append_max,
                                                  options_.bytes_per_append_max);
    const LogIndex last = peer.next.previous().plus(entries.size());
    std::uint64_t bytes = 0;
    for (const Entry& entry : entries) bytes += entry.payload.size();
    send_append(s, peer, entries);
    peer.sent_entries(last, bytes);
  }
}

void Raft::send_append(Step& s, Progress& peer, Entries entries) {
  Message append = message_to(peer.id, MessageKind::kAppend);
  // Who lacks what the log no longer holds is only told that somebody leads.
  append.index = peer.next.previous() < base().index ? LogIndex() : peer.next.previous();
  append.log_term = append.index ? term_at(append.index) : Term();
  append.commit = commit();
  append.round = ++peer.round;
  append.entries = std::move(entries);
  send(s, std::move(append), Ticket());
}

// Thesis 5.1, figure 5.3: for a follower that lacks what this log no longer holds.
void Raft::send_snapshot(Step& s, Progress& peer) {
  const SnapshotMeta& meta = volatile_.snapshot;
  PLUMB_ASSERT(meta.index >= base().index);
  s.sink.reached(kSnapshotSent);
  s.sink.emit(kSnapshot, peer.id.value, meta.index.value, meta.term.value, peer.next.value);
  Message message = message_to(peer.id, MessageKind::kSnapshot);
  message.index = meta.index;
  message.log_term = meta.term;
  message.commit = commit();
  message.round = ++peer.round;
  message.hint = meta.configuration_index;
  message.entries.push_back(
      Entry{meta.term, EntryKind::kConfiguration, encode(meta.configuration)});
  peer.sent_snapshot(meta.index);
  send(s, std::move(message), Ticket());
}

}  // namespace plumbline::raft
