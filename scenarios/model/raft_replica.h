#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "nodes/base/inline_vector.h"
#include "nodes/raft/raft.h"
#include "scenarios/model/model.h"
#include "scenarios/model/raft_scope.h"

namespace plumbline::model {

// One replica as the walk sees it: the production core, its disk, and what lies between both. The
// shell's part (the order of syncs and messages) is played here as raft.h prescribes it.
struct RaftReplica {
  raft::Raft core;
  raft::Raft::Recovered disk;  // what a loss of power leaves
  // A snapshot that was received whole, while the log does not begin behind it yet.
  std::optional<raft::SnapshotMeta> arrived = {};
  std::vector<raft::Persist> unsynced;  // in the order of their tickets
  std::vector<raft::Outgoing> held;     // messages that wait for a ticket

  friend bool operator==(const RaftReplica& a, const RaftReplica& b);
  std::uint64_t hash() const;
};

// Whether they differ in messages that wait for their disk at most.
bool same_but_for_answers(const RaftReplica& a, const RaftReplica& b);

enum class Happening : std::uint8_t {
  kDeliver,
  kTimeout,
  kHeartbeat,
  kRequest,
  kSync,  // the oldest batch
  kCrash,
  kAdd,       // the argument is the replica, from 0
  kRemove,    // likewise
  kSnapshot,  // of all that is committed
};

// What a step did beside changing its replica.
struct RaftStep {
  InlineVector<raft::Message, 8> sent;
  std::optional<Finding> finding;
};

// Runs it. An assertion of a core that fails meanwhile is a finding; all others end the process.
std::optional<Finding> failed_assertion(ReplicaId of, const std::function<void()>& run);

class RaftStepper {
 public:
  explicit RaftStepper(const RaftScope& scope);

  RaftReplica start(ReplicaId self) const;
  // What happens, and what to: the message for kDeliver, the member for kAdd and kRemove.
  struct Cause {
    Happening what = Happening::kDeliver;
    const raft::Message* message = nullptr;
    ReplicaId member = {};
  };
  // An assertion of the core that fails is a finding, and what is left of the replica is nothing to
  // look at.
  RaftStep step(RaftReplica& replica, const Cause& cause, Instant now, trace::Sink& sink) const;

 private:
  struct Call;
  void happen(Call call, const Cause& cause) const;
  void receive(Call& call, const raft::Message& message) const;
  void give(Call& call, const raft::Event& event) const;
  void sync(Call& call, std::size_t batches) const;
  void restart(Call& call) const;
  void take_snapshot(Call& call) const;
  void leave(Call& call, const raft::Message& message) const;

  RaftScope scope_;
};

std::uint64_t hash(const raft::Message& message);
std::uint64_t hash(const raft::Entry& entry);

}  // namespace plumbline::model
