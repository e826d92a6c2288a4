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

// Receives the log without a say in elections and commitment (thesis 4.2.1).
struct Learner {
  ReplicaId id;
  // Becomes a voter by itself when it has caught up, in place of `replaces` when that is set.
  bool promote = false;
  ReplicaId replaces;

  friend bool operator==(const Learner&, const Learner&) = default;
};

// Where a member lives. The core carries it for those who send.
struct Seat {
  ReplicaId id;
  NodeId node;

  friend bool operator==(const Seat&, const Seat&) = default;
};

// Who belongs to a group. Each list is sorted by id, without duplicates.
struct Configuration {
  Voters voters;
  // Not empty in the joint phase of a change (thesis 4.3): the voters before, whose majority is
  // asked as well until the change is committed.
  Voters outgoing = {};
  InlineVector<Learner, 4> learners = {};
  InlineVector<Seat, 7> seats = {};
  // Ids below it were given to replicas once, and never are again.
  ReplicaId next_id = {};

  bool joint() const { return !outgoing.empty(); }
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

// The payload of a kConfiguration entry.
Blob encode(const Configuration& configuration);
std::optional<Configuration> decode_configuration(BytesView payload);

// A replica whose disk has lost something that was synced is in doubt: it may have acknowledged
// entries up to `until` that it does not hold. In that state it neither votes nor stands for
// election, and what it acknowledges does not count, until a leader has sent it all of that again
// (Alagappan and others, FAST 2018).
struct Doubt {
  LogIndex until;  // zero: no doubt
  Term term;       // that the replica was in when the loss was found

  explicit operator bool() const { return static_cast<bool>(until); }
  friend bool operator==(const Doubt&, const Doubt&) = default;
};

// What a replica promises across a crash. `commit` is a lower bound that only saves work after a
// restart: it never exceeds what is durable in the log, and losing its last value is harmless.
struct HardState {
  Term term;
  ReplicaId voted_for;
  LogIndex commit;
  Doubt doubt = {};

  friend bool operator==(const HardState&, const HardState&) = default;
};

// What a snapshot of the state machine stands for: all entries up to `index`. Also where a log
// begins that was compacted (thesis 5.1).
struct SnapshotMeta {
  LogIndex index;
  Term term;  // of that entry
  // In force at `index`, and the entry that it comes from.
  Configuration configuration = {};
  LogIndex configuration_index = {};

  friend bool operator==(const SnapshotMeta&, const SnapshotMeta&) = default;
};

enum class MessageKind : std::uint8_t {
  kPreVote,
  kPreVoteReply,
  kVote,
  kVoteReply,
  kAppend,  // without entries it is a heartbeat
  kAppendReply,
  // A snapshot, answered like an append. The message says what it stands for; the state itself goes
  // beside it, and the message is given to the receiving core when all of that is on its disk.
  kSnapshot,
  kTimeoutNow,  // stand for election at once (thesis 3.10)
  kRead,        // a follower asks for a read index; `round` names its batch
  kReadReply,
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
  // `index` that was refused. kSnapshot: the last entry that it stands for. kReadReply: the index
  // up to which must be applied.
  LogIndex index;
  Term log_term;
  // kAppend, kSnapshot: the leader's commit index.
  LogIndex commit;
  // kAppend: grows with each message of a leader's term to one follower; echoed by the reply, and
  // what makes reads and check-quorum count fresh answers only. Vote kinds: the candidate's
  // attempt, echoed.
  std::uint64_t round = 0;
  bool reject = false;
  // kAppendReply: its sender is in doubt.
  bool doubt = false;
  // kVote: the leader itself wants this election, so nobody defends it.
  bool transfer = false;
  // Rejected appends: the follower's best guess of where the logs may agree, and its term there
  // (thesis 3.5). kSnapshot: the entry that its configuration comes from.
  LogIndex hint;
  Term hint_term;
  // kSnapshot: one, the configuration.
  Entries entries;

