#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "network/wire/messages.pb.h"
#include "nodes/fiber/sync.h"
#include "nodes/log/log.h"
#include "nodes/raft/raft.h"
#include "nodes/replica/connection.h"
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
  // The group's first configuration and where its members are; sorted by replica.
  std::vector<Member> members;
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
};

// One member of a replicated store: the shell around a Raft core, a log and a state machine.
//
// It recovers from its log, then drives the core: whatever happens (a message, a deadline, a
// finished sync, a client's request) is one step, and carry_out() does what the step's Update says
// in the one order that is safe (DESIGN: a message that promises something waits for the ticket of
// what it promises). Syncing and applying run in fibers of their own, so neither holds up the other
// nor the core.
//
// A log that is corrupt, or a failed write or sync, halts the node: it never serves what it is not
// sure of.
class Replica : public Node {
 public:
  Replica(World& world, ReplicaOptions options);
  ~Replica() override;

  // For checks from outside; nothing until the log is recovered.
  const raft::Raft* core() const { return core_ ? &*core_ : nullptr; }
  const StateMachine& machine() const { return machine_; }
  LogIndex applied() const { return applied_; }
  const ReplicaOptions& options() const { return options_; }
  // One line for a person: role, term, log, what waits. REQUIRES: core() is not null.
  std::string describe() const;
  static constexpr const char* kLogDirectory = "log";

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

  // Life cycle, in fibers.
  void recover(Yield& yield);
  void sync_loop(Yield& yield);
  void apply_loop(Yield& yield);
  void accept_loop(Yield& yield);

  // The core. None of these suspends.
  void drive(const raft::Event& event);
  void receive(NodeId from, BytesView payload);
  void carry_out(raft::Update& update);
  void write_down(const raft::Persist& persist);
  void send(const raft::Message& message);
  void release_synced(raft::Ticket ticket);
  void arm_timer();
  std::optional<NodeId> node_of(ReplicaId replica) const;

  // Clients.
  void handle(const std::shared_ptr<Connection>& client, BytesView request);
  void handle_command(const std::shared_ptr<Connection>& client, std::uint64_t request,
                      const Command& command);
  void handle_read(const std::shared_ptr<Connection>& client, std::uint64_t request,
                   const Bytes& key);
  void handle_status(const std::shared_ptr<Connection>& client, std::uint64_t request);
  std::optional<std::string> refusal(const Command& command) const;
  void refuse_not_leader(Connection& client, std::uint64_t request);
  void finish_read_index(const raft::ReadResult& result);
  void answer_reads_up_to(LogIndex applied);
  void answer_read(const Read& read);
  void apply(LogIndex index, const raft::Entry& entry);
  void answer_proposal(LogIndex index, Term term, const Answer& answer);
  void abandon_proposals();

  World& world_;
  ReplicaOptions options_;
  std::unique_ptr<log::Log> log_;
  std::optional<raft::Raft> core_;
  StateMachine machine_;
  LogIndex applied_;

  raft::Ticket written_;  // last ticket whose records are in the log's buffer
  raft::Ticket synced_;
  std::deque<raft::Outgoing> held_;  // messages that wait for their ticket, in order of sending
  fiber::Event to_sync_;
  fiber::Event to_apply_;
  TimerId timer_;
  Instant timer_at_ = Instant::never();

  std::map<LogIndex, Proposal> proposals_;
  Term leading_;  // the term in which this replica leads; zero when it does not
  std::map<std::uint64_t, Read> reads_;           // by cookie, read index not known yet
  std::multimap<LogIndex, Read> reads_at_index_;  // wait for the state machine
  std::uint64_t next_cookie_ = 1;
};

}  // namespace plumbline::replica
