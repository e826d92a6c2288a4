#include "nodes/raft/progress.h"

#include <algorithm>

namespace plumbline::raft {

bool Progress::may_send_entries(std::uint32_t inflight_max) const {
  return pace == Pace::kProbe ? !probe_sent : inflight.size() < inflight_max;
}

void Progress::sent_entries(LogIndex last) {
  if (pace == Pace::kProbe) {
    probe_sent = true;
    return;
  }
  next = last.next();
  inflight.push_back(last);
}

void Progress::accepted(LogIndex index) {
  match = std::max(match, index);
  next = std::max(next, match.next());
  pace = Pace::kReplicate;
  probe_sent = false;
  const auto* waiting = std::upper_bound(inflight.begin(), inflight.end(), match);
  if (waiting != inflight.begin()) {
    inflight.erase_front(static_cast<std::size_t>(waiting - inflight.begin()));
  }
}

void Progress::probe_from(LogIndex from) {
  next = std::max(from, match.next());
  pace = Pace::kProbe;
  probe_sent = false;
  inflight.clear();
}

}  // namespace plumbline::raft
