#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nodes/raft/durability.h"
#include "nodes/raft/log.h"
#include "nodes/raft/roles.h"
#include "nodes/raft/types.h"
#include "nodes/trace/trace.h"

namespace plumbline::raft {

// One replica of one Raft group: Ongaro and Ousterhout's algorithm as in Ongaro's thesis ("thesis"
// in the comments), with pre-vote (9.6), check-quorum and leader stickiness (6.2), read-index (6.4)
// and leases (6.4.1), leadership transfer (3.10), joint consensus and learners (4.2.1, 4.3),
// snapshots (5), pipelined appends and the leader's own write in parallel with its followers'
// (10.2.1), and the recovery of a replica whose disk was damaged (Doubt in types.h).
//
// It does nothing by itself. Its shell gives it what happened, and carries out what `step` answers:
//   1. `messages` whose ticket is zero or synced may leave at once, the others when it is;
//   2. `persist` is written and synced, batches in the order of their tickets; when a batch is on
//      the disk, `Synced` is given back. Several may be under way, and one Synced may cover many;
//   3. entries up to `commit()` are applied, or where the log begins behind them, the state of the
//      snapshot is taken up; `reads` are answered by a state machine that has.
// A step never waits, and the order of those three does not matter.
//
// It is a value: it can be copied, compared and hashed. Time comes with the event;
// `DeadlineReached` is due at `next_deadline()`, and does nothing when given earlier. Messages may
// be lost, late, doubled and out of order; what cannot come from a replica of this group is ignored
// and traced.
class Raft {
 public:
  // What a disk holds, all of it synced. Nothing at all is a replica that is to join a group: it
  // waits until a leader speaks to it.
  struct Recovered {
    HardState hard_state = {};
    SnapshotMeta base = {};
    std::vector<Entry> entries = {};  // from behind the base
    // The newest state of the state machine that is whole, in the log or at its base.
    SnapshotMeta snapshot = {};
  };
  // Survives a crash, once every ticket handed out is synced. `hard_state.commit` is what was last
  // written, and lags behind `commit()`: it is written only beside a term or a vote.
  struct Persistent {
    HardState hard_state;
    Log log;

    friend bool operator==(const Persistent&, const Persistent&) = default;
  };
  // Does not survive.
  struct Volatile {
    LogIndex commit;
    Durability durability;
    // Of the last configuration entry of the log, committed or not (thesis 4.1), and its index.
    Configuration configuration;
    LogIndex configuration_index;
    // What a follower that lacks the beginning of the log is sent.
    SnapshotMeta snapshot;
    RoleState role;
    // When a replica that does not lead will campaign.
    Instant election_at;
    // Until then it grants no vote, because of what it has promised a leader that it follows no
    // more, or may have before it was restarted.
    Instant promised_until;
    // In doubt: once the log is on the disk up to here, it is repaired. Zero: not known yet.
    LogIndex repaired_at;
    // Names the last batch of reads that was forwarded: no two starts of a replica use the same.
    std::uint64_t forwarded = 0;
    // Elections that this replica has called since its term began; names its time-outs.
    std::uint64_t attempt = 0;

    friend bool operator==(const Volatile&, const Volatile&) = default;
  };

  // What every replica of a new group has on its disk before its first start: entry 1 is the
  // configuration, of term 1, and committed.
  static Recovered bootstrap(const Configuration& configuration);

  // REQUIRES: what was recovered was written by this core or by bootstrap: terms do not go down nor
  // exceed the hard state's, the snapshot reaches the base and lies within the log. Without a doubt
  // the written commit index is in the log too.
  Raft(const Options& options, Recovered recovered, Instant now);
  // As a replica was whose state this is, or one like it: how a walk over all states takes it up
  // again.
  Raft(const Options& options, Persistent persistent, Volatile in_memory);

  Update step(Instant now, const Event& event, trace::Sink& sink);
  // Instant::never() when only others can make something happen.
  Instant next_deadline() const;

