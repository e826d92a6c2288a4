#include <algorithm>
#include <limits>
#include <set>

#include "scenarios/explore/swarm_faults.h"
#include "scenarios/spec/fault_kinds.h"
#include "scenarios/spec/scenario_file.h"

namespace plumbline::scenarios {
namespace {

constexpr Duration kNever = {std::numeric_limits<std::int64_t>::max()};

bool strikes_disk_errors(FaultKind kind) {
  return kind == FaultKind::kDiskWriteError || kind == FaultKind::kDiskReadError ||
         kind == FaultKind::kDiskSyncError || kind == FaultKind::kDiskFull;
}

bool takes_down(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill:
    case FaultKind::kTerminate:
    case FaultKind::kKillInDiskCall:
    case FaultKind::kPowerLoss:
    case FaultKind::kKillAll:
    case FaultKind::kPowerLossAll:
    case FaultKind::kStaleRead:
    case FaultKind::kWipeAndRejoin:
    case FaultKind::kWipe: return true;
    default: return strikes_disk_errors(kind);
  }
}

// Power may be lost by a machine whose process is down: that is not in vain. What costs nodes stays
// with those that may be lost.
bool needs_a_node_up(FaultKind kind) {
  const FaultShape& shape = shape_of(kind);
  if (kind == FaultKind::kPowerLoss || may_cost_the_node(kind)) return false;
  if (kind == FaultKind::kResetConnections || kind == FaultKind::kKillAll) return true;
  return shape.targets == Targets::kNodes && shape.family != FaultFamily::kNetwork;
}

bool cuts_links(FaultKind kind) {
  return kind == FaultKind::kPartition || kind == FaultKind::kOneWayPartition ||
         kind == FaultKind::kBridgePartition || kind == FaultKind::kPartialPartition ||
         kind == FaultKind::kChainedPartition || kind == FaultKind::kFlappingPartition ||
         kind == FaultKind::kLeaderHunt;
}

// Which nodes may be down when, for all that the faults say.
class UpAndDown {
 public:
  explicit UpAndDown(std::uint32_t nodes)
      : down_until_(nodes + 1), damages_(nodes + 1), wiped_(nodes + 1) {}

  bool surely_up(std::uint32_t node, Duration at) const { return down_until_[node] <= at; }
  Duration down_until(std::uint32_t node) const { return down_until_[node]; }
  bool is_wiped(std::uint32_t node) const { return wiped_[node]; }
  std::vector<std::uint32_t> surely_up(Duration at) const {
    std::vector<std::uint32_t> up;
    for (std::uint32_t node = 1; node < down_until_.size(); ++node) {
      if (surely_up(node, at)) up.push_back(node);
    }
    return up;
  }
  // When the first node is up that is not down for good; kNever if all are.
  Duration first_up() const {
    return *std::min_element(down_until_.begin() + 1, down_until_.end());
  }
  void note(const Fault& fault) {
    std::vector<std::uint32_t> nodes = fault.nodes;
    if (nodes.empty()) nodes = everyone();
    for (const std::uint32_t node : nodes) {
      if (node >= down_until_.size()) continue;  // a spare
      if (fault.kind == FaultKind::kWipe) wiped_[node] = true;
      if (damages(fault.kind)) damages_[node] += fault.amount;
      if (takes_down(fault.kind)) {
        down_until_[node] = std::max(down_until_[node], fault.at + fault.duration);
      }
      // What is damaged is read at the next start. One damage leaves a node that starts, in doubt
      // perhaps; more may leave one that refuses to.
      if (damages_[node] > 1 && !surely_up(node, fault.at)) down_until_[node] = kNever;
      if (wiped_[node]) down_until_[node] = kNever;
    }
  }

 private:
  std::vector<std::uint32_t> everyone() const {
    std::vector<std::uint32_t> all;
    for (std::uint32_t node = 1; node < down_until_.size(); ++node) all.push_back(node);
    return all;
  }

