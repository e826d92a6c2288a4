#include "scenarios/model/raft_replica.h"

#include <algorithm>
#include <string>
#include <utility>

#include "nodes/base/assert_trap.h"
#include "nodes/raft/invariants.h"
#include "scenarios/model/raft_promises.h"

namespace plumbline::model {

using raft::Outgoing;
using raft::Persist;
using raft::Raft;
using raft::Ticket;

// One step of one replica: several calls of the core when syncs are fused with what they wait for.
struct RaftStepper::Call {
  RaftReplica& replica;
  Instant now;
  trace::Sink& sink;
  RaftStep& result;
};

namespace {

void write(Raft::Recovered& disk, const Persist& batch) {
  if (batch.hard_state) disk.hard_state = *batch.hard_state;
  if (batch.base) {
    const std::size_t held = disk.entries.size();
    const std::size_t covered =
        static_cast<std::size_t>(batch.base->index.value - disk.base.index.value);
    const std::size_t gone = batch.keep_tail ? std::min(held, covered) : held;
    disk.entries.erase(disk.entries.begin(),
                       disk.entries.begin() + static_cast<std::ptrdiff_t>(gone));
    disk.base = *batch.base;
  }
  if (batch.entries.empty()) return;
  disk.entries.resize(static_cast<std::size_t>(batch.first.value - disk.base.index.value - 1));
  disk.entries.insert(disk.entries.end(), batch.entries.begin(), batch.entries.end());
}

// A snapshot's file is whole before its message is given to the core; it counts from when the log
// begins behind it.
void write(RaftReplica& replica, const Persist& batch) {
  write(replica.disk, batch);
  if (!replica.arrived || replica.disk.base.index < replica.arrived->index) return;
  replica.disk.snapshot = *replica.arrived;
  replica.arrived.reset();
}

// Whether nothing that this step gave out can be seen before its batch is synced: a crash in
// between is then a crash before the step.
bool waits_for_its_batch(const raft::Update& update) {
  if (!update.persist) return false;
  for (const Outgoing& outgoing : update.messages) {
    if (outgoing.after < update.persist->ticket) return false;
  }
  return true;
}

void keep_first(std::optional<Finding>& finding, const std::optional<raft::Violation>& violation) {
  if (violation && !finding) finding = Finding{violation->invariant, violation->detail};
}

raft::ChangeMembers change(raft::ChangeKind kind, ReplicaId member) {
  return raft::ChangeMembers{{raft::MemberChange{.kind = kind, .id = member}}};
}

raft::Configuration everyone(unsigned nodes) {
  raft::Configuration configuration;
  for (std::uint32_t id = 1; id <= nodes; ++id) configuration.voters.push_back(ReplicaId(id));
  return configuration;
}

// Who proposed it is all that tells two requests of one term apart: a second leader's.
raft::Propose request_by(ReplicaId proposer) {
  const char name = static_cast<char>('0' + proposer.value);
  return raft::Propose{{raft::Entry{Term(), raft::EntryKind::kCommand, Blob(BytesView(&name, 1))}}};
}

}  // namespace

namespace {

struct AssertionFailed {
  std::string sentence;
};

// Whether this thread is stepping a core: assertions of all else end the process.
thread_local bool stepping = false;

class Stepping {
 public:
  Stepping() { stepping = true; }
  Stepping(const Stepping&) = delete;
  Stepping& operator=(const Stepping&) = delete;
  ~Stepping() { stepping = false; }
};

void throw_when_stepping(const std::string& sentence) {
  if (stepping) throw AssertionFailed{sentence};
}

}  // namespace

std::optional<Finding> failed_assertion(ReplicaId of, const std::function<void()>& run) {
  const Stepping now_stepping;
  try {
    run();
  } catch (const AssertionFailed& failed) {
    return Finding{"an assertion of the core",
                   "r" + std::to_string(of.value) + ": " + failed.sentence};
  }
  return std::nullopt;
}

RaftStepper::RaftStepper(const RaftScope& scope) : scope_(scope) {
  set_assert_trap(throw_when_stepping);
}

RaftReplica RaftStepper::start(ReplicaId self) const {
  const bool is_spare = self.value > scope_.nodes;
  Raft::Recovered disk = is_spare ? Raft::Recovered() : Raft::bootstrap(everyone(scope_.nodes));
  Raft core(options_of(scope_, self), disk, Instant());
  return RaftReplica{std::move(core), std::move(disk)};
}

RaftStep RaftStepper::step(RaftReplica& replica, const Cause& cause, Instant now,
                           trace::Sink& sink) const {
  RaftStep result;
  auto failed = failed_assertion(replica.core.self(), [&] {
    happen(Call{replica, now, sink, result}, cause);
  });
  if (failed) {
    result.sent.clear();
    result.finding = std::move(failed);
  }
  return result;
}

void RaftStepper::happen(Call call, const Cause& cause) const {
  RaftReplica& replica = call.replica;
  switch (cause.what) {
    case Happening::kDeliver: receive(call, *cause.message); break;
    case Happening::kTimeout:
    case Happening::kHeartbeat:
      call.now = std::max(call.now, replica.core.next_deadline());
      give(call, raft::DeadlineReached{});
      break;
    case Happening::kRequest: give(call, request_by(replica.core.self())); break;
    case Happening::kSync: sync(call, 1); break;
    case Happening::kCrash: restart(call); break;
    case Happening::kAdd: give(call, change(raft::ChangeKind::kAddVoter, cause.member)); break;
    case Happening::kRemove: give(call, change(raft::ChangeKind::kRemove, cause.member)); break;
    case Happening::kSnapshot: take_snapshot(call); break;
  }
}

void RaftStepper::receive(Call& call, const raft::Message& message) const {
  RaftReplica& replica = call.replica;
  const LogIndex base = replica.core.base().index;
  if (message.kind == raft::MessageKind::kSnapshot && base < message.index) {
    replica.arrived = raft::SnapshotMeta{
        message.index, message.log_term,
        *raft::decode_configuration(message.entries.front().payload.view()), message.hint};
  }
  give(call, raft::Receive{message});
  const bool of_use = replica.core.base().index > base;
  if (message.kind == raft::MessageKind::kSnapshot && !of_use) replica.arrived.reset();
}

void RaftStepper::take_snapshot(Call& call) const {
  Raft& core = call.replica.core;
  call.replica.disk.snapshot = core.meta_at(core.commit());
  give(call, raft::SnapshotTaken{call.replica.disk.snapshot});
}

void RaftStepper::give(Call& call, const raft::Event& event) const {
  RaftReplica& replica = call.replica;
  const raft::Snapshot before(replica.core);
  const raft::Update update = replica.core.step(call.now, event, call.sink);
  keep_first(call.result.finding, raft::check_step(before, replica.core));
  keep_first(call.result.finding, raft::check(replica.core));
  const bool fuse = !scope_.syncs_apart && waits_for_its_batch(update);
  if (update.persist) replica.unsynced.push_back(*update.persist);
  const Ticket synced = replica.core.volatile_state().durability.synced();
  for (const Outgoing& outgoing : update.messages) {
    outgoing.after > synced ? replica.held.push_back(outgoing) : leave(call, outgoing.message);
  }
  if (fuse) sync(call, replica.unsynced.size());
}

void RaftStepper::sync(Call& call, std::size_t batches) const {
  RaftReplica& replica = call.replica;
  const Ticket ticket = replica.unsynced[batches - 1].ticket;
  for (std::size_t i = 0; i < batches; ++i) write(replica, replica.unsynced[i]);
  replica.unsynced.erase(replica.unsynced.begin(),
                         replica.unsynced.begin() + static_cast<std::ptrdiff_t>(batches));
  std::vector<Outgoing> held = std::exchange(replica.held, {});
  for (Outgoing& outgoing : held) {
    if (outgoing.after <= ticket) {
      leave(call, outgoing.message);
    } else {
      replica.held.push_back(std::move(outgoing));
    }
  }
  give(call, raft::Synced{ticket});
}

void RaftStepper::restart(Call& call) const {
  RaftReplica& replica = call.replica;
  replica.unsynced.clear();
  replica.held.clear();
  replica.arrived.reset();
  const raft::Options options = replica.core.options();
  replica.core = Raft(options, replica.disk, call.now);
  keep_first(call.result.finding, raft::check_restart(replica.disk.hard_state, replica.core));
  keep_first(call.result.finding, raft::check(replica.core));
}

void RaftStepper::leave(Call& call, const raft::Message& message) const {
  call.result.sent.push_back(message);
  if (!call.result.finding) call.result.finding = broken_promise(call.replica, message);
}

}  // namespace plumbline::model
