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
    case FaultKind::kKillInDiskCall:
    case FaultKind::kPowerLoss:
    case FaultKind::kKillAll:
    case FaultKind::kPowerLossAll: return true;
    default: return strikes_disk_errors(kind);
  }
}

// Power may be lost by a machine whose process is down, and its disk may rot: that is not in vain.
bool needs_a_node_up(FaultKind kind) {
  const FaultShape& shape = shape_of(kind);
  if (kind == FaultKind::kPowerLoss || kind == FaultKind::kBitRot) return false;
  if (kind == FaultKind::kResetConnections || kind == FaultKind::kKillAll) return true;
  return shape.targets == Targets::kNodes && shape.family != FaultFamily::kNetwork;
}

bool cuts_links(FaultKind kind) {
  return kind == FaultKind::kPartition || kind == FaultKind::kOneWayPartition ||
         kind == FaultKind::kBridgePartition || kind == FaultKind::kPartialPartition ||
         kind == FaultKind::kLeaderHunt;
}

// Which nodes may be down when, for all that the faults say.
class UpAndDown {
 public:
  explicit UpAndDown(std::uint32_t nodes) : down_until_(nodes + 1), rotten_(nodes + 1) {}

  bool surely_up(std::uint32_t node, Duration at) const { return down_until_[node] <= at; }
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
      if (fault.kind == FaultKind::kBitRot) rotten_[node] = true;
      if (takes_down(fault.kind)) {
        down_until_[node] = std::max(down_until_[node], fault.at + fault.duration);
      }
      // What has rotted is read at the next start, and may be found then.
      if (rotten_[node] && !surely_up(node, fault.at)) down_until_[node] = kNever;
    }
  }

 private:
  std::vector<std::uint32_t> everyone() const {
    std::vector<std::uint32_t> all;
    for (std::uint32_t node = 1; node < down_until_.size(); ++node) all.push_back(node);
    return all;
  }

  std::vector<Duration> down_until_;
  std::vector<bool> rotten_;
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
      if (takes_down(fault.kind) && fault.at < disk_call_by_ && !is_given(fault)) {
        wait_for_disk_call(std::move(fault));
        continue;
      }
      const bool needy = needs_a_node_up(fault.kind) && !is_given(fault);
      if (needy && cluster_.surely_up(fault.at).empty()) {
        put_off(std::move(fault));
        continue;
      }
      if (needy) strike_what_is_up(fault);
      if (cuts_links(fault.kind) && !outlasts_other_cuts(fault)) continue;
      cluster_.note(fault);
      if (fault.kind == FaultKind::kKillInDiskCall) disk_call_by_ = fault.at + kDiskCall;
      kept_.push_back(std::move(fault));
    }
    return std::move(kept_);
  }

 private:
  static constexpr Duration kAfterStart = milliseconds(1);
  static constexpr Duration kOutlast = milliseconds(100);
  static constexpr Duration kDiskCall = milliseconds(200);

  bool is_given(const Fault& fault) const {
    return std::any_of(scenario_.faults.begin(), scenario_.faults.end(),
                       [&](const Fault& given) { return given.id == fault.id; });
  }
  // Until a node is up again, if that is soon enough.
  void put_off(Fault fault) {
    const Duration up_again = cluster_.first_up();
    const Duration end = faults_end(scenario_);
    if (up_again > end - kAfterStart * 2) return;
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
};

}  // namespace

std::vector<Fault> without_vain_faults(const Scenario& scenario, const std::vector<Fault>& faults,
                                       KeyedRandom& random) {
  return VainFaults(scenario, faults, random).without();
}

}  // namespace plumbline::scenarios
