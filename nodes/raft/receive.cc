#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kNotForMe{"raft.ignored_address", "ignores a message from r{a} to r{b}"};
constexpr trace::Kind kMalformed{"raft.ignored_malformed", "ignores a malformed message from r{a}"};

// No log comes near; keeps sums of index and count from wrapping around.
constexpr LogIndex kIndexMax{std::uint64_t{1} << 62};

// An index and the term there: both zero, or neither; an entry is never of a later term than the
// replica that holds it.
bool is_position(LogIndex index, Term at, Term sender) {
  return index <= kIndexMax && static_cast<bool>(index) == static_cast<bool>(at) && at <= sender;
}

bool is_entry(const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::kNoop:
    case EntryKind::kCommand: return true;
    case EntryKind::kConfiguration: return decode_configuration(entry.payload.view()).has_value();
  }
  return false;
}

bool is_append(const Message& m) {
  if (!is_position(m.index, m.log_term, m.term)) return false;
  Term previous = m.log_term;
  for (const Entry& entry : m.entries) {
    if (!entry.term || entry.term < previous || entry.term > m.term || !is_entry(entry))
      return false;
    previous = entry.term;
  }
  return true;
}

bool is_snapshot(const Message& m) {
  return m.index && is_position(m.index, m.log_term, m.term) && m.hint <= m.index &&
         m.entries.size() == 1 && m.entries.front().kind == EntryKind::kConfiguration &&
         is_entry(m.entries.front());
}

bool is_well_formed(const Message& m) {
  if (!m.term) return false;
  switch (m.kind) {
    case MessageKind::kPreVote:
    case MessageKind::kVote: return is_position(m.index, m.log_term, m.term);
    case MessageKind::kPreVoteReply:
    case MessageKind::kVoteReply: return true;
    case MessageKind::kAppend: return is_append(m);
    case MessageKind::kAppendReply: return m.index <= kIndexMax && m.hint <= m.index;
    case MessageKind::kSnapshot: return is_snapshot(m);
    case MessageKind::kTimeoutNow:
    case MessageKind::kRead: return true;
    case MessageKind::kReadReply: return m.index <= kIndexMax;
  }
  return false;
}

}  // namespace

// Whether its sender is a member is not asked: who lags does not know the latest members, and who
// joins knows none (thesis 4.1). That a removed replica disturbs nobody is seen to where votes are
// given.
void Raft::receive(Step& s, const Message& m) {
  if (m.to != self() || m.from == self() || !m.from) {
    return s.sink.emit(kNotForMe, m.from.value, m.to.value);
  }
  if (!is_well_formed(m)) return s.sink.emit(kMalformed, m.from.value);
  switch (m.kind) {
    case MessageKind::kPreVote: return receive_pre_vote(s, m);
    case MessageKind::kPreVoteReply: return receive_pre_vote_reply(s, m);
    case MessageKind::kVote: return receive_vote(s, m);
    case MessageKind::kVoteReply: return receive_vote_reply(s, m);
    case MessageKind::kAppend: return receive_append(s, m);
    case MessageKind::kAppendReply: return receive_append_reply(s, m);
    case MessageKind::kSnapshot: return receive_snapshot(s, m);
    case MessageKind::kTimeoutNow: return receive_timeout_now(s, m);
    case MessageKind::kRead: return receive_read(s, m);
    case MessageKind::kReadReply: return receive_read_reply(s, m);
  }
}

}  // namespace plumbline::raft