  Role role() const { return static_cast<Role>(volatile_.role.index()); }
  ReplicaId self() const { return options_.self; }
  Term term() const { return persistent_.hard_state.term; }
  ReplicaId voted_for() const { return persistent_.hard_state.voted_for; }
  // Of this term, zero while unknown.
  ReplicaId leader() const;
  LogIndex commit() const { return volatile_.commit; }
  LogIndex last_index() const { return persistent_.log.last_index(); }
  // Entries up to here are known to be on this replica's disk.
  LogIndex durable_index() const { return volatile_.durability.index(); }
  // Where the log begins: entries up to here are gone.
  const SnapshotMeta& base() const { return persistent_.log.base(); }
  // Zero for index 0. REQUIRES: base().index <= index <= last_index().
  Term term_at(LogIndex index) const { return persistent_.log.term_at(index); }
  // REQUIRES: base().index < index <= last_index().
  const Entry& entry(LogIndex index) const { return persistent_.log.at(index); }
  const Configuration& configuration() const { return volatile_.configuration; }
  LogIndex configuration_index() const { return volatile_.configuration_index; }
  const SnapshotMeta& snapshot() const { return volatile_.snapshot; }
  // What a snapshot as of `index` stands for. REQUIRES: base().index <= index <= last_index().
  SnapshotMeta meta_at(LogIndex index) const;
  bool in_doubt() const { return static_cast<bool>(persistent_.hard_state.doubt); }
  // As last handed out to be made durable.
  HardState hard_state() const { return persistent_.hard_state; }
  const Options& options() const { return options_; }
  const Persistent& persistent() const { return persistent_; }
  const Volatile& volatile_state() const { return volatile_; }
  // What a leader knows of its followers; null when this replica does not lead.
  const Leader* leading() const { return std::get_if<Leader>(&volatile_.role); }

  // Of two replicas of one group with the same options: whether they will behave alike, up to the
  // numbers of their tickets.
  friend bool operator==(const Raft& a, const Raft& b);
  // Equal for equal replicas, and the same on every machine and in every build.
  std::uint64_t hash() const;

 private:
  // One call of step.
  struct Step {
    Instant now;
    trace::Sink& sink;
    Update update;
  };

  // receive.cc: validates, then hands to the handler of its kind.
  void receive(Step& s, const Message& m);
  // recv_<kind>.cc
  void receive_pre_vote(Step& s, const Message& m);
  void receive_pre_vote_reply(Step& s, const Message& m);
  void receive_vote(Step& s, const Message& m);
  void receive_vote_reply(Step& s, const Message& m);
  void grant_vote(Step& s, const Message& m);
  void receive_append(Step& s, const Message& m);
  void receive_append_reply(Step& s, const Message& m);
  void receive_snapshot(Step& s, const Message& m);
  void receive_timeout_now(Step& s, const Message& m);
  void receive_read(Step& s, const Message& m);
  void receive_read_reply(Step& s, const Message& m);
  // Of receive_append and receive_snapshot: false when its sender does not lead.
  bool accept_leader(Step& s, const Message& m);
  // Of receive_append: the first index at which the log lacks the message's entry or holds another.
  LogIndex first_difference(const Message& m) const;
  void take_entries(Step& s, const Message& m, LogIndex fresh);
  void refuse_leader(Step& s, const Message& m);
  void refuse_append(Step& s, const Message& m);
  void acknowledge_append(Step& s, const Message& m, LogIndex verified);
  // Of receive_append_reply.
  void follower_accepted(Step& s, Progress& peer, const Message& m);
  void follower_refused(Step& s, Progress& peer, const Message& m);

  // follow.cc: the ways back to being a follower.
  void adopt_later_term(Step& s, const Message& m);
  void become_follower(Step& s, Term term, ReplicaId leader);
  void follow(Step& s, ReplicaId leader);
  void leave_role(Step& s);
  void keep_promise();

