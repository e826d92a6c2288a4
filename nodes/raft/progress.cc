#include "nodes/raft/progress.h"

#include <algorithm>

namespace plumbline::raft {

bool Progress::may_send_entries(const Options& options) const {
  switch (pace) {
    case Pace::kProbe: return !probe_sent;
    case Pace::kReplicate:
      return inflight.empty() || (inflight.size() < options.inflight_appends_max &&
                                  inflight_bytes < options.inflight_bytes_max);
    case Pace::kSnapshot: return false;
  }
  return false;
}

void Progress::sent_entries(LogIndex last, std::uint64_t bytes) {
  if (pace == Pace::kProbe) {
    probe_sent = true;
    return;
  }
  next = last.next();
  inflight.push_back({last, bytes});
  inflight_bytes += bytes;
}

void Progress::accepted(LogIndex index) {
  match = std::max(match, index);
  next = std::max(next, match.next());
  if (pace == Pace::kSnapshot && match < snapshot) return;
  pace = Pace::kReplicate;
  probe_sent = false;
  std::size_t done = 0;
  while (done < inflight.size() && inflight[done].last <= match) {
    inflight_bytes -= inflight[done++].bytes;
  }
  inflight.erase_front(done);
}

void Progress::probe_from(LogIndex from) {
  next = std::max(from, match.next());
  pace = Pace::kProbe;
  probe_sent = false;
  forget_flights();
}

void Progress::forgot_behind(LogIndex index) {
  match = std::min(match, index);
  probe_from(index.next());
}

void Progress::sent_snapshot(LogIndex index) {
  pace = Pace::kSnapshot;
  snapshot = index;
  forget_flights();
}

void Progress::forget_flights() {
  inflight.clear();
  inflight_bytes = 0;
}

}  // namespace plumbline::raft
