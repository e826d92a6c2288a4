#include <utility>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kProposed{"raft.proposed", "appends {b} entries at {a} in term {c}"};

}  // namespace

void Raft::propose(Step& s, const Propose& proposal) {
  if (leading() == nullptr) return;
  PLUMB_ASSERT(!proposal.entries.empty());
  Entries entries = proposal.entries;
  for (Entry& entry : entries) {
    PLUMB_ASSERT(entry.kind != EntryKind::kConfiguration,
                 "members change by a request of their own");
    entry.term = term();
  }
  s.update.accepted = last_index().next();
  s.sink.emit(kProposed, s.update.accepted.value, entries.size(), term().value);
  store_entries(s, s.update.accepted, entries.begin(), entries.end());
  replicate_to_all(s);
}

void Raft::replicate_to_all(Step& s) {
  for (Progress& peer : as_leader()->peers) replicate(s, peer);
}

// Sends what the follower's window allows. The leader's own write may be still under way (thesis
// 10.2.1): the term in which it may be told is durable since the election.
void Raft::replicate(Step& s, Progress& peer) {
  while (peer.next <= last_index() && peer.may_send_entries(options_.inflight_appends_max)) {
    const Entries entries = persistent_.log.slice(peer.next, options_.entries_per_append_max,
                                                  options_.bytes_per_append_max);
    const LogIndex last = peer.next.previous().plus(entries.size());
    send_append(s, peer, entries);
    peer.sent_entries(last);
  }
}

void Raft::send_append(Step& s, Progress& peer, Entries entries) {
  Message append = message_to(peer.id, MessageKind::kAppend);
  append.index = peer.next.previous();
  append.log_term = term_at(append.index);
  append.commit = commit();
  append.round = ++peer.round;
  append.entries = std::move(entries);
  send(s, std::move(append), Ticket());
}

}  // namespace plumbline::raft
