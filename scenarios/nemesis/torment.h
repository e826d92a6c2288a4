#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "scenarios/cluster/cluster.h"
#include "scenarios/nemesis/overlay.h"

namespace plumbline::scenarios {

// All that faults do to a cluster at the moment. Nemeses lay their effects on nodes and links here,
// under the fault's id; the cluster is told what all of them together come to, and only when that
// changes it. Owned by a Nemesis.
//
// Invariants: 1. an effect is in force from its call until clear() of its fault; 2. a node that a
// fault took down is started when the last fault that holds it down is cleared, not before.
//
// Calls that strike return whether that had an effect on the cluster.
class Torment {
 public:
  explicit Torment(Cluster& cluster) : cluster_(cluster) {}
  Torment(const Torment&) = delete;
  Torment& operator=(const Torment&) = delete;

  Cluster& cluster() { return cluster_; }
  // The nodes that the fault names; all of the cluster's when it names none.
  std::vector<NodeId> targets(const Fault& fault) const;
  std::vector<NodeId> others(const std::vector<NodeId>& some) const;
  bool any_up(const std::vector<NodeId>& nodes) const;

  void begin(const Fault& fault) { active_[fault.id] = cluster_.now() + fault.duration; }
  bool is_active(std::uint32_t fault) const { return active_.count(fault) != 0; }
  // REQUIRES: it is active.
  TrueTime ends_at(std::uint32_t fault) const { return active_.at(fault); }
  // Takes away everything that the fault laid on the cluster, and starts the nodes that nothing
  // else holds down. Returns whether that changed a link.
  bool clear(std::uint32_t fault);

  bool link(std::uint32_t fault, NodeId from, NodeId to, const LinkFault& effect);
  bool unlink(std::uint32_t fault, NodeId from, NodeId to);
  void disk(std::uint32_t fault, NodeId node, const DiskFault& effect);
  void drift(std::uint32_t fault, NodeId node, std::int64_t ppm);
  // `corrected`: the wall clock jumps back when the fault is cleared.
  void step_clock(std::uint32_t fault, NodeId node, Duration by, bool corrected);
  void freeze(std::uint32_t fault, NodeId node);
  void slow_processor(std::uint32_t fault, NodeId node, std::uint64_t percent);
  bool pause(std::uint32_t fault, NodeId node);

  // Damages the node's next calls that the fault's kind is about, as many as its amount says.
  void damage_calls(const Fault& fault, NodeId node);
  bool did_damage(const Fault& fault) const;

  // Nodes that faults of the scenario may cost or hold for good: others must be a majority.
  void doom(std::uint32_t fault, NodeId node) { doomed_.put(node, fault, true); }
  bool is_doomed(NodeId node) const { return doomed_.has(node); }
  // Which fault decides what becomes of a node that comes or goes as a member: the last one that
  // took it in hand.
  void take_in_hand(std::uint32_t fault, NodeId node) { in_hand_[node] = fault; }
  bool has_in_hand(std::uint32_t fault, NodeId node) const {
    const auto found = in_hand_.find(node);
    return found != in_hand_.end() && found->second == fault;
  }
  // From now on no further fault begins; from `operators_rest` on nobody asks for other members
  // either, so that there is time to judge the last change.
  void note_over(TrueTime operators_rest) { operators_rest_ = operators_rest; }
  bool is_over() const { return operators_rest_.has_value(); }
  bool operators_rest() const { return is_over() && cluster_.now() >= *operators_rest_; }
  // What the fault wanted of the group has come about.
  void note_made(std::uint32_t fault) { made_.insert(fault); }
  bool was_made(std::uint32_t fault) const { return made_.count(fault) != 0; }

  enum class Death { kKill, kInGoodOrder, kInDiskCall, kPowerLoss };
  bool take_down(std::uint32_t fault, NodeId node, Death death);
  // The fault holds the node down no longer.
  void release(std::uint32_t fault, NodeId node);
  // Whether a node that the fault was to kill in a disk call has died.
  bool died_in_disk_call(const Fault& fault) const;
  // Starts a node that stopped itself, unless a fault holds it down.
  void start_if_free(NodeId node);

 private:
  using Link = std::pair<NodeId, NodeId>;
  using DamagedCall = std::pair<NodeId, std::uint64_t>;  // of a node, and the how many-eth

  LinkFault link_now(const Link& link) const;
  void apply_link(const Link& link) { cluster_.set_link(link.first, link.second, link_now(link)); }
  void apply_disk(NodeId node);
  void apply_drift(NodeId node);
  void apply_processor(NodeId node);

  Cluster& cluster_;
  std::map<std::uint32_t, TrueTime> active_;  // until when
  std::set<std::uint32_t> made_;
  std::map<NodeId, std::uint32_t> in_hand_;
  std::optional<TrueTime> operators_rest_;
  Overlay<NodeId, bool> doomed_;
  Overlay<Link, LinkFault> links_;
  Overlay<NodeId, DiskFault> disks_;
  Overlay<NodeId, std::int64_t> drifts_;
  Overlay<NodeId, std::uint64_t> processors_;
  Overlay<NodeId, Duration> steps_;
  Overlay<NodeId, bool> frozen_;
  Overlay<NodeId, bool> paused_;
  Overlay<NodeId, bool> held_down_;
  Overlay<DamagedCall, bool> damaged_calls_;
  Overlay<NodeId, bool> armed_;  // to die in a disk call
};

}  // namespace plumbline::scenarios