  // campaign.cc
  void wait_on(Step& s);
  void campaign(Step& s);
  void start_pre_vote(Step& s);
  // `transfer`: at the wish of the leader.
  void start_election(Step& s, bool transfer);
  void count_pre_vote(Step& s, ReplicaId voter);
  void count_vote(Step& s, ReplicaId voter);
  void become_leader(Step& s);
  void restart_election_timer(Step& s);
  Duration election_timeout() const;
  bool may_campaign() const;
  bool awaits_own_vote() const;
  // voting_rule.cc: what may be granted to whom.
  bool hears_a_leader(Instant now) const;
  bool is_up_to_date(const Message& m) const;

  // replicate.cc
  void propose(Step& s, const Propose& proposal);
  void replicate_to_all(Step& s);
  Refusal refusal_of(const Propose& proposal) const;
  void replicate(Step& s, Progress& peer);
  void send_append(Step& s, Progress& peer, Entries entries);
  void send_snapshot(Step& s, Progress& peer);
  // heartbeat.cc
  void lead_on(Step& s);
  void heartbeat(Step& s);
  bool still_has_a_quorum(Step& s);

  // commit_rule.cc
  void maybe_commit(Step& s);
  void advance_commit(Step& s, LogIndex to);

  // change_members.cc
  void change_members(Step& s, const ChangeMembers& request);
  Refusal refusal_of(const ChangeMembers& request) const;
  void append_configuration(Step& s, const Configuration& configuration);
  void tend_members(Step& s);
  void promote_learners(Step& s);
  void tell_departing(Step& s);
  void leave_group(Step& s);
  // `next`: where those begin that the leader does not know yet.
  void refresh_peers(LogIndex next);
  void watch_learner(Step& s, Progress& peer);

  // transfer.cc
  void transfer(Step& s, const TransferLeadership& request);
  ReplicaId best_successor() const;
  void hand_over(Step& s);
  void abandon_transfer(Step& s);

  // compact.cc
  void snapshot_taken(Step& s, const SnapshotTaken& taken);
  void snapshot_failed(Step& s, const SnapshotFailed& failed);
  LogIndex end_of_compaction(LogIndex snapshot) const;
  void wait_for_answer(Progress& peer) const;

  // doubt.cc
  void note_repair(const Message& m, LogIndex verified);
  void settle_doubt(Step& s);

  // read_index.cc: of leaders.
  void request_read(Step& s, const ReadRequest& request);
  void take_reader(Step& s, const Reader& reader);
  void answer_reader(Step& s, const Reader& reader, bool ok, LogIndex index);
  void start_reads(Step& s);
  void confirm_reads(Step& s);
  void fail_reads(Step& s);
  // forward_read.cc: of followers.
  void forward_read(Step& s, std::uint64_t cookie);
  void ask_leader(Step& s);
  void finish_forwarded(Step& s, bool ok, LogIndex index);
  void fail_forwarded(Step& s);
  // lease.cc
  void ask_for_lease(Step& s);
  void confirm_lease();
  bool holds_lease(Instant now) const;

  // persist.cc: the only code that changes what survives a crash.
  Persist& batch(Step& s);
  void save_hard_state(Step& s);
  void store_entries(Step& s, LogIndex first, const Entry* begin, const Entry* end);
  void compact_log(Step& s, const SnapshotMeta& base);
  void restart_log(Step& s, const SnapshotMeta& base);
  void refresh_configuration(Step& s, LogIndex changed_from);
  void synced(Step& s, Ticket ticket);

  Message message_to(ReplicaId to, MessageKind kind) const;
  void send(Step& s, Message message, Ticket after);
  Leader* as_leader() { return std::get_if<Leader>(&volatile_.role); }
  Follower* as_follower() { return std::get_if<Follower>(&volatile_.role); }

  Options options_;
  Persistent persistent_;
  Volatile volatile_;
};

}  // namespace plumbline::raft
