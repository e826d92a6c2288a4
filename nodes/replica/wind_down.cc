// How a replica ends in good order.

#include <utility>

#include "nodes/replica/replica.h"

namespace plumbline::replica {
namespace {

// For another to lead: clients then need not wait for an election.
constexpr Duration kHandOverLimit = seconds(1);
// For what is being written; whatever is acknowledged is durable anyway.
constexpr Duration kFlushLimit = seconds(5);
constexpr Duration kPoll = milliseconds(2);

// Somebody else leads, or nobody else could.
bool has_handed_over(const raft::Raft& core) {
  return core.role() != raft::Role::kLeader || core.leading()->peers.empty();
}

// Entries that were accepted are on the disk, so that the others need not send them again.
bool has_flushed(const raft::Raft& core) { return core.durable_index() == core.last_index(); }

void wait_until(bool (*holds)(const raft::Raft&), const raft::Raft& core, Duration most,
                Yield& yield, World& world) {
  const Instant limit = world.clock.now() + most;
  while (!holds(core) && world.clock.now() < limit) {
    world.tasks.sleep_until(yield, world.clock.now() + kPoll);
  }
}

}  // namespace

void Replica::wind_down(UniqueFunction<void()> done) {
  world_.tasks.spawn("wind down", [this, done = std::move(done)](Yield& yield) mutable {
    if (core_ && core_->role() == raft::Role::kLeader) drive(raft::TransferLeadership{});
    if (core_) wait_until(has_handed_over, *core_, kHandOverLimit, yield, world_);
    if (core_) wait_until(has_flushed, *core_, kFlushLimit, yield, world_);
    done();
  });
}

}  // namespace plumbline::replica
