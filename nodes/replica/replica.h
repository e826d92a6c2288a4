#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "network/wire/messages.pb.h"
#include "nodes/fiber/sync.h"
#include "nodes/log/log.h"
#include "nodes/log/snapshot_store.h"
#include "nodes/raft/raft.h"
#include "nodes/replica/connection.h"
#include "nodes/replica/recovery.h"
#include "nodes/replica/snapshot_inbox.h"
#include "nodes/replica/snapshot_outbox.h"
#include "nodes/replica/state_machine.h"
#include "nodes/world/world.h"

namespace plumbline::replica {

struct Member {
  ReplicaId replica;
  NodeId node;
};

struct ReplicaOptions {
  GroupId group{1};
  ReplicaId self;
  // The group's first configuration and where its members are. The one in front stands for election
  // before the others do (R-raft-10). What the log says later stands over it.
  std::vector<Member> members;
  // This replica is none of the first configuration: it starts with nothing, and waits for a leader
  // that has added it. So does one whose disk was wiped, under a number that is new.
  bool join = false;
  // An empty disk was never used. Else only that of a node that starts for the first time: later on
  // it is one that was wiped, and the node halts. For worlds that count a node's starts on that
  // very disk.
  bool empty_disk_is_new = false;
  Address client_address;
  raft::Options raft;
  log::Options log;
  std::uint32_t key_bytes_max = 4096;
  std::uint32_t value_bytes_max = 1 << 20;
  // A session that is not used for so many entries of the log is dropped; zero: never for that
  // reason. The leader's setting counts, for sessions that are opened while it leads.
  std::uint64_t session_idle_entries = 1 << 20;
  // Proposals whose fate is open; beyond it a command is refused with OVERLOADED.
  std::uint32_t open_proposals_max = 4096;
  // Entries applied before others may run, and how long they may: a throttle for large backlogs.
  std::uint32_t apply_batch = 64;
  Duration apply_pause;
  // A snapshot is taken when so much was applied since the last one; zero: never for that reason.
  std::uint64_t snapshot_log_bytes = 16 << 20;
  std::uint64_t snapshot_log_entries = 1 << 20;
  // What the log may take of the disk; zero: not bounded so. Snapshots are taken for it as well,
  // and less stays behind them; when that is not fast enough a leader refuses commands with
  // OVERLOADED. A follower takes what it is sent. REQUIRES: sixteen times log.segment_bytes or
  // more.
  std::uint64_t log_bytes_max = 0;
  SnapshotSendOptions snapshot_send;
};

// What `log_bytes_max` asks of the core.
ReplicaOptions with_bounded_log(ReplicaOptions options);

// One member of a replicated store: the shell around a Raft core, a log and a state machine.
//
// It recovers from its log and its newest snapshot, then drives the core: whatever happens (a
// message, a deadline, a finished sync, a client's request) is one step, and carry_out() does what
// the step's Update says in the one order that is safe (DESIGN: a message that promises something
// waits for the ticket of what it promises). Syncing, applying, taking snapshots and carrying them
// run in fibers of their own, so none holds up another nor the core.
//
// A log that is corrupt beyond doubt, or a failed write or sync, halts the node: it never serves
// what it is not sure of. A disk without space does not: it takes no more writes, and goes on.
class Replica : public Node {
 public:
  Replica(World& world, ReplicaOptions options);
  ~Replica() override;

  // For checks from outside; nothing until the log is recovered.
  const raft::Raft* core() const { return core_ ? &*core_ : nullptr; }
  const StateMachine& machine() const { return machine_; }
  LogIndex applied() const { return applied_; }
  const ReplicaOptions& options() const { return options_; }
  // Takes no writes: its disk has no space, or not enough to make the log shorter by a snapshot.
  bool is_full() const { return full_; }
  std::uint64_t log_bytes() const { return log_ ? log_->counters().bytes_on_disk : 0; }
  // One line for a person: role, term, log, what waits. REQUIRES: core() is not null.
  std::string describe() const;
  // Before the node is stopped in good order: hands leadership over, makes durable what was
  // accepted, and calls `done`, in any case within some seconds. Until then it goes on like any
  // replica.
  void wind_down(UniqueFunction<void()> done);
  static constexpr const char* kLogDirectory = "log";
  static constexpr const char* kSnapshotDirectory = "snapshots";

 private:
  // A client's command that waits for its entry to be applied.
  struct Proposal {
    Term term;
    std::shared_ptr<Connection> client;
    std::uint64_t request = 0;
  };
  // A client's read that waits for the core's read index and then for the state machine to reach
  // it.
  struct Read {
    std::shared_ptr<Connection> client;
    std::uint64_t request = 0;
    Bytes key;
  };
  // A change of members that waits to be committed, or leadership to be handed over.
  struct Wish {
    LogIndex index;
    std::shared_ptr<Connection> client;
    std::uint64_t request = 0;
  };

  // Life cycle, in fibers.
  void recover(Yield& yield);
  void begin_with_nothing(Yield& yield);
  Status write_recovered(Yield& yield, const RecoveredGroup& group);
  void halt_on(const char* what, const Status& failed);
  void start_core(raft::Raft::Recovered recovered);
  void sync_loop(Yield& yield);
  void apply_loop(Yield& yield);
  void snapshot_loop(Yield& yield);
  void accept_loop(Yield& yield);