  std::vector<Duration> down_until_;
  std::vector<std::int64_t> damages_;
  std::vector<bool> wiped_;
};

bool by_time(const Fault& a, const Fault& b) { return a.at != b.at ? a.at < b.at : a.id < b.id; }

// Goes through the faults in the order of time, as the cluster will.
class VainFaults {
 public:
  VainFaults(const Scenario& scenario, const std::vector<Fault>& faults, KeyedRandom& random)
      : scenario_(scenario),
        random_(random),
        cluster_(static_cast<std::uint32_t>(scenario.cluster.nodes.low)),
        coming_(faults.begin(), faults.end(), by_time) {}

  std::vector<Fault> without() {
    while (!coming_.empty()) {
      Fault fault = coming_.extract(coming_.begin()).value();
      const bool fixed = fault.stays || is_given(fault);
      if (takes_down(fault.kind) && fault.at < disk_call_by_ && !fixed) {
        wait_for_disk_call(std::move(fault));
        continue;
      }
      if (may_cost_the_node(fault.kind) && !fixed && !can_be_damaged(fault)) {
        put_off_until(std::move(fault), cluster_.down_until(fault.nodes.front()));
        continue;
      }
      if (!fixed && is_vain_beside_staying(fault)) continue;
      if (fault.stays && !wait_until_up(fault)) continue;
      const bool needy = needs_a_node_up(fault.kind) && !fixed;
      if (needy && cluster_.surely_up(fault.at).empty()) {
        put_off(std::move(fault));
        continue;
      }
      if (needy) strike_what_is_up(fault);
      if (cuts_links(fault.kind) && !fault.stays && !outlasts_other_cuts(fault)) continue;
      cluster_.note(fault);
      if (fault.stays) {
        for (const std::uint32_t node : outside_of(fault)) outside_.insert(node);
      }
      if (fault.kind == FaultKind::kKillInDiskCall) disk_call_by_ = fault.at + kDiskCall;
      kept_.push_back(std::move(fault));
    }
    give_damage_its_call();
    return std::move(kept_);
  }

 private:
  static constexpr Duration kAfterStart = milliseconds(1);
  static constexpr Duration kOutlast = milliseconds(100);
  static constexpr Duration kDiskCall = milliseconds(200);
  // Within so long a node that is up makes a call that can be damaged.
  static constexpr Duration kCall = seconds(1);
  static constexpr Duration kWrite = seconds(4);

