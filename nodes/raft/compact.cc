#include <algorithm>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kTaken{"raft.snapshot_taken", "has a snapshot of {a}^{b}"};
constexpr trace::Kind kCompacted{"raft.compacted",
                                 "begins its log behind {a}^{b}, drops {c} entries"};
constexpr trace::Kind kFailed{"raft.snapshot_failed", "could not send r{a} its snapshot {b}"};
const trace::Probe kCompacts{"raft.log_compacted", trace::Probe::Need::kOptional};

}  // namespace

// Thesis 5.1. Some entries stay behind the snapshot, for followers that lag less than that. What is
// not on this disk stays as well: a restart must find the base in its log.
void Raft::snapshot_taken(Step& s, const SnapshotTaken& taken) {
  const SnapshotMeta& meta = taken.meta;
  const LogIndex known = volatile_.snapshot.index;
  if (meta.index < known || (meta.index == known && taken.keep_trailing)) return;
  PLUMB_ASSERT(meta.index <= commit());
  if (meta.index > known) s.sink.emit(kTaken, meta.index.value, meta.term.value);
  volatile_.snapshot = meta;
  const LogIndex end = taken.keep_trailing ? end_of_compaction(meta.index) : meta.index;
  const LogIndex upto = std::min(end, durable_index());
  if (upto <= base().index) return;
  s.sink.reached(kCompacts);
  s.sink.emit(kCompacted, upto.value, term_at(upto).value, upto.value - base().index.value);
  compact_log(s, meta_at(upto));
  if (leading() == nullptr) return;
  for (Progress& peer : as_leader()->peers) wait_for_answer(peer);
}

// Whatever lies up to there can go. The base itself is no entry that could be weighed.
LogIndex Raft::end_of_compaction(LogIndex snapshot) const {
  LogIndex upto = snapshot;
  std::uint64_t bytes = 0;
  for (std::uint64_t kept = 0; kept < options_.trailing_entries && upto > base().index; ++kept) {
    bytes += entry(upto).payload.size();
    if (bytes > options_.trailing_bytes_max) break;
    upto = upto.previous();
  }
  return upto;
}

// What is on its way to a follower that lags behind the base cannot be sent again, nor asked about:
// a snapshot will be, once it is heard of.
void Raft::wait_for_answer(Progress& peer) const {
  if (peer.pace == Progress::Pace::kSnapshot || peer.next > base().index) return;
  peer.probe_from(peer.next);
  peer.probe_sent = true;
}

// Asked again with the next answer to a heartbeat.
void Raft::snapshot_failed(Step& s, const SnapshotFailed& failed) {
  Leader* leader = as_leader();
  Progress* peer = leader == nullptr ? nullptr : leader->find(failed.to);
  if (peer == nullptr || peer->pace != Progress::Pace::kSnapshot) return;
  s.sink.emit(kFailed, failed.to.value, peer->snapshot.value);
  peer->probe_from(peer->next);
  wait_for_answer(*peer);
}

}  // namespace plumbline::raft
