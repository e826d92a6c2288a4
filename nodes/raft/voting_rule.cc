#include "nodes/raft/raft.h"

namespace plumbline::raft {

// A leader hears itself. A replica that has just started has heard nobody, but where leaders rely
// on what was promised to them, it keeps to what it may have promised before.
bool Raft::hears_a_leader(Instant now) const {
  if (leading() != nullptr || now < volatile_.promised_until) return true;
  const auto* follower = std::get_if<Follower>(&volatile_.role);
  return follower != nullptr && follower->leader &&
         now < follower->heard + options_.election_timeout;
}

// Thesis 3.6.1: the later last term wins, and with equal last terms the longer log.
bool Raft::is_up_to_date(const Message& m) const {
  const Term last_term = persistent_.log.last_term();
  if (m.log_term != last_term) return m.log_term > last_term;
  return m.index >= last_index();
}

}  // namespace plumbline::raft
