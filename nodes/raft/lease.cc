#include <algorithm>

#include "nodes/raft/quorum.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

}  // namespace

// Thesis 6.4.1. Who answers a heartbeat elects nobody else for an election time-out by its own
// clock (hears_a_leader). That time began after the heartbeat left, which is from when it is
// counted here.
void Raft::ask_for_lease(Step& s) {
  Leader& leader = *as_leader();
  if (!options_.lease_reads || leader.lease_forfeited || leader.lease.asking) return;
  leader.lease.asking = true;
  leader.lease.asked_at = s.now;
  for (Progress& peer : leader.peers) peer.lease_round = peer.round + 1;
}

void Raft::confirm_lease() {
  Leader& leader = *as_leader();
  if (!leader.lease.asking) return;
  Voters promised{self()};
  for (const Progress& peer : leader.peers) {
    if (peer.acked_round >= peer.lease_round) promised.push_back(peer.id);
  }
  if (!is_quorum(configuration(), promised)) return;
  // A follower's clock may run faster, and this one slower, than time itself.
  const std::int64_t part = kMillion - 2 * std::int64_t{options_.clock_drift_max_ppm};
  const Duration length{options_.election_timeout.ns / kMillion * std::max<std::int64_t>(part, 0)};
  leader.lease.asking = false;
  leader.lease.until = std::max(leader.lease.until, leader.lease.asked_at + length);
}

bool Raft::holds_lease(Instant now) const {
  return options_.lease_reads && options_.check_quorum && !leading()->lease_forfeited &&
         now < leading()->lease.until;
}

}  // namespace plumbline::raft
