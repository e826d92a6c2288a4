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
// and the leader's own write in parallel with its followers' (10.2.1).
//
// It does nothing by itself. Its shell gives it what happened, and carries out what `step` answers:
//   1. `messages` whose ticket is zero or synced may leave at once, the others when it is;
//   2. `persist` is written and synced, batches in the order of their tickets; when a batch is on
//      the disk, `Synced` is given back. Several may be under way, and one Synced may cover many;
//   3. entries up to `commit()` are applied; `reads` are answered by a state machine that has.
// A step never waits, and the order of those three does not matter.
//
// It is a value: it can be copied, compared and hashed. Time comes with the event;
// `DeadlineReached` is due at `next_deadline()`, and does nothing when given earlier. Messages may
// be lost, late, doubled and out of order; what cannot come from a replica of this group is ignored
// and traced.
class Raft {
 public:
  // What a disk holds: the entries from index 1, all of them synced.
  struct Recovered {
    HardState hard_state;
    std::vector<Entry> entries;
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
    RoleState role;
    // When a replica that does not lead will campaign.
    Instant election_at;
    // Elections that this replica has called since its term began; names its time-outs.
    std::uint64_t attempt = 0;

    friend bool operator==(const Volatile&, const Volatile&) = default;
  };

  // What every replica of a new group has on its disk before its first start: entry 1 is the
  // configuration, of term 1, and committed.
  static Recovered bootstrap(const Configuration& configuration);

  // REQUIRES: what was recovered was written by this core or by bootstrap: a configuration is in
  // the log, terms do not go down nor exceed the hard state's, the commit index is in the log.
  Raft(const Options& options, Recovered recovered, Instant now);

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
  // Zero for index 0. REQUIRES: index <= last_index().
  Term term_at(LogIndex index) const { return persistent_.log.term_at(index); }
  // REQUIRES: 1 <= index <= last_index().
  const Entry& entry(LogIndex index) const { return persistent_.log.at(index); }
  const Configuration& configuration() const { return volatile_.configuration; }
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
  // Of receive_append: the first index at which the log lacks the message's entry or holds another.
  LogIndex first_difference(const Message& m) const;
  void take_entries(Step& s, const Message& m, LogIndex fresh);
  void refuse_append(Step& s, const Message& m);
  void acknowledge_append(Step& s, const Message& m, LogIndex verified);
  // Of receive_append_reply.
  void follower_accepted(Step& s, Progress& peer, const Message& m);
  void follower_refused(Step& s, Progress& peer, const Message& m);

  // follow.cc: the ways back to being a follower.
  void adopt_later_term(Step& s, const Message& m);
  void become_follower(Step& s, Term term, ReplicaId leader);
  void follow(Step& s, ReplicaId leader);

  // campaign.cc
  void campaign(Step& s);
  void start_pre_vote(Step& s);
  void start_election(Step& s);
  void count_pre_vote(Step& s, ReplicaId voter);
  void count_vote(Step& s, ReplicaId voter);
  void become_leader(Step& s);
  void restart_election_timer(Step& s);
  Duration election_timeout() const;
  bool may_campaign() const;
  // voting_rule.cc: what may be granted to whom.
  bool hears_a_leader(Instant now) const;
  bool is_up_to_date(const Message& m) const;

  // replicate.cc
  void propose(Step& s, const Propose& proposal);
  void replicate_to_all(Step& s);
  void replicate(Step& s, Progress& peer);
  void send_append(Step& s, Progress& peer, Entries entries);
  // heartbeat.cc
  void lead_on(Step& s);
  void heartbeat(Step& s);
  bool still_has_a_quorum(Step& s);

  // commit_rule.cc
  void maybe_commit(Step& s);
  void advance_commit(Step& s, LogIndex to);

  // read_index.cc
  void request_read(Step& s, const ReadRequest& request);
  void start_reads(Step& s);
  void confirm_reads(Step& s);
  void fail_reads(Step& s);

  // persist.cc: the only code that changes what survives a crash.
  Persist& batch(Step& s);
  void save_hard_state(Step& s);
  void store_entries(Step& s, LogIndex first, const Entry* begin, const Entry* end);
  void refresh_configuration(Step& s, LogIndex changed_from);
  void synced(Step& s, Ticket ticket);

  Message message_to(ReplicaId to, MessageKind kind) const;
  void send(Step& s, Message message, Ticket after);
  Leader* as_leader() { return std::get_if<Leader>(&volatile_.role); }

  Options options_;
  Persistent persistent_;
  Volatile volatile_;
};

}  // namespace plumbline::raft