  bool is_given(const Fault& fault) const {
    return std::any_of(scenario_.faults.begin(), scenario_.faults.end(),
                       [&](const Fault& given) { return given.id == fault.id; });
  }
  // Damage to a call waits for one: who is held down by others until its time is over makes none.
  // So it goes on until the node has been up for a while, and is in vain when that is never.
  void give_damage_its_call() {
    std::set<std::uint32_t> vain;
    for (Fault& fault : kept_) {
      if (!damages(fault.kind) || fault.kind == FaultKind::kBitRot || is_given(fault)) continue;
      const Duration up = when_up(fault);
      const Duration needed = up + kCall - fault.at;
      // It is started early enough when nothing else holds it down.
      if (fault.kind == FaultKind::kStaleRead && up <= fault.at + fault.duration) continue;
      if (fault.at + needed > faults_end(scenario_)) vain.insert(fault.id);
      fault.duration = std::max(fault.duration, needed);
    }
    std::erase_if(kept_, [&](const Fault& fault) { return vain.count(fault.id) != 0; });
  }
  Duration when_up(const Fault& damage) const {
    Duration up = damage.at;
    for (const Fault& other : kept_) {
      const std::vector<std::uint32_t>& nodes = other.nodes;
      const bool hits = nodes.empty() ||
                        std::find(nodes.begin(), nodes.end(), damage.nodes.front()) != nodes.end();
      const bool holds = takes_down(other.kind) && other.id != damage.id && hits;
      if (holds && other.at <= up + kCall) up = std::max(up, other.at + other.duration);
    }
    return up;
  }
  // Rot needs bytes only; a write or a read must be made, and who is killed must live.
  bool can_be_damaged(const Fault& fault) const {
    const std::uint32_t node = fault.nodes.front();
    if (fault.kind == FaultKind::kBitRot) return !cluster_.is_wiped(node);
    return cluster_.surely_up(node, fault.at);
  }
  // Who is to stay down or paused must be up when that begins. False when that is never.
  bool wait_until_up(Fault& fault) const {
    const Duration up = cluster_.down_until(fault.nodes.front());
    if (up <= fault.at) return true;
    if (up >= faults_end(scenario_) - kAfterStart) return false;
    const Duration end = fault.at + fault.duration;
    fault.at = up + kAfterStart;
    fault.duration = end - fault.at;
    return true;
  }
  // Who is outside for good cannot be cut off from the rest once more.
  bool is_vain_beside_staying(const Fault& fault) const {
    const Targets targets = shape_of(fault.kind).targets;
    if (outside_.empty() || (targets != Targets::kSide && targets != Targets::kPair)) return false;
    std::size_t struck_outside = 0;
    for (const std::uint32_t node : fault.nodes) struck_outside += outside_.count(node);
    if (targets == Targets::kPair) return struck_outside > 0;
    const bool rest_is_outside =
        static_cast<std::size_t>(scenario_.cluster.nodes.low) - fault.nodes.size() ==
        outside_.size() - struck_outside;
    return struck_outside == fault.nodes.size() || rest_is_outside;
  }
  // Until a node is up again, if that is soon enough.
  void put_off(Fault fault) { put_off_until(std::move(fault), cluster_.first_up()); }
  void put_off_until(Fault fault, Duration up_again) {
    const Duration end = faults_end(scenario_);
    // Not every node writes at every moment: only a leader whom others hear writes often.
    const Duration needed = damages(fault.kind) ? kWrite : kAfterStart * 2;
    if (up_again > end - needed) return;
    fault.at = up_again + kAfterStart;
    fault.duration = std::min(fault.duration, end - fault.at);
    const auto restarts = static_cast<std::int64_t>(fault.nodes.size()) - 1;
    if (fault.kind == FaultKind::kKillAll && restarts > 0) {
      fault.amount = std::min(fault.amount, fault.duration.ns / milliseconds(restarts).ns);
    }
    coming_.insert(std::move(fault));
  }
  // Who is to die in a disk call must live to make one.
  void wait_for_disk_call(Fault fault) {
    const Duration end = fault.at + fault.duration;
    fault.at = disk_call_by_;
    if (fault.at >= faults_end(scenario_)) return;
    fault.duration =
        std::min(std::max(fault.duration, end - fault.at), faults_end(scenario_) - fault.at);
    const auto restarts = static_cast<std::int64_t>(scenario_.cluster.nodes.low) - 1;
    const bool all = fault.kind == FaultKind::kKillAll || fault.kind == FaultKind::kPowerLossAll;
    if (all && restarts > 0) {
      fault.amount = std::min(fault.amount, fault.duration.ns / milliseconds(restarts).ns);
    }
    coming_.insert(std::move(fault));
  }
  // A cut within the time of another may cut nothing that is not cut already; one that outlasts it
  // does.
  bool outlasts_other_cuts(Fault& fault) {
    const Duration end = fault.at + fault.duration;
    if (end <= cut_until_ && !is_given(fault)) {
      if (cut_until_ + kOutlast > faults_end(scenario_)) return false;
      fault.duration = cut_until_ + kOutlast - fault.at;
    }
    cut_until_ = std::max(cut_until_, fault.at + fault.duration);
    return true;
  }
  void strike_what_is_up(Fault& fault) {
    if (shape_of(fault.kind).targets == Targets::kAll) return;
    const std::vector<std::uint32_t> up = cluster_.surely_up(fault.at);
    std::erase_if(fault.nodes,
                  [&](std::uint32_t node) { return !cluster_.surely_up(node, fault.at); });
    const std::uint64_t instead = random_.below(Key("swarm.instead").with(fault.id), up.size());
    if (fault.nodes.empty()) fault.nodes.push_back(up[instead]);
  }

  const Scenario& scenario_;
  KeyedRandom& random_;
  UpAndDown cluster_;
  std::set<Fault, decltype(&by_time)> coming_;
  std::vector<Fault> kept_;
  Duration cut_until_;
  Duration disk_call_by_;
  std::set<std::uint32_t> outside_;  // nodes of faults that stay
};

}  // namespace

std::vector<Fault> without_vain_faults(const Scenario& scenario, const std::vector<Fault>& faults,
                                       KeyedRandom& random) {
  return VainFaults(scenario, faults, random).without();
}

}  // namespace plumbline::scenarios
