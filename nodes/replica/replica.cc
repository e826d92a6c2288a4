#include "nodes/replica/replica.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "nodes/raft/describe.h"
#include "nodes/replica/codec.h"

namespace plumbline::replica {
namespace {

constexpr trace::Kind kRecovered{"replica.recovered",
                                 "recovered: term {a}, log behind {d}, {b} entries, commit {c}"};
constexpr trace::Kind kInDoubt{"replica.in_doubt",
                               "has lost what was synced: its log may have come to {a}"};
// A log that has been left alone for so long makes it durable that its last batch was synced
// (nodes/log/FORMAT.md).
constexpr Duration kSettleAfter = milliseconds(20);
// A full disk is asked again so often.
constexpr Duration kAskForSpaceEvery = milliseconds(100);

constexpr trace::Kind kForeignMessage{"replica.foreign_message",
                                      "ignored a message from n{a} that is not of this group"};
constexpr trace::Kind kFull{"replica.disk_full", "takes no writes: its disk has no space"};
constexpr trace::Kind kSpaceAgain{"replica.disk_has_space", "has space on its disk again"};
const trace::Probe kFullProbe{"replica.disk_full", trace::Probe::Need::kOptional};
const trace::Probe kDoubts{"replica.recovered_in_doubt", trace::Probe::Need::kOptional};
const trace::Probe kRestarted{"replica.log_restarted_behind_snapshot",
                              trace::Probe::Need::kOptional};

}  // namespace

Replica::Replica(World& world, ReplicaOptions options)
    : world_(world),
      options_(with_bounded_log(std::move(options))),
      snapshots_(world.disk, world.trace, kSnapshotDirectory, options_.log.identity) {
  world_.tasks.spawn("recover", [this](Yield& yield) { recover(yield); });
}

Replica::~Replica() = default;

void Replica::recover(Yield& yield) {
  GroupLog found(options_.group);
  auto opened = log::Log::open(yield, world_.disk, world_.trace, kLogDirectory, options_.log,
                               [&](const log::Record& record) { found.take(record); });
  if (!opened) return world_.tasks.halt("cannot recover the log: " + opened.error().message());
  log_ = std::move(opened->log);
  if (found.is_foreign()) return world_.tasks.halt("the log is of another version");
  if (found.empty()) return begin_with_nothing(yield);
  // A log in memory is found empty, so there is a disk.
  if (const Status made = snapshots_.open(yield); !made) return halt_on("snapshots", made);
  Result<LoadedGroup> loaded = load_group(yield, snapshots_, found, opened->damages);
  if (!loaded) return halt_on("a snapshot", loaded.error());
  RecoveredGroup& group = loaded->group;
  if (const Status written = write_recovered(yield, group); !written) {
    return halt_on("the log", written);
  }
  machine_ = std::move(loaded->machine);
  if (group.load) applied_ = group.load->index;
  start_core(std::move(group.core));
}

void Replica::halt_on(const char* what, const Status& failed) {
  world_.tasks.halt(std::string("cannot recover ") + what + ": " + failed.error().message());
}

// A replica of the first configuration writes that down; one that joins waits until it is spoken
// to. What a wiped disk has promised nobody knows, so it never comes back under its number.
void Replica::begin_with_nothing(Yield& yield) {
  const bool wiped = world_.incarnation > Incarnation(1) && !options_.empty_disk_is_new;
  if (wiped && !options_.join && !options_.log.in_memory) {
    return world_.tasks.halt(
        "the disk is empty, and this node was started before: it may only come back as a new "
        "member");
  }
  if (!options_.log.in_memory) {
    if (const Status made = snapshots_.open(yield); !made) return halt_on("snapshots", made);
  }
  if (options_.join) return start_core({});
  RecoveredGroup group;
  raft::Configuration first;
  for (const Member& member : options_.members) {
    first.voters.push_back(member.replica);
    first.seats.push_back({member.replica, member.node});
  }
  std::sort(first.voters.begin(), first.voters.end());
  std::sort(first.seats.begin(), first.seats.end(),
            [](const raft::Seat& a, const raft::Seat& b) { return a.id < b.id; });
  group.core = raft::Raft::bootstrap(first);
  log_->append(record_of(options_.group, group.core.hard_state));
  log_->append(record_of(options_.group, LogIndex(1), group.core.entries.front()));
  if (const Status flushed = log_->flush(yield); !flushed) return halt_on("the log", flushed);
  start_core(std::move(group.core));
}

// What recovery has decided is on the disk before anybody is spoken to.
Status Replica::write_recovered(Yield& yield, const RecoveredGroup& group) {
  if (!group.doubt.empty()) {
    world_.trace.reached(kDoubts);
    world_.trace.emit(kInDoubt, group.core.hard_state.doubt.until.value);
  }
  if (!group.write_hard_state) return {};
  log_->append(record_of(options_.group, group.core.hard_state));
  if (group.restart_log) {
    world_.trace.reached(kRestarted);
    log_->append(record_of(options_.group, group.core.base, /*keep_tail=*/false));
  }
  return log_->flush(yield);
}

void Replica::start_core(raft::Raft::Recovered recovered) {
  world_.trace.emit(kRecovered, recovered.hard_state.term.value, recovered.entries.size(),
                    recovered.hard_state.commit.value, recovered.base.index.value);
  raft::Options tuning = options_.raft;
  tuning.self = options_.self;
  tuning.timeout_seed = world_.random.bits(Key("raft.timeout_seed").with(options_.group));
  tuning.preferred = !options_.members.empty() && options_.members.front().replica == options_.self;
  core_.emplace(tuning, std::move(recovered), world_.clock.now());
  if (!options_.log.in_memory) start_carriers();
  world_.transport.set_receiver([this](NodeId from, BytesView payload) { receive(from, payload); });
  world_.tasks.spawn("sync", [this](Yield& y) { sync_loop(y); });
  world_.tasks.spawn("apply", [this](Yield& y) { apply_loop(y); });
  world_.tasks.spawn("accept", [this](Yield& y) { accept_loop(y); });
  if (!options_.log.in_memory) {
    world_.tasks.spawn("snapshot", [this](Yield& y) { snapshot_loop(y); });
  }
  to_apply_.set();
  arm_timer();
}

// ---- the core ----

void Replica::drive(const raft::Event& event) {
  raft::Update update = core_->step(world_.clock.now(), event, world_.trace);
  carry_out(update);
}

void Replica::receive(NodeId from, BytesView payload) {
  std::optional<PeerMessage> got = decode_peer(payload);
  const auto sender = [&] {
    return std::visit([](const auto& message) { return message.from; }, got->message);
  };
  if (!got || got->group != options_.group || !is_from(from, sender())) {
    world_.trace.emit(kForeignMessage, from.value);
    return;
  }
  if (auto* const message = std::get_if<raft::Message>(&got->message)) {
    // A snapshot's message comes with its state, and not by itself.
    if (message->kind != raft::MessageKind::kSnapshot) drive(raft::Receive{std::move(*message)});
  } else if (auto* const chunk = std::get_if<SnapshotChunk>(&got->message)) {
    if (inbox_ && chunk->to == options_.self) inbox_->arrived(std::move(*chunk));
  } else if (const auto* const ack = std::get_if<SnapshotAck>(&got->message)) {
    if (outbox_ && ack->to == options_.self) outbox_->acknowledged(*ack);
  }
}

// A replica lives where the configuration says. One that it does not name may be of a configuration
// that is not known here yet, or no longer; what it says is for the core to judge.
bool Replica::is_from(NodeId from, ReplicaId replica) {
  for (const raft::Seat& seat : core_->configuration().seats) {
    if (seat.id == replica) return seat.node == from;
  }
  seen_at_[replica] = from;
  return true;
}

std::optional<NodeId> Replica::node_of(ReplicaId replica) const {
  for (const raft::Seat& seat : core_->configuration().seats) {
    if (seat.id == replica) return seat.node;
  }
  const auto seen = seen_at_.find(replica);
  return seen == seen_at_.end() ? std::nullopt : std::optional(seen->second);
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
  if (!transfers_.empty()) answer_transfers();
  arm_timer();
}

void Replica::write_down(const raft::Persist& persist) {
  if (persist.hard_state) log_->append(record_of(options_.group, *persist.hard_state));
  if (persist.base) {
    log_->append(record_of(options_.group, *persist.base, persist.keep_tail));
    base_written_ = true;
  }
  LogIndex index = persist.first;
  for (const raft::Entry& entry : persist.entries) {
    log_->append(record_of(options_.group, index, entry));
    index = index.next();
  }
  written_ = persist.ticket;
  to_sync_.set();
}

void Replica::send(const raft::Message& message) {
  // The state that it stands for goes with it, and takes its time.
  if (message.kind == raft::MessageKind::kSnapshot) return outbox_->start(message);
  const std::optional<NodeId> to = node_of(message.to);
  if (!to) return;
  world_.transport.send(*to, {name_of(message.kind), message.term.value, message.index.value},
                        encode(options_.group, message));
}

void Replica::send(const SnapshotChunk& chunk) {
  const std::optional<NodeId> to = node_of(chunk.to);
  if (!to) return;
  world_.transport.send(*to, {kSnapshotChunkName, chunk.content.index.value, chunk.offset},
                        encode(options_.group, chunk));
}

void Replica::send(const SnapshotAck& ack) {
  const std::optional<NodeId> to = node_of(ack.to);
  if (!to) return;
  world_.transport.send(*to, {kSnapshotAckName, ack.transfer, ack.received},
                        encode(options_.group, ack));
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

// ---- syncing ----

void Replica::sync_loop(Yield& yield) {
  for (;;) {
    if (const Status kept = keep_reserve(yield); !kept) {
      return world_.tasks.halt("cannot keep room for the log: " + kept.error().message());
    }
    const Instant idle = world_.clock.now() + (full_ ? kAskForSpaceEvery : kSettleAfter);
    const bool work = to_sync_.wait_until(yield, world_.tasks, idle);
    const raft::Ticket ticket = written_;
    to_sync_.clear();
    const Status done = work ? flush(yield) : log_->settle(yield);
    if (!done) return world_.tasks.halt("cannot write the log: " + done.error().message());
    if (!work) {
      if (!full_) to_sync_.wait(yield);
      continue;
    }
    release_synced(ticket);
    drive(raft::Synced{ticket});
  }
}

// Comes back when everything that was written down before the call is durable. Once a base is, what
// lies before it can go.
Status Replica::flush(Yield& yield) {
  bool base = std::exchange(base_written_, false);
  Status done = log_->flush(yield);
  while (!done && log_->is_full()) {
    if (const Status waited = wait_for_space(yield); !waited) return waited;
    base = std::exchange(base_written_, false) || base;
    done = log_->flush(yield);
  }
  if (!done || !base) return done;
  const Result<std::uint64_t> removed = log_->compact(yield);
  return removed ? Status() : Status(removed.error());
}

// Nothing is written while a snapshot is: what was given up for it would go elsewhere. Reads are
// served meanwhile, and a leader is heard.
Status Replica::wait_for_space(Yield& yield) {
  if (const Status made = make_room(yield); !made) return made;
  const Result<std::uint64_t> removed = log_->compact(yield);
  if (!removed) return removed.error();
  if (*removed > 0) return {};
  do {
    world_.tasks.sleep_until(yield, world_.clock.now() + kAskForSpaceEvery);
  } while (making_room_);
  return {};
}

// A reserve that holds a snapshot of the state as it is, what the state grows by until the next
// segment is begun, and a segment. Without one no more writes are taken: nothing would be left to
// make room with.
Status Replica::keep_reserve(Yield& yield) {
  if (std::exchange(room_wanted_, false) && !full_) return make_room(yield);
  if (full_ && (making_room_ || world_.clock.now() < ask_for_space_at_)) return {};
  const std::uint64_t segments = log_->counters().segments_created;
  if (!full_ && segments == segments_at_reserve_) return {};
  const std::uint64_t bytes = machine_.encoded_bytes() + 2 * options_.log.segment_bytes;
  const Status kept = log_->reserve(yield, bytes);
  if (!kept && kept.error().code != Errc::kNoSpace) return kept;
  if (!kept) {
    ask_for_space_at_ = world_.clock.now() + kAskForSpaceEvery;
    if (!full_) return make_room(yield);
    shorten_log();
    return {};
  }
  segments_at_reserve_ = segments;
  if (std::exchange(full_, false)) world_.trace.emit(kSpaceAgain);
  return {};
}

// No more writes are taken, and what was kept for a full disk is to be had.
Status Replica::make_room(Yield& yield) {
  if (const Status released = log_->release(yield); !released) return released;
  if (!std::exchange(full_, true)) {
    world_.trace.reached(kFullProbe);
    world_.trace.emit(kFull);
  }
  ask_for_space_at_ = world_.clock.now() + kAskForSpaceEvery;
  shorten_log();
  return {};
}

// Whatever the log holds that a snapshot can stand for is to go.
void Replica::shorten_log() {
  if (core_->base().index < core_->snapshot().index) {
    drive(raft::SnapshotTaken{.meta = core_->snapshot(), .keep_trailing = false});
  }
  if (applied_ <= core_->snapshot().index || log_->segments() == 1) return;
  making_room_ = true;
  to_snapshot_.set();
}

}  // namespace plumbline::replica
