#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kLate{"raft.pre_vote_reply_late", "ignores r{a}'s late pre-vote of term {b}"};

}  // namespace

void Raft::receive_pre_vote_reply(Step& s, const Message& m) {
  // A granting reply bears the term that was asked for, which nobody has; a refusing one bears its
  // sender's own, and who is behind catches up, for else it would ask for past terms for ever.
  if (m.reject) return adopt_later_term(s, m);
  const auto* asking = std::get_if<PreCandidate>(&volatile_.role);
  const bool asked = asking != nullptr && m.term == term().next() && m.round == volatile_.attempt;
  if (!asked) return s.sink.emit(kLate, m.from.value, m.term.value);
  count_pre_vote(s, m.from);
}

}  // namespace plumbline::raft