  // The core. None of these suspends.
  void drive(const raft::Event& event);
  void receive(NodeId from, BytesView payload);
  bool is_from(NodeId from, ReplicaId replica);
  void carry_out(raft::Update& update);
  void write_down(const raft::Persist& persist);
  void send(const raft::Message& message);
  void send(const SnapshotChunk& chunk);
  void send(const SnapshotAck& ack);
  void release_synced(raft::Ticket ticket);
  void arm_timer();
  std::optional<NodeId> node_of(ReplicaId replica) const;
  NodeId leader_node() const { return node_of(core_->leader()).value_or(NodeId()); }

  // Syncing, in its fiber.
  Status flush(Yield& yield);
  Status wait_for_space(Yield& yield);
  Status keep_reserve(Yield& yield);
  Status make_room(Yield& yield);
  void shorten_log();

  // Applying, in its fiber.
  void apply_batch();
  void apply(LogIndex index, const raft::Entry& entry);
  bool take_up_snapshot(Yield& yield);
  Result<StateMachine> state_of(Yield& yield, log::SnapshotId id);

  // snapshots.cc
  bool snapshot_is_due() const;
  bool log_is_long() const;
  Status take_snapshot(Yield& yield);
  Status write_captured(Yield& yield, log::SnapshotWriter& file);
  void want_room();
  void start_carriers();

  // Clients.
  void handle(const std::shared_ptr<Connection>& client, BytesView request);
  bool disk_is_behind() const;
  void handle_command(const std::shared_ptr<Connection>& client, std::uint64_t request,
                      const Command& command);
  void handle_read(const std::shared_ptr<Connection>& client, std::uint64_t request,
                   const Bytes& key);
  std::optional<std::string> refusal(const Command& command) const;
  void refuse_not_leader(Connection& client, std::uint64_t request);
  void refuse(Connection& client, std::uint64_t request, raft::Refusal why);
  void finish_read_index(const raft::ReadResult& result);
  void answer_reads_up_to(LogIndex applied);
  void answer_read(const Read& read);
  void answer_proposal(LogIndex index, Term term, const Answer& answer);
  void abandon_proposals();
  // operate.cc: what operators ask for.
  void handle_change(const std::shared_ptr<Connection>& client, std::uint64_t request,
                     const wire::ChangeMembers& change);
  void handle_transfer(const std::shared_ptr<Connection>& client, std::uint64_t request,
                       ReplicaId to);
  void handle_status(const std::shared_ptr<Connection>& client, std::uint64_t request);
  void tell_members(wire::Members& members) const;
  void tell_peers(wire::Status& status) const;
  void answer_changes(LogIndex applied);
  void abandon_changes();
  void answer_transfers();

  World& world_;
  ReplicaOptions options_;
  std::unique_ptr<log::Log> log_;
  log::SnapshotStore snapshots_;
  std::optional<raft::Raft> core_;
  StateMachine machine_;
  // Of a leader's snapshot that the core was given, until it is taken up.
  std::optional<std::pair<log::SnapshotId, StateMachine>> incoming_;
  LogIndex applied_;
  // Payloads applied since the last snapshot.
  std::uint64_t applied_bytes_ = 0;
  // Of the log, when the last snapshot was begun.
  std::uint64_t segments_at_snapshot_ = 0;
  // How often the state machine was replaced by a snapshot.
  std::uint64_t replacements_ = 0;
  // The newest snapshot was found unreadable: another one is taken at once.
  bool renew_snapshot_ = false;

  raft::Ticket written_;  // last ticket whose records are in the log's buffer
  raft::Ticket synced_;
  bool base_written_ = true;         // since the last flush
  std::deque<raft::Outgoing> held_;  // messages that wait for their ticket, in order of sending
  // Takes no writes: the log is full, or has no reserve.
  bool full_ = false;
  // A snapshot is to make room, and is not written yet.
  bool making_room_ = false;
  // No room was found for a snapshot, an own one or one that is sent here.
  bool room_wanted_ = false;
  Instant ask_for_space_at_;
  // What the log had come to when its reserve was last looked after.
  std::uint64_t segments_at_reserve_ = UINT64_MAX;
  fiber::Event to_sync_;
  fiber::Event to_apply_;
  fiber::Event to_snapshot_;
  TimerId timer_;
  Instant timer_at_ = Instant::never();

  // Where replicas were seen that the configuration does not name: it may be behind.
  std::map<ReplicaId, NodeId> seen_at_;
  std::unique_ptr<SnapshotOutbox> outbox_;
  std::unique_ptr<SnapshotInbox> inbox_;

  std::map<LogIndex, Proposal> proposals_;
  Term leading_;  // the term in which this replica leads; zero when it does not
  std::vector<Wish> changes_;
  std::vector<Wish> transfers_;
  std::map<std::uint64_t, Read> reads_;           // by cookie, read index not known yet
  std::multimap<LogIndex, Read> reads_at_index_;  // wait for the state machine
  std::uint64_t next_cookie_ = 1;
};

}  // namespace plumbline::replica
