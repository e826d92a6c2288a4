#include <algorithm>

#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kStale{"raft.append_stale",
                             "refuses r{a}'s append of term {b}: is in term {c}"};
constexpr trace::Kind kSecondLeader{"raft.append_second_leader",
                                    "ignores r{a}'s append: leads term {b} itself"};
constexpr trace::Kind kRefused{"raft.append_refused",
                               "refuses r{a}'s append behind {b}^{c}, its log ends at {d}"};
constexpr trace::Kind kAccepted{"raft.append_accepted", "accepts {c} entries behind {b} from r{a}"};
constexpr trace::Kind kTruncated{"raft.append_truncated",
                                 "gives up {a}^{b} and what follows, up to {c}"};
constexpr trace::Kind kBrokenPromise{
    "raft.append_against_commit",
    "ignores r{a}'s append: it replaces {b}, and {c} is committed; somebody broke a promise"};
const trace::Probe kStaleRefused{"raft.stale_append_refused"};
const trace::Probe kConflictTruncated{"raft.conflict_truncated"};
const trace::Probe kOlderThanLog{"raft.append_older_than_log"};

}  // namespace

// Of what only a leader says.
bool Raft::accept_leader(Step& s, const Message& m) {
  if (m.term < term()) {
    s.sink.reached(kStaleRefused);
    s.sink.emit(kStale, m.from.value, m.term.value, term().value);
    refuse_leader(s, m);
    return false;
  }
  adopt_later_term(s, m);
  // Two leaders of one term mean that a replica forgot a vote, which this core cannot repair.
  if (leading() != nullptr && m.term == term()) {
    s.sink.emit(kSecondLeader, m.from.value, term().value);
    return false;
  }
  follow(s, m.from);
  return true;
}

void Raft::receive_append(Step& s, const Message& m) {
  if (!accept_leader(s, m)) return;
  // It speaks of what this log no longer holds because it is committed, and so the leader's as
  // well.
  if (m.index < base().index) return acknowledge_append(s, m, commit());
  if (!persistent_.log.matches(m.index, m.log_term)) {
    s.sink.emit(kRefused, m.from.value, m.index.value, m.log_term.value, last_index().value);
    return refuse_append(s, m);
  }
  const LogIndex verified = m.index.plus(m.entries.size());
  const LogIndex fresh = first_difference(m);
  if (fresh <= verified) {
    if (fresh <= commit()) {
      return s.sink.emit(kBrokenPromise, m.from.value, fresh.value, commit().value);
    }
    take_entries(s, m, fresh);
  } else if (!m.entries.empty() && verified < last_index()) {
    s.sink.reached(kOlderThanLog);
  }
  // What lies behind `verified` may be a former leader's, and must not be taken for committed.
  advance_commit(s, std::min(m.commit, verified));
  note_repair(m, verified);
  settle_doubt(s);
  acknowledge_append(s, m, verified);
}

// Thesis 3.5: only a conflict cuts off; a late append that is a part of what the log holds changes
// nothing, for what follows it may have been acknowledged.
LogIndex Raft::first_difference(const Message& m) const {
  LogIndex index = m.index.next();
  for (const Entry& entry : m.entries) {
    if (!persistent_.log.matches(index, entry.term)) break;
    index = index.next();
  }
  return index;
}

void Raft::take_entries(Step& s, const Message& m, LogIndex fresh) {
  const Entry* begin = m.entries.begin() + (fresh.value - m.index.value - 1);
  s.sink.emit(kAccepted, m.from.value, fresh.value - 1,
              static_cast<std::uint64_t>(m.entries.end() - begin));
  if (fresh <= last_index()) {
    s.sink.reached(kConflictTruncated);
    s.sink.emit(kTruncated, fresh.value, term_at(fresh).value, last_index().value);
  }
  store_entries(s, fresh, begin, m.entries.end());
}

// Tells the term and nothing else. Its receiver may lead that very term by now, and must take this
// neither for an answer to what it has sent since nor for a sign that it was heard.
void Raft::refuse_leader(Step& s, const Message& m) {
  Message reply = message_to(m.from, MessageKind::kAppendReply);
  reply.reject = true;
  send(s, reply, volatile_.durability.of_hard_state());
}

void Raft::refuse_append(Step& s, const Message& m) {
  Message reply = message_to(m.from, MessageKind::kAppendReply);
  reply.round = m.round;
  reply.reject = true;
  reply.index = m.index;
  reply.doubt = in_doubt();
  reply.hint = persistent_.log.last_not_after(m.index, m.log_term);
  reply.hint_term = reply.hint < base().index ? Term() : term_at(reply.hint);
  send(s, reply, volatile_.durability.of_hard_state());
}

void Raft::acknowledge_append(Step& s, const Message& m, LogIndex verified) {
  Message reply = message_to(m.from, MessageKind::kAppendReply);
  reply.round = m.round;
  reply.doubt = in_doubt();
  // A heartbeat asks who still follows, so its answer does not wait for a disk: it promises no more
  // than what is there.
  reply.index = m.entries.empty() ? std::min(verified, durable_index()) : verified;
  // An acknowledged entry survives a power loss (thesis 3.8).
  const Ticket entries_durable = volatile_.durability.of_entries(reply.index);
  send(s, reply, std::max(entries_durable, volatile_.durability.of_hard_state()));
}

}  // namespace plumbline::raft
