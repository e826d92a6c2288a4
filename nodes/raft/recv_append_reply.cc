#include <algorithm>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kBeyond{"raft.append_reply_beyond",
                              "ignores r{a}'s reply about {b}: nothing like it was sent"};
constexpr trace::Kind kMatched{"raft.follower_matched", "knows that r{a} holds the log up to {b}"};
constexpr trace::Kind kBackedOff{"raft.backed_off",
                                 "was refused by r{a} behind {b}, tries behind {c}^{d}"};
constexpr trace::Kind kLostEntries{
    "raft.follower_lost_entries",
    "is refused by r{a} behind {b}, which r{a} acknowledged: overtaken, or its disk has forgotten"};
const trace::Probe kForgot{"raft.follower_in_doubt", trace::Probe::Need::kOptional};
const trace::Probe kOverTerm{"raft.backed_off_over_term"};

}  // namespace

void Raft::receive_append_reply(Step& s, const Message& m) {
  adopt_later_term(s, m);
  Leader* leader = as_leader();
  if (leader == nullptr || m.term != term()) return;
  Progress* peer = leader->find(m.from);
  if (peer == nullptr) return;
  if (m.round > peer->round || m.index > last_index()) {
    return s.sink.emit(kBeyond, m.from.value, m.index.value);
  }
  // Refused or not, it says that this replica still led when the message of that round arrived.
  peer->acked_round = std::max(peer->acked_round, m.round);
  peer->in_doubt = m.doubt;
  confirm_lease();
  m.reject ? follower_refused(s, *peer, m) : follower_accepted(s, *peer, m);
  confirm_reads(s);
  tend_members(s);
}

void Raft::follower_accepted(Step& s, Progress& peer, const Message& m) {
  if (m.index > peer.match) s.sink.emit(kMatched, peer.id.value, m.index.value);
  peer.accepted(m.index);
  watch_learner(s, peer);
  maybe_commit(s);
  replicate(s, peer);
  hand_over(s);
}

// Thesis 3.5, and etcd's hints: the follower names the last place where it holds a term that the
// refused entry allows; from there this log goes back to a term that the follower may hold.
void Raft::follower_refused(Step& s, Progress& peer, const Message& m) {
  if (m.doubt && m.index <= peer.match) {
    s.sink.reached(kForgot);
    s.sink.emit(kLostEntries, peer.id.value, m.index.value);
    peer.forgot_behind(std::min(m.hint, m.index.previous()));
    return replicate(s, peer);
  }
  // Late, or of a follower that broke its promise. Nothing that is sent would please that one, so
  // it is asked again with the next heartbeat and not before.
  if (m.index <= peer.match) {
    if (m.round == peer.round) s.sink.emit(kLostEntries, peer.id.value, m.index.value);
    return;
  }
  const bool replicating = peer.pace == Progress::Pace::kReplicate;
  const bool answers_probe = !replicating && m.index == peer.next.previous();
  if (!answers_probe && !replicating) return;
  const LogIndex limit = std::min(m.hint, m.index.previous());
  const LogIndex agree = std::max(persistent_.log.last_not_after(limit, m.hint_term), peer.match);
  if (agree < limit) s.sink.reached(kOverTerm);
  peer.probe_from(agree.next());
  const Term agree_term = agree < base().index ? Term() : term_at(agree);
  s.sink.emit(kBackedOff, peer.id.value, m.index.value, agree.value, agree_term.value);
  replicate(s, peer);
}

}  // namespace plumbline::raft
