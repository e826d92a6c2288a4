#include <utility>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kAsks{"raft.read_forwarded", "asks r{a} for the read index of {b} reads"};
constexpr trace::Kind kTold{"raft.read_told", "is told by the leader: {a} reads may see {b}"};
constexpr trace::Kind kToldNo{"raft.read_told_no", "gets no read index for {a} reads"};
const trace::Probe kForwarded{"raft.read_forwarded", trace::Probe::Need::kOptional};
const trace::Probe kAskedAgain{"raft.read_asked_again", trace::Probe::Need::kOptional};

}  // namespace

// Thesis 6.4: a follower serves reads too, once the leader has told it how far it must have come.
// REQUIRES: this replica follows a leader.
void Raft::forward_read(Step& s, std::uint64_t cookie) {
  ForwardedReads& reads = as_follower()->reads;
  reads.waiting.push_back(cookie);
  if (!reads.asked.empty()) return;
  s.sink.reached(kForwarded);
  std::swap(reads.asked, reads.waiting);
  reads.round = ++volatile_.forwarded;
  ask_leader(s);
}

void Raft::ask_leader(Step& s) {
  Follower& follower = *as_follower();
  s.sink.emit(kAsks, follower.leader.value, follower.reads.asked.size());
  if (follower.reads.again_at != Instant()) s.sink.reached(kAskedAgain);
  follower.reads.again_at = s.now + options_.heartbeat_interval;
  Message ask = message_to(follower.leader, MessageKind::kRead);
  ask.round = follower.reads.round;
  send(s, ask, volatile_.durability.of_hard_state());
}

void Raft::receive_read_reply(Step& s, const Message& m) {
  adopt_later_term(s, m);
  const Follower* follower = as_follower();
  if (follower == nullptr || m.term != term() || m.from != follower->leader) return;
  if (follower->reads.asked.empty() || m.round != follower->reads.round) return;
  s.sink.emit(m.reject ? kToldNo : kTold, follower->reads.asked.size(), m.index.value);
  finish_forwarded(s, !m.reject, m.index);
}

// Ends the batch that was asked about, and begins the next.
void Raft::finish_forwarded(Step& s, bool ok, LogIndex index) {
  ForwardedReads& reads = as_follower()->reads;
  for (const std::uint64_t cookie : reads.asked) s.update.reads.push_back({cookie, ok, index});
  reads.asked.clear();
  reads.again_at = Instant();
  if (reads.waiting.empty()) return;
  std::swap(reads.asked, reads.waiting);
  reads.round = ++volatile_.forwarded;
  ask_leader(s);
}

void Raft::fail_forwarded(Step& s) {
  ForwardedReads& reads = as_follower()->reads;
  for (const auto* batch : {&reads.asked, &reads.waiting}) {
    for (const std::uint64_t cookie : *batch) s.update.reads.push_back({cookie, false, LogIndex()});
  }
  reads = ForwardedReads();
}

}  // namespace plumbline::raft
