#include <algorithm>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kStale{"raft.snapshot_stale",
                             "needs no snapshot {a}^{b}: has committed up to {c}"};
constexpr trace::Kind kHeld{"raft.snapshot_held", "holds what snapshot {a}^{b} stands for"};
constexpr trace::Kind kInstalled{"raft.snapshot_installed",
                                 "begins anew with snapshot {a}^{b}, gives up its log to {c}"};
const trace::Probe kStaleSnapshot{"raft.snapshot_stale", trace::Probe::Need::kOptional};
const trace::Probe kInstalls{"raft.snapshot_installed", trace::Probe::Need::kOptional};

}  // namespace

// Thesis 5.1, figure 5.3.
void Raft::receive_snapshot(Step& s, const Message& m) {
  if (!accept_leader(s, m)) return;
  if (m.index <= commit()) {
    // Late: what lies behind it may have been acknowledged (etcd PR #1763).
    s.sink.reached(kStaleSnapshot);
    s.sink.emit(kStale, m.index.value, m.log_term.value, commit().value);
    return acknowledge_append(s, m, commit());
  }
  if (persistent_.log.matches(m.index, m.log_term)) {
    s.sink.emit(kHeld, m.index.value, m.log_term.value);
    advance_commit(s, m.index);
  } else {
    s.sink.reached(kInstalls);
    s.sink.emit(kInstalled, m.index.value, m.log_term.value, last_index().value);
    volatile_.snapshot = {m.index, m.log_term,
                          *decode_configuration(m.entries.front().payload.view()), m.hint};
    restart_log(s, volatile_.snapshot);
    volatile_.commit = m.index;
  }
  note_repair(m, m.index);
  settle_doubt(s);
  acknowledge_append(s, m, m.index);
}

}  // namespace plumbline::raft
