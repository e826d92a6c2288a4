#include "nodes/raft/quorum.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kQuorumLost{"raft.quorum_lost",
                                  "hears {b} of {c} voters, too few to lead term {a}"};
const trace::Probe kCheckQuorum{"raft.check_quorum_steps_down"};

}  // namespace

void Raft::lead_on(Step& s) {
  if (s.now >= as_leader()->check_quorum_at) {
    if (options_.check_quorum && !still_has_a_quorum(s)) {
      s.sink.reached(kCheckQuorum);
      return become_follower(s, term(), ReplicaId());
    }
    as_leader()->check_quorum_at = s.now + options_.election_timeout;
  }
  abandon_transfer(s);
  if (s.now >= as_leader()->heartbeat_at) heartbeat(s);
}

// Empty appends behind what was sent last: they carry the commit index, keep followers from
// campaigning, confirm reads, and ask again where an append or its answer was lost.
void Raft::heartbeat(Step& s) {
  as_leader()->heartbeat_at = s.now + options_.heartbeat_interval;
  ask_for_lease(s);
  // The wish that another stands for election may have been lost.
  as_leader()->transfer.told = false;
  hand_over(s);
  for (Progress& peer : as_leader()->peers) send_append(s, peer, Entries());
}

// Thesis 6.2. Only answers to what was sent since the last check count: an old one may have been on
// its way for as long as the network likes.
bool Raft::still_has_a_quorum(Step& s) {
  Voters heard{self()};
  for (Progress& peer : as_leader()->peers) {
    if (peer.acked_round > peer.checked_round) heard.push_back(peer.id);
    peer.checked_round = peer.round;
  }
  if (is_quorum(configuration(), heard)) return true;
  s.sink.emit(kQuorumLost, term().value, heard.size(), configuration().voters.size());
  return false;
}

}  // namespace plumbline::raft
