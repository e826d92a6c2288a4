#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kStale{"raft.vote_reply_stale",
                             "ignores r{a}'s vote of term {b}: is in term {c}"};
constexpr trace::Kind kOpposed{"raft.vote_opposed", "was refused the vote of r{a} in term {b}"};

}  // namespace

void Raft::receive_vote_reply(Step& s, const Message& m) {
  adopt_later_term(s, m);
  if (m.term != term()) return s.sink.emit(kStale, m.from.value, m.term.value, term().value);
  auto* candidate = std::get_if<Candidate>(&volatile_.role);
  if (candidate == nullptr) return;
  if (m.reject) {
    candidate->ballot.opposed = true;
    return s.sink.emit(kOpposed, m.from.value, m.term.value);
  }
  count_vote(s, m.from);
}

}  // namespace plumbline::raft
