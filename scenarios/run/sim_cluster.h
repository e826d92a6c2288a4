#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "scenarios/client/operator.h"
#include "scenarios/client/recorder.h"
#include "scenarios/cluster/cluster.h"
#include "scenarios/run/run_result.h"
#include "scenarios/workload/workload.h"
#include "sim/world.h"

namespace plumbline::raft {
class Raft;
struct Configuration;
}  // namespace plumbline::raft

namespace plumbline::scenarios {

// The cluster of a drawn scenario, in the simulator: replicas of one group and the clients of its
// workloads, each a node of one simulation. Node ids of clients begin where kFirstClient says, so
// that a trace shows at once who is who.
class SimCluster : public Cluster {
 public:
  static constexpr std::uint32_t kOperator = 100;
  static constexpr std::uint32_t kFirstClient = 101;
  static constexpr std::uint16_t kClientPort = 7070;

  SimCluster(const Scenario& scenario, sim::Options options);

  sim::Simulation& simulation() { return simulation_; }
  Recorder& recorder() { return recorder_; }
  const std::vector<ClientSlot>& clients() const { return slots_; }
  bool all_clients_done() const;
  // From now on clients take their last reads.
  void set_faults_over() { faults_over_ = true; }
  void start_everything();

  // What was done to a disk so far: calls failed, which excuses a node for halting; bytes were
  // changed or all taken, which may excuse it for what its disk no longer keeps of its promises.
  bool disk_was_tormented(NodeId node) const;
  bool disk_was_damaged(NodeId node) const;
  // How often the disk was changed under the node's present identity; a wipe is more than once.
  std::uint64_t damages(NodeId node) const;
  bool disk_was_wiped(NodeId node) const { return wiped_.count(node) != 0; }
  // Whether the group counts the node among its members, under the identity that it has now.
  bool is_member(NodeId node) const;

  const std::vector<FaultPeriod>& fault_periods() const { return periods_; }

  bool can(FaultKind kind) const override;
  TrueTime now() const override { return simulation_.now(); }
  void at(TrueTime when, UniqueFunction<void()> call) override;
  KeyedRandom& random() override { return simulation_.random(); }
  const std::vector<NodeId>& nodes() const override { return store_nodes_; }
  bool is_up(NodeId node) const override {
    return simulation_.is_up(node) && ending_.count(node) == 0;
  }
  std::optional<NodeId> leader() const override;
  void start(NodeId node) override;
  void kill(NodeId node) override { simulation_.kill(node); }
  void terminate(NodeId node) override;
  void kill_in_disk_call(NodeId node) override;
  void power_loss(NodeId node) override { simulation_.power_loss(node); }
  void pause(NodeId node) override { simulation_.pause(node); }
  void resume(NodeId node) override { simulation_.resume(node); }
  void set_processor_percent(NodeId node, std::uint64_t percent) override;
  void set_link(NodeId from, NodeId to, const LinkFault& fault) override;
  void reset_connections(NodeId node) override { simulation_.reset_connections(node); }
  void set_clock_drift(NodeId node, std::int64_t ppm) override;
  void step_wall_clock(NodeId node, Duration by) override { simulation_.step_wall_clock(node, by); }
  void freeze_wall_clock(NodeId node, bool frozen) override;
  void set_disk_fault(NodeId node, const DiskFault& fault) override;
  bool rot(NodeId node, Structure where, const Key& which) override;
  void damage_next_call(NodeId node, FaultKind kind, Structure where, const Key& which) override;
  void spare(NodeId node, const Key& which) override { simulation_.spare(node, which); }
  bool was_damaged(const Key& which) const override;
  void wipe(NodeId node) override;
  Members members() const override;
  void ask(const MemberWish& wish, WishDone done) override;
  void ask_to_lead(NodeId node, WishDone done) override;
  void renew(NodeId node) override;
  bool retire(NodeId node) override;
  void restart_client(std::uint32_t client) override;
  void fault_started(const Fault& fault) override;
  void fault_ended(const Fault& fault, bool struck) override;

 private:
  // Who a node is when it starts. A spare is nobody.
  struct Identity {
    ReplicaId replica;
    bool joins = false;  // was no member of the first configuration
    TrueTime since;
  };

  void add_replicas(const Scenario& scenario);
  bool has_any(NodeId node, Structure where) const;
  // The core that knows most to be committed, of all that are up.
  const raft::Raft* best_informed() const;
  // The identity under which the node is a member; zero when under none. Of two, the earlier.
  ReplicaId identity_in(const raft::Configuration& configuration, NodeId node) const;
  void add_operator();
  void add_clients(const Scenario& scenario);
  bool was_overtaken(const MemberWish& wish, const raft::Configuration& configuration) const;
  bool has_quorum_up(const raft::Configuration& configuration) const;
  // Whether a wish is open that the group may still grant; to `node`, to make it a member.
  bool may_yet_change(const raft::Raft& best) const;
  bool may_yet_add(NodeId node) const;

  sim::Simulation simulation_;
  Recorder recorder_;
  std::vector<NodeId> store_nodes_;
  std::vector<client::Server> servers_;
  std::vector<ClientSlot> slots_;
  bool faults_over_ = false;
  std::set<NodeId> tormented_;
  std::set<NodeId> wiped_;
  std::set<NodeId> ending_;  // were asked to, and were not started since
  std::map<NodeId, Identity> identities_;
  std::map<ReplicaId, NodeId> seats_;  // of all identities that there ever were
  std::deque<Operator::Wish> wishes_;  // that the operator has not seen yet
  // A wish is made for the members as they are, and refused when they are others by then.
  struct PendingWish {
    NodeId about;
    LogIndex meant;  // index of the configuration that it was made for
  };
  std::uint64_t next_wish_ = 1;
  std::map<std::uint64_t, PendingWish> pending_wishes_;
  std::map<NodeId, std::int64_t>
      own_drift_;  // of a node whose clock was tormented: what it goes back to
  std::vector<FaultPeriod> periods_;
};

}  // namespace plumbline::scenarios
