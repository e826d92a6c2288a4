#include "nodes/replica/replica.h"

#include <algorithm>

#include "nodes/replica/codec.h"

namespace plumbline::replica {
namespace {

constexpr trace::Kind kRecovered{"replica.recovered",
                                 "recovered its log: term {a}, {b} entries, commit {c}"};
constexpr trace::Kind kApplied{"replica.applied",
                               "applied entry {a} of term {b}, revision {c}, digest {d:x}"};
// A log that has been left alone for so long makes it durable that its last batch was synced
// (nodes/log/FORMAT.md).
constexpr Duration kSettleAfter = milliseconds(20);

constexpr trace::Kind kForeignMessage{"replica.foreign_message",
                                      "ignored a message from n{a} that is not of this group"};

}  // namespace

Replica::Replica(World& world, ReplicaOptions options)
    : world_(world), options_(std::move(options)) {
  world_.tasks.spawn("recover", [this](Yield& yield) { recover(yield); });
}

Replica::~Replica() = default;

void Replica::recover(Yield& yield) {
  raft::Raft::Recovered recovered;
  const auto replay = [&](const log::Record& record) {
    if (record.group != options_.group) return;
    if (record.kind == log::RecordKind::kHardState) {
      recovered.hard_state = {record.term, record.voted_for, record.commit};
      return;
    }
    recovered.entries.push_back(
        {record.term, static_cast<raft::EntryKind>(record.entry_kind), record.payload});
  };
  auto opened =
      log::Log::open(yield, world_.disk, world_.trace, kLogDirectory, options_.log, replay);
  if (!opened) return world_.tasks.halt("cannot recover the log: " + opened.error().message());
  if (!opened->damages.empty()) {
    return world_.tasks.halt("cannot recover the log: " + opened->damages.front().where);
  }
  log_ = std::move(opened->log);
  if (recovered.entries.empty()) {
    raft::Configuration first;
    for (const Member& member : options_.members) first.voters.push_back(member.replica);
    recovered = raft::Raft::bootstrap(first);
    write_down({.ticket = {},
                .hard_state = recovered.hard_state,
                .first = LogIndex(1),
                .entries = {recovered.entries.front()}});
    if (const Status flushed = log_->flush(yield); !flushed) {
      return world_.tasks.halt("cannot write the log: " + flushed.error().message());
    }
  }
  world_.trace.emit(kRecovered, recovered.hard_state.term.value, recovered.entries.size(),
                    recovered.hard_state.commit.value);
  raft::Options tuning = options_.raft;
  tuning.self = options_.self;
  tuning.timeout_seed = world_.random.bits(Key("raft.timeout_seed").with(options_.group));
  core_.emplace(tuning, std::move(recovered), world_.clock.now());
  world_.transport.set_receiver([this](NodeId from, BytesView payload) { receive(from, payload); });
  world_.tasks.spawn("sync", [this](Yield& y) { sync_loop(y); });
  world_.tasks.spawn("apply", [this](Yield& y) { apply_loop(y); });
  world_.tasks.spawn("accept", [this](Yield& y) { accept_loop(y); });
  to_apply_.set();
  arm_timer();
}

// ---- the core ----

void Replica::drive(const raft::Event& event) {
  raft::Update update = core_->step(world_.clock.now(), event, world_.trace);
  carry_out(update);
}

void Replica::receive(NodeId from, BytesView payload) {
  std::optional<GroupMessage> got = decode_message(payload);
  if (!got || got->group != options_.group || node_of(got->message.from) != from) {
    world_.trace.emit(kForeignMessage, from.value);
    return;
  }
  drive(raft::Receive{std::move(got->message)});
}

// The one place where the order of an update's effects is written down. What is free to leave goes
// first, so that a leader's followers work while its own disk does; what promises something waits
// for its ticket.
void Replica::carry_out(raft::Update& update) {
  for (raft::Outgoing& outgoing : update.messages) {
    if (outgoing.after <= synced_) {
      send(outgoing.message);
    } else {
      held_.push_back(std::move(outgoing));
    }
  }
  if (update.persist) write_down(*update.persist);
  for (const raft::ReadResult& result : update.reads) finish_read_index(result);
  if (core_->commit() > applied_) to_apply_.set();
  if (leading_ && (core_->role() != raft::Role::kLeader || core_->term() != leading_)) {
    abandon_proposals();
  }
  leading_ = core_->role() == raft::Role::kLeader ? core_->term() : Term();
  arm_timer();
}

void Replica::write_down(const raft::Persist& persist) {
  if (persist.hard_state) {
    log_->append({.group = options_.group,
                  .kind = log::RecordKind::kHardState,
                  .term = persist.hard_state->term,
                  .voted_for = persist.hard_state->voted_for,
                  .commit = persist.hard_state->commit});
  }
  LogIndex index = persist.first;
  for (const raft::Entry& entry : persist.entries) {
    log_->append({.group = options_.group,
                  .kind = log::RecordKind::kEntry,
                  .term = entry.term,
                  .index = index,
                  .entry_kind = static_cast<std::uint8_t>(entry.kind),
                  .payload = entry.payload});
    index = index.next();
  }
  written_ = persist.ticket;
  to_sync_.set();
}

void Replica::send(const raft::Message& message) {
  const std::optional<NodeId> to = node_of(message.to);
  if (!to) return;
  world_.transport.send(*to, {name_of(message.kind), message.term.value, message.index.value},
                        encode(options_.group, message));
}

void Replica::sync_loop(Yield& yield) {
  for (;;) {
    const Instant idle = world_.clock.now() + kSettleAfter;
    const bool work = to_sync_.wait_until(yield, world_.tasks, idle);
    const raft::Ticket ticket = written_;
    to_sync_.clear();
    const Status done = work ? log_->flush(yield) : log_->settle(yield);
    if (!done) return world_.tasks.halt("cannot write the log: " + done.error().message());
    if (!work) {
      to_sync_.wait(yield);
      continue;
    }
    release_synced(ticket);
    drive(raft::Synced{ticket});
  }
}

void Replica::release_synced(raft::Ticket ticket) {
  synced_ = ticket;
  std::deque<raft::Outgoing> still_held;
  for (raft::Outgoing& outgoing : held_) {
    if (outgoing.after <= synced_) {
      send(outgoing.message);
    } else {
      still_held.push_back(std::move(outgoing));
    }
  }
  held_ = std::move(still_held);
}

// A deadline that moves away leaves the timer as it is: it finds nothing due, and is armed anew.
// Heartbeats would otherwise cost a timer each.
void Replica::arm_timer() {
  const Instant deadline = core_->next_deadline();
  if (timer_ && timer_at_ <= deadline) return;
  if (timer_) world_.tasks.cancel_timer(timer_);
  timer_ = {};
  if (deadline == Instant::never()) return;
  timer_at_ = deadline;
  timer_ = world_.tasks.call_at(deadline, [this] {
    timer_ = {};
    if (core_->next_deadline() <= world_.clock.now()) return drive(raft::DeadlineReached{});
    arm_timer();
  });
}

std::optional<NodeId> Replica::node_of(ReplicaId replica) const {
  for (const Member& member : options_.members) {
    if (member.replica == replica) return member.node;
  }
  return std::nullopt;
}

// ---- applying ----

void Replica::apply_loop(Yield& yield) {
  for (;;) {
    to_apply_.wait(yield);
    to_apply_.clear();
    while (applied_ < core_->commit()) {
      for (std::uint32_t i = 0; i < options_.apply_batch && applied_ < core_->commit(); ++i) {
        const LogIndex index = applied_.next();
        apply(index, core_->entry(index));
      }
      answer_reads_up_to(applied_);
      const bool backlog = applied_ < core_->commit();
      if (backlog || options_.apply_pause > Duration{}) {
        world_.tasks.sleep_until(yield, world_.clock.now() + options_.apply_pause);
      }
    }
  }
}

void Replica::apply(LogIndex index, const raft::Entry& entry) {
  Answer answer{
      .outcome = Outcome::kInvalid, .revision = machine_.revision(), .value = {}, .session = {}};
  if (entry.kind == raft::EntryKind::kCommand) {
    const std::optional<Command> command = decode_command(entry.payload.view());
    // Refused at the boundary before it could be proposed (R-raft-23), so whoever wrote this entry
    // was not one of us.
    if (command) answer = machine_.apply(index, *command);
  }
  applied_ = index;
  world_.trace.emit(kApplied, index.value, entry.term.value, machine_.revision().value,
                    machine_.digest());
  answer_proposal(index, entry.term, answer);
}

}  // namespace plumbline::replica
