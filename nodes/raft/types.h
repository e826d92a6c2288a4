#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"
#include "nodes/base/inline_vector.h"
#include "nodes/base/time.h"

namespace plumbline::raft {

// What goes into a core and what comes out of it. Values only: a message says nothing about how it
// is sent, a record nothing about how it is written.

enum class EntryKind : std::uint8_t {
  kNoop,           // a new leader's first entry: commits what earlier terms left (thesis 6.4)
  kCommand,        // the state machine's
  kConfiguration,  // the group's members; entry 1 is one
};

// An entry's index is its place in the log.
struct Entry {
  Term term;
  EntryKind kind = EntryKind::kNoop;
  Blob payload;

  friend bool operator==(const Entry&, const Entry&) = default;
};

using Entries = InlineVector<Entry, 4>;
using Voters = InlineVector<ReplicaId, 7>;

// Sorted by id, without duplicates.
struct Configuration {
  Voters voters;

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

// The payload of a kConfiguration entry.
Blob encode(const Configuration& configuration);
std::optional<Configuration> decode_configuration(BytesView payload);

// What a replica promises across a crash. `commit` is a lower bound that only saves work after a
// restart: it never exceeds what is durable in the log, and losing its last value is harmless.
struct HardState {
  Term term;
  ReplicaId voted_for;
  LogIndex commit;

  friend bool operator==(const HardState&, const HardState&) = default;
};

enum class MessageKind : std::uint8_t {
  kPreVote,
  kPreVoteReply,
  kVote,
  kVoteReply,
  kAppend,  // without entries it is a heartbeat
  kAppendReply,
};

struct Message {
  MessageKind kind = MessageKind::kAppend;
  ReplicaId from;
  ReplicaId to;
  // The sender's term; of a kPreVote and of its granting reply, the term that the candidate would
  // have.
  Term term;
  // kVote, kPreVote: the candidate's last entry. kAppend: the entry before `entries`.
  // kAppendReply: when accepted, the last index known to match and durable; when rejected, the
  // `index` that was refused.
  LogIndex index;
  Term log_term;
  // kAppend: the leader's commit index.
  LogIndex commit;
  // kAppend: grows with each message of a leader's term to one follower; echoed by the reply, and
  // what makes reads and check-quorum count fresh answers only. Vote kinds: the candidate's
  // attempt, echoed.
  std::uint64_t round = 0;
  bool reject = false;
  // Rejected appends: the follower's best guess of where the logs may agree, and its term there
  // (thesis 3.5).
  LogIndex hint;
  Term hint_term;
  Entries entries;

  friend bool operator==(const Message&, const Message&) = default;
};

// Numbers batches of records in the order in which they must become durable. Synced(t) covers every
// ticket up to t.
using Ticket = Id<struct TicketTag>;

// Records to make durable together, in this order: the hard state, then the entries.
struct Persist {
  Ticket ticket;
  std::optional<HardState> hard_state;
  // The log shall hold `entries` from `first` on, and nothing after them when `entries` is not
  // empty: a conflicting tail is cut off by writing what replaces it.
  LogIndex first;
  Entries entries;
};

struct Outgoing {
  Message message;
  // Must not leave before this ticket is synced; zero is free to leave now.
  Ticket after;
};

struct ReadResult {
  std::uint64_t cookie = 0;
  // When ok, a state machine that has applied `index` may answer (thesis 6.4). When not, the read
  // must be tried elsewhere.
  bool ok = false;
  LogIndex index;
};

struct Update {
  InlineVector<Outgoing, 6> messages;
  std::optional<Persist> persist;
  InlineVector<ReadResult, 4> reads;
  // Answer to Propose: the index of its first entry; zero when refused because this replica does
  // not lead.
  LogIndex accepted;
};

// What happens to a core. Time comes beside the event.
struct Receive {
  Message message;
};
struct Propose {
  Entries entries;  // terms are filled in by the leader
};
struct ReadRequest {
  std::uint64_t cookie = 0;  // unique among this replica's reads in flight
};
struct Synced {
  Ticket ticket;
};
struct DeadlineReached {};

using Event = std::variant<Receive, Propose, ReadRequest, Synced, DeadlineReached>;

struct Options {
  ReplicaId self;
  // A follower that hears nothing for a time drawn from [election_timeout, 2 * election_timeout)
  // campaigns.
  Duration election_timeout = milliseconds(150);
  Duration heartbeat_interval = milliseconds(40);
  // Makes this replica's time-outs differ from others' and from those of its earlier starts.
  std::uint64_t timeout_seed = 0;
  std::uint32_t entries_per_append_max = 64;
  std::uint32_t bytes_per_append_max = 256 * 1024;
  // Appends in flight to one follower that is known to follow.
  std::uint32_t inflight_appends_max = 32;
  bool pre_vote = true;
  bool check_quorum = true;
  // Off only in scopes that are explored exhaustively: without it a leader of a quiet group cannot
  // commit what it inherited.
  bool noop_on_election = true;
};

}  // namespace plumbline::raft