  friend bool operator==(const Message&, const Message&) = default;
};

// Numbers batches of records in the order in which they must become durable. Synced(t) covers every
// ticket up to t.
using Ticket = Id<struct TicketTag>;

// Records to make durable together, in this order: the hard state, the base, the entries.
struct Persist {
  Ticket ticket;
  std::optional<HardState> hard_state;
  // From now on the log begins behind it; entries up to it are not needed again once this is
  // durable. Without `keep_tail` those behind it are gone too.
  std::optional<SnapshotMeta> base;
  bool keep_tail = true;
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

// Why a request was refused; definite, nothing of it has happened.
enum class Refusal : std::uint8_t {
  kNone,
  kNotLeader,
  kBackpressure,    // too much of the log waits to be committed
  kTransferring,    // leadership is being handed over
  kChangePending,   // one change of members at a time
  kNoCommitInTerm,  // a new leader, which does not know yet what is committed
  kInvalidChange,   // not a change that this configuration allows
  kNotCaughtUp,     // the learner lacks too much to vote
  kMembersDiffer,   // the configuration is another than the one the change was meant for
};

struct Update {
  InlineVector<Outgoing, 6> messages;
  std::optional<Persist> persist;
  InlineVector<ReadResult, 4> reads;
  // Answer to Propose and ChangeMembers: the index of the first entry, zero when refused.
  LogIndex accepted;
  Refusal refusal = Refusal::kNone;
};

enum class ChangeKind : std::uint8_t {
  kAddLearner,
  // Joins as a learner, and is promoted when it has caught up, in place of `replaces` if that is
  // set.
  kAddVoter,
  kPromote,  // a learner that has caught up
  kRemove,   // a voter or a learner
};

struct MemberChange {
  ChangeKind kind = ChangeKind::kAddVoter;
  // To be added: chosen by who asks, and never used before.
  ReplicaId id;
  NodeId node = {};
  ReplicaId replaces = {};
  // Votes from the beginning, caught up or not: safe, but commitment may have to wait for it.
  bool at_once = false;
};

using MemberChanges = InlineVector<MemberChange, 4>;

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
// All of them in one step of the group, or none.
struct ChangeMembers {
  MemberChanges changes;
  // When set: only while this is the configuration in force, so that what was decided by looking at
  // one is never done to another, however late it arrives.
  LogIndex if_configuration = {};
};
// Hands leadership over (thesis 3.10), to the voter that holds most when `to` is zero.
struct TransferLeadership {
  ReplicaId to;
};
// The state machine as of `meta` is on the disk. REQUIRES: meta_at(meta.index), of applied entries.
struct SnapshotTaken {
  SnapshotMeta meta;
  // False: no entries stay behind it, nor behind one that was told of before; for a full disk.
  bool keep_trailing = true;
};
// A kSnapshot message and its state did not get through.
struct SnapshotFailed {
  ReplicaId to;
};

using Event = std::variant<Receive, Propose, ReadRequest, Synced, DeadlineReached, ChangeMembers,
                           TransferLeadership, SnapshotTaken, SnapshotFailed>;

struct Options {
  ReplicaId self;
  // A follower that hears nothing for a time drawn from [election_timeout, 2 * election_timeout)
  // campaigns.
  Duration election_timeout = milliseconds(150);
  Duration heartbeat_interval = milliseconds(40);
  // Makes this replica's time-outs, and the names of the reads that it forwards, differ from
  // others' and from those of its earlier starts. REQUIRES: never used before by this replica.
  std::uint64_t timeout_seed = 0;
  std::uint32_t entries_per_append_max = 64;
  std::uint32_t bytes_per_append_max = 256 * 1024;
  // Appends in flight to one follower that is known to follow, and their payloads.
  std::uint32_t inflight_appends_max = 32;
  std::uint64_t inflight_bytes_max = 4 << 20;
  // Payloads that a leader takes before they are committed; one proposal always passes.
  std::uint64_t uncommitted_bytes_max = 16 << 20;
  // Entries kept behind a snapshot, so that a follower that lags a little needs none, and how much
  // their payloads may come to.
  std::uint64_t trailing_entries = 1024;
  std::uint64_t trailing_bytes_max = 8 << 20;
  bool pre_vote = true;
  bool check_quorum = true;
  // Off only in scopes that are explored exhaustively: without it a leader of a quiet group cannot
  // commit what it inherited.
  bool noop_on_election = true;
  // Of a group's first configuration: stands for election before the others do (R-raft-10).
  bool preferred = false;
  // A leader answers reads from what followers promised: not to elect another for a time. Linear-
  // izable only while no two clocks of the group run apart by more than `clock_drift_max_ppm`, in
  // parts per million of time. Needs check_quorum.
  bool lease_reads = false;
  std::uint32_t clock_drift_max_ppm = 10'000;
};

}  // namespace plumbline::raft
