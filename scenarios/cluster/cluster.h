#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/ids.h"
#include "nodes/base/keyed_random.h"
#include "nodes/base/time.h"
#include "nodes/base/unique_function.h"
#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

// What a nemesis does to one direction between two store nodes. Fields add to what the scenario's
// network does anyway.
struct LinkFault {
  bool blocked = false;
  std::uint64_t loss_ppm = 0;
  std::uint64_t duplicate_ppm = 0;
  Duration delay_extra_max = {};  // each message waits up to this longer
  bool clogged = false;           // held until unclogged, then all delivered
};

struct DiskFault {
  std::uint64_t write_error_ppm = 0;
  std::uint64_t read_error_ppm = 0;
  std::uint64_t sync_error_ppm = 0;
  std::uint64_t slow_percent = 100;  // latency factor
  bool full = false;
  bool lies_about_sync = false;  // control only: says synced, keeps nothing
};

// One change of the group's members that an operator asks for, by the nodes that it is about. What
// is added is the node as it was last renewed.
struct MemberWish {
  enum class Kind { kAddVoter, kAddLearner, kPromote, kRemove };
  Kind kind = Kind::kAddVoter;
  NodeId node;
  // kAddVoter: whose seat it takes; of a node that was wiped its own, under the identity it had.
  std::optional<NodeId> replaces = std::nullopt;
  bool at_once = false;  // kAddVoter: before it has caught up
};
enum class WishFate {
  kMade,
  kRefused,  // nothing of it has happened
  kUnknown,  // it may have, or may yet
};
using WishDone = UniqueFunction<void(WishFate)>;

// Who belongs to the group, as the one sees it that leads, or was last known to.
struct Members {
  std::vector<NodeId> voters;
  std::vector<NodeId> learners;
  // Nodes that vote under an identity which they have lost: their votes are gone for good.
  std::vector<NodeId> ghosts;
  // Committed for certain, and no change under way.
  bool settled = true;
  bool changing = false;  // someone has asked for a change that may still be made
};

// The cluster under torment, in the simulator or as real processes. Nemeses and workloads see
// nothing else of it, so that each works in both worlds. Calls take effect at once and are
// idempotent; what a world cannot do, can() denies, and the runner lists such faults as not made.
class Cluster {
 public:
  virtual ~Cluster() = default;

  virtual bool can(FaultKind kind) const = 0;
  virtual TrueTime now() const = 0;
  // Calls are made in the order of their times, ties in the order of asking; none is made after the
  // run has ended.
  virtual void at(TrueTime when, UniqueFunction<void()> call) = 0;
  virtual KeyedRandom& random() = 0;

  virtual const std::vector<NodeId>& nodes() const = 0;
  virtual bool is_up(NodeId node) const = 0;
  // Who leads the store's nodes, as far as can be seen; of several the one of the latest term.
  virtual std::optional<NodeId> leader() const = 0;
  virtual void start(NodeId node) = 0;  // nothing when it is up
  virtual void kill(NodeId node) = 0;   // memory is lost, what the disk was told stays
  // Asked to end in good order. It may take a moment over it, but is no longer up.
  virtual void terminate(NodeId node) = 0;
  virtual void kill_in_disk_call(NodeId node) = 0;  // at its next disk call, in the middle of it
  virtual void power_loss(NodeId node) = 0;  // kill, and what was not synced survives in part
  virtual void pause(NodeId node) = 0;
  virtual void resume(NodeId node) = 0;
  virtual void set_processor_percent(
      NodeId node, std::uint64_t percent) = 0;  // 100 is normal, 10 ten times slower

  virtual void set_link(NodeId from, NodeId to, const LinkFault& fault) = 0;
  virtual void reset_connections(NodeId node) = 0;

  virtual void set_clock_drift(NodeId node, std::int64_t ppm) = 0;
  virtual void step_wall_clock(NodeId node, Duration by) = 0;
  virtual void freeze_wall_clock(NodeId node, bool frozen) = 0;

  virtual void set_disk_fault(NodeId node, const DiskFault& fault) = 0;
  // Flips one bit of what is durable on the node's disk; `which` decides where. False when there is
  // nothing to rot.
  virtual bool rot(NodeId node, Structure where, const Key& which) = 0;
  // The node's next write or read there is lost, misdirected or stale, as the kind says, unless it
  // is spared before.
  virtual void damage_next_call(NodeId node, FaultKind kind, Structure where, const Key& which) = 0;
  virtual void spare(NodeId node, const Key& which) = 0;
  // Whether the damage that bears this key was done.
  virtual bool was_damaged(const Key& which) const = 0;
  // Empties the disk of a node that is down. Who lost everything may not come back as who it was.
  virtual void wipe(NodeId node) = 0;

  // Members. Nodes that are none at the start are spares, which nothing starts until renewed.
  virtual Members members() const = 0;
  // Once; whoever wants more asks again.
  virtual void ask(const MemberWish& wish, WishDone done) = 0;
  virtual void ask_to_lead(NodeId node, WishDone done) = 0;
  // From its next start on the node is somebody new with an empty disk, who waits to be added.
  // REQUIRES: it is down.
  virtual void renew(NodeId node) = 0;
  // Takes the node out of service: it is killed, its disk emptied, and it is a spare. False, and
  // nothing is done, while it is or may yet become a member.
  virtual bool retire(NodeId node) = 0;

  // Clients are numbered from 1. A restarted client's operation in flight is unknown; it goes on
  // under its identity.
  virtual void restart_client(std::uint32_t client) = 0;

  // For the trace and the report: a fault of the scenario struck or ended.
  virtual void fault_started(const Fault& fault) = 0;
  virtual void fault_ended(const Fault& fault, bool struck) = 0;
};

}  // namespace plumbline::scenarios
