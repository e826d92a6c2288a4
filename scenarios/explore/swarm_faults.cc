#include "scenarios/explore/swarm_faults.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "nodes/base/assert.h"
#include "scenarios/spec/fault_kinds.h"
#include "scenarios/spec/scenario_file.h"

namespace plumbline::scenarios {
namespace {

constexpr std::int64_t kUsPerMs = 1'000;
constexpr std::int64_t kBurstUs = 5 * kUsPerMs;
constexpr std::int64_t kCrowdUs = 2'000 * kUsPerMs;
// A store that is little used makes a disk call within so long.
constexpr std::int64_t kDiskCallUs = 2'000 * kUsPerMs;
// And one that may be cut off meanwhile writes something within so long.
constexpr std::int64_t kChangeUs = 3'000 * kUsPerMs;
constexpr std::int64_t kWriteUs = 6'000 * kUsPerMs;
// Damages that are to be met together lie so close, and everybody starts again so soon after.
constexpr std::int64_t kGatheredUs = 50 * kUsPerMs;
constexpr std::int64_t kMetUs = 500 * kUsPerMs;
// Whatever strikes, strikes after every node was started once.
constexpr std::int64_t kFirstUs = kUsPerMs;

// Three magnitudes of a kind's amount: one that is hardly felt, one that hurts, one that is absurd.
using Bands = std::array<Range, 3>;

constexpr Range kNothing = {0, 0};
constexpr Range kDirection = {0, 1};

Bands bands_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kLoss: return {{{5'000, 50'000}, {100'000, 400'000}, {600'000, 1'000'000}}};
    case FaultKind::kDelay: return {{{1'000, 5'000}, {20'000, 150'000}, {300'000, 3'000'000}}};
    case FaultKind::kDuplicate:
      return {{{10'000, 50'000}, {100'000, 400'000}, {700'000, 1'000'000}}};
    case FaultKind::kOneWayPartition: return {{kDirection, kDirection, kDirection}};
    case FaultKind::kFlappingLink: return {{{2, 20}, {50, 200}, {300, 1'000}}};
    case FaultKind::kLeaderHunt: return {{{0, 5}, {5, 50}, {50, 500}}};
    case FaultKind::kSlowLink: return {{{5'000, 20'000}, {50'000, 200'000}, {500'000, 3'000'000}}};
    case FaultKind::kKillAll:
    case FaultKind::kPowerLossAll: return {{kNothing, {1, 20}, {50, 500}}};
    case FaultKind::kSlowProcessor: return {{{20, 50}, {5, 20}, {1, 5}}};
    case FaultKind::kClockDrift: return {{{-500, 500}, {-20'000, 20'000}, {-200'000, 200'000}}};
    case FaultKind::kClockStep: return {{{-50, 50}, {-2'000, 2'000}, {-3'600'000, 3'600'000}}};
    case FaultKind::kDiskSlow: return {{{200, 500}, {1'000, 3'000}, {5'000, 30'000}}};
    case FaultKind::kDiskWriteError:
    case FaultKind::kDiskReadError:
    case FaultKind::kDiskSyncError:
      return {{{1'000, 10'000}, {50'000, 300'000}, {900'000, 1'000'000}}};
    case FaultKind::kFlappingPartition: return {{{5, 50}, {100, 400}, {500, 2'000}}};
    case FaultKind::kAddMember: return {{{0, 0}, {0, 2}, {0, 2}}};
    case FaultKind::kLostWrite:
    case FaultKind::kMisdirectedWrite:
    case FaultKind::kStaleRead: return {{{1, 1}, {1, 2}, {3, 12}}};
    case FaultKind::kBitRot: return {{{1, 1}, {1, 3}, {4, 32}}};
    case FaultKind::kPartition:
    case FaultKind::kBridgePartition:
    case FaultKind::kPartialPartition:
    case FaultKind::kChainedPartition:
    case FaultKind::kClog:
    case FaultKind::kResetConnections:
    case FaultKind::kKill:
    case FaultKind::kTerminate:
    case FaultKind::kKillInDiskCall:
    case FaultKind::kPowerLoss:
    case FaultKind::kPause:
    case FaultKind::kClockFreeze:
    case FaultKind::kDiskFull:
    case FaultKind::kWipe:
    case FaultKind::kDiskLies:
    case FaultKind::kRemoveMember:
    case FaultKind::kReplaceMember:
    case FaultKind::kPromoteMember:
    case FaultKind::kTransferLeadership:
    case FaultKind::kWipeAndRejoin:
    case FaultKind::kClientRestart: break;
  }
  return {{kNothing, kNothing, kNothing}};
}

bool damages_writes(FaultKind kind) {
  return kind == FaultKind::kLostWrite || kind == FaultKind::kMisdirectedWrite;
}

// Draws the faults of one seed. Everything about the i-th fault is keyed by i, so that it does not
// depend on what the others are, but for bursts, which gather around the one before.
class FaultDraw {
 public:
  FaultDraw(const Scenario& scenario, const std::vector<WeightedKind>& kinds, KeyedRandom& random)
      : scenario_(scenario),
        swarm_(*scenario.swarm),
        kinds_(kinds),
        random_(random),
        nodes_(static_cast<std::uint32_t>(scenario.cluster.nodes.low)),
        end_us_(faults_end(scenario).ns / kUsPerMs),
        timeout_us_(scenario.cluster.election_timeout_ms.low * kUsPerMs) {
    draw_schedule();
    draw_doomed_nodes();
    take_out_damage();
    constexpr std::uint64_t kAimedPpm[] = {0, 300'000, 700'000};
    aimed_ppm_ = kAimedPpm[random_.below(Key("swarm.aimed"), std::size(kAimedPpm))];
  }

  std::vector<Fault> run(std::int64_t count) {
    std::vector<Fault> faults;
    if (kinds_.empty()) count = 0;
    for (i_ = 0; i_ < static_cast<std::uint64_t>(count); ++i_) {
      faults.push_back(one(static_cast<std::uint64_t>(count)));
      before_us_ = faults.back().at.ns / kUsPerMs;
      before_end_us_ = before_us_ + faults.back().duration.ns / kUsPerMs;
    }
    add_single_damages(faults);
    add_staying(faults);
    return faults;
  }
  void number_from(std::uint32_t first, std::vector<Fault>& faults) const {
    for (Fault& fault : faults) fault.id = first++;
  }

 private:
  Key key(const char* what) const { return Key("swarm.fault", what).with(i_); }
  std::int64_t between(const Key& key, std::int64_t low, std::int64_t high) {
    const std::int64_t top = std::max(low, high);
    return low +
           static_cast<std::int64_t>(random_.below(key, static_cast<std::uint64_t>(top - low) + 1));
  }

  // How the seed's faults lie in time: evenly, in bursts, or all within a few moments of the run. A
  // burst strikes with the fault before it, or as that one ends: who comes back from a partition
  // just as his successor dies has the best chance to bring back what was given up.
  void draw_schedule() {
    constexpr std::uint64_t kBurstPpm[] = {0, 200'000, 200'000, 600'000};
    burst_ppm_ = kBurstPpm[random_.below(Key("swarm.bursts"), std::size(kBurstPpm))];
    last_us_ = end_us_ - std::min(end_us_ / 10, 500 * kUsPerMs);
    first_us_ = std::min(kFirstUs, last_us_);
    if (!random_.chance(Key("swarm.crowded"), 150'000)) return;
    first_us_ = between(Key("swarm.crowd"), first_us_, last_us_ - kCrowdUs);
    last_us_ = std::min(last_us_, first_us_ + kCrowdUs);
  }

  // Those that may be lost, all together: f of 2f + 1. Nodes that the scenario dooms anyway count
  // among them.
  void draw_doomed_nodes() {
    const std::uint32_t most = (nodes_ - 1) / 2 + (swarm_.damage_majority ? 1 : 0);
    std::set<std::uint32_t> given;
    for (const Fault& fault : scenario_.faults) {
      if (!may_cost_the_node(fault.kind) && !fault.stays) continue;
      for (const std::uint32_t node : fault.stays ? outside_of(fault) : fault.nodes) {
        given.insert(node);
      }
    }
    doomed_.assign(given.begin(), given.end());
    for (const std::uint32_t node : shuffled(Key("swarm.rotting"), nodes_)) {
      if (doomed_.size() >= most) break;
      if (given.count(node) == 0) doomed_.push_back(node);
    }
  }

  // Where each doomed node is damaged exactly once, damage is not drawn like the rest.
  void take_out_damage() {
    if (!swarm_.damage_once) return;
    for (const WeightedKind& kind : kinds_) {
      if (damages(kind.kind)) damages_.push_back(kind.kind);
    }
    std::erase_if(kinds_, [](const WeightedKind& kind) { return damages(kind.kind); });
  }
  void add_single_damages(std::vector<Fault>& faults) {
    if (damages_.empty()) return;
    // Else the first is repaired from the others before the last is damaged.
    const bool gathered = swarm_.damage_majority && random_.chance(Key("swarm.gathered"), 500'000);
    const std::int64_t gather_us =
        between(Key("swarm.gathered_at"), first_us_, std::max(first_us_, end_us_ - kWriteUs));
    for (std::size_t n = 0; n < doomed_.size(); ++n, ++i_) {
      Fault fault;
      fault.kind = damages_[random_.below(key("kind"), damages_.size())];
      const FaultShape& shape = shape_of(fault.kind);
      fault.at = microseconds(gathered ? gather_us + between(key("gathered"), 0, kGatheredUs)
                                       : draw_time(fault.kind));
      fault.duration = microseconds(draw_duration(shape, end_us_ - fault.at.ns / kUsPerMs));
      fault.nodes = {doomed_[n]};
      fault.amount = 1;
      fault.where = draw_structure(fault.kind);
      faults.push_back(std::move(fault));
    }
    if (gathered) faults.push_back(everybody_starts_again(gather_us + kGatheredUs));
  }
  Fault everybody_starts_again(std::int64_t from_us) {
    Fault fault;
    fault.kind = FaultKind::kKillAll;
    const FaultShape& shape = shape_of(fault.kind);
    fault.at = microseconds(std::min(between(key("at"), from_us, from_us + kMetUs), end_us_ - 1));
    fault.duration = microseconds(draw_duration(shape, end_us_ - fault.at.ns / kUsPerMs));
    fault.nodes = draw_targets(shape);
    fault.amount = draw_amount(shape, fault.duration);
    ++i_;
    return fault;
  }

  // What stays strikes the doomed, so that everything together spares a majority.
  void add_staying(std::vector<Fault>& faults) {
    std::vector<FaultKind> can_stay;
    bool any_is_lost = false;
    for (const WeightedKind& kind : kinds_) {
      if (may_stay(kind.kind)) can_stay.push_back(kind.kind);
      any_is_lost |= may_cost_the_node(kind.kind);
    }
    if (can_stay.empty()) return;
    const auto wanted = static_cast<std::size_t>(swarm_.stay.low);
    const std::size_t count = std::min(wanted, doomed_.size());
    const std::vector<std::uint32_t> order =
        shuffled(Key("swarm.stay"), static_cast<std::uint32_t>(doomed_.size()));
    for (std::size_t n = 0; n < count; ++n, ++i_) {
      Fault fault;
      fault.kind = can_stay[random_.below(key("kind"), can_stay.size())];
      fault.stays = true;
      fault.at = microseconds(draw_time(fault.kind));
      fault.duration = milliseconds(scenario_.duration_ms) - fault.at;
      fault.nodes = {doomed_[order[n] - 1]};
      const FaultShape& shape = shape_of(fault.kind);
      if (shape.targets == Targets::kPair) fault.nodes.push_back(other_than(fault.nodes.front()));
      fault.amount = draw_amount(shape, fault.duration);
      const bool alone = count == 1 && damages_.empty() && !any_is_lost;
      fault.at_leader =
          alone && is_aimed_when_drawn(fault.kind) && random_.chance(key("at_leader"), 500'000);
      faults.push_back(std::move(fault));
    }
  }

  std::uint32_t other_than(std::uint32_t node) {
    const auto drawn = static_cast<std::uint32_t>(1 + random_.below(key("other"), nodes_ - 1));
    return drawn < node ? drawn : drawn + 1;
  }

  // Where snapshots are rare, whoever waits for one damages nothing.
  Structure draw_structure(FaultKind kind) {
    if (!damages(kind)) return Structure::kAny;
    constexpr std::int64_t kOften = 100;
    const bool snapshots = scenario_.cluster.snapshot_entries.low <= kOften;
    constexpr Structure kWeighted[] = {Structure::kAny, Structure::kAny, Structure::kLog,
                                       Structure::kState, Structure::kSnapshot};
    return kWeighted[random_.below(key("where"), std::size(kWeighted) - (snapshots ? 0 : 1))];
  }

  // The numbers 1 to n, in an order drawn.
  std::vector<std::uint32_t> shuffled(const Key& key, std::uint32_t n) {
    std::vector<std::uint32_t> numbers(n);
    std::iota(numbers.begin(), numbers.end(), 1);
    for (std::uint32_t left = n; left > 1; --left) {
      std::swap(numbers[left - 1], numbers[random_.below(key.with(left), left)]);
    }
    return numbers;
  }
  std::vector<std::uint32_t> some_of(const Key& key, std::uint32_t n, std::uint32_t size) {
    std::vector<std::uint32_t> numbers = shuffled(key, n);
    numbers.resize(size);
    return numbers;
  }

  Fault one(std::uint64_t count) {
    Fault fault;
    fault.kind = draw_kind(count);
    const FaultShape& shape = shape_of(fault.kind);
    fault.at = microseconds(draw_time(shape.kind));
    fault.duration = microseconds(draw_duration(shape, end_us_ - fault.at.ns / kUsPerMs));
    fault.nodes = draw_targets(shape);
    fault.amount = draw_amount(shape, fault.duration);
    fault.where = draw_structure(fault.kind);
    fault.at_leader =
        is_aimed_when_drawn(fault.kind) && random_.chance(key("at_leader"), aimed_ppm_);
    return fault;
  }

  // Where there are faults enough, every kind that is on strikes at least once.
  FaultKind draw_kind(std::uint64_t count) {
    if (count >= 2 * kinds_.size() && i_ < kinds_.size()) return kinds_[i_].kind;
    std::uint64_t total = 0;
    for (const WeightedKind& kind : kinds_) total += kind.weight;
    std::uint64_t pick = random_.below(key("kind"), total);
    for (const WeightedKind& kind : kinds_) {
      if (pick < kind.weight) return kind.kind;
      pick -= kind.weight;
    }
    return kinds_.back().kind;
  }

  // Damage waits for a write and a change for its turn, so they do not begin at the very end.
  std::int64_t draw_time(FaultKind kind) {
    const std::int64_t drawn = draw_time();
    if (family_of(kind) == FaultFamily::kMembership) {
      return std::min(drawn, std::max(first_us_, end_us_ - kChangeUs));
    }
    return damages_writes(kind) ? std::min(drawn, std::max(first_us_, end_us_ - kWriteUs)) : drawn;
  }
  std::int64_t draw_time() {
    if (i_ == 0 || !random_.chance(key("burst"), burst_ppm_)) {
      return between(key("at"), first_us_, last_us_);
    }
    const bool relay = random_.chance(key("relay"), 500'000);
    const std::int64_t early = relay ? before_end_us_ - timeout_us_ / 2 : before_us_;
    const std::int64_t late = relay ? before_end_us_ + timeout_us_ / 2 : before_us_ + kBurstUs;
    const std::int64_t first = std::min(kFirstUs, end_us_ - 1);
    return between(key("at"), std::clamp(early, first, end_us_ - 1),
                   std::clamp(late, first, end_us_ - 1));
  }

  // Against the election timeout, for that is what a fault must outlast to be noticed: shorter,
  // about as long, much longer, which also outlasts the patience of clients.
  std::int64_t draw_duration(const FaultShape& shape, std::int64_t left_us) {
    if (shape.lasts == Lasts::kInstant) return 0;
    if (shape.lasts == Lasts::kEither && random_.chance(key("stays"), 500'000)) return 0;
    const std::uint64_t length = random_.below(key("length"), 10);
    Range range(timeout_us_ * 20, timeout_us_ * 50);
    if (length < 8) range = Range(timeout_us_, timeout_us_ * 10);
    if (length < 4) range = Range(timeout_us_ / 4, timeout_us_ * 2);
    if (shape.kind == FaultKind::kKillInDiskCall)
      range = {range.low + kDiskCallUs, range.high + kDiskCallUs};
    // A change waits for a leader, for others, and for who is to catch up.
    if (shape.family == FaultFamily::kMembership)
      range = {range.low + kChangeUs, range.high + kChangeUs};
    if (damages_writes(shape.kind)) range = {range.low + kWriteUs, range.high + kWriteUs};
    // Several leaders in a row.
    if (shape.kind == FaultKind::kLeaderHunt)
      range = {range.low + 4 * timeout_us_, range.high + 4 * timeout_us_};
    return std::clamp(between(key("duration"), range.low, range.high), std::int64_t{1}, left_us);
  }

  std::vector<std::uint32_t> draw_targets(const FaultShape& shape) {
    if (may_cost_the_node(shape.kind)) {
      return {doomed_[random_.below(key("targets"), doomed_.size())]};
    }
    // What is damaged is not seen before it is read, which is when the node starts again.
    const bool restarts = shape.kind == FaultKind::kKill || shape.kind == FaultKind::kPowerLoss ||
                          shape.kind == FaultKind::kKillInDiskCall;
    if (restarts && may_damage() && random_.chance(key("rotten"), 500'000)) {
      return {doomed_[random_.below(key("targets"), doomed_.size())]};
    }
    switch (shape.targets) {
      case Targets::kNodes: return some_of(key("targets"), nodes_, how_many(shape));
      case Targets::kAll: return shuffled(key("targets"), nodes_);
      case Targets::kSide: return some_of(key("targets"), nodes_, draw_size(1, nodes_ - 1));
      case Targets::kBridge: return some_of(key("targets"), nodes_, 1 + (nodes_ - 1) / 2);
      case Targets::kPair: return some_of(key("targets"), nodes_, 2);
      case Targets::kSeat: {
        const auto spares = static_cast<std::uint32_t>(scenario_.cluster.spares.low);
        return some_of(key("targets"), nodes_ + spares, 1);
      }
      case Targets::kClients: {
        const auto clients = static_cast<std::uint32_t>(clients_of(scenario_));
        return some_of(key("targets"), clients, draw_size(1, std::min(clients, 3U)));
      }
    }
    return {};
  }
  bool may_damage() const {
    if (doomed_.empty()) return false;
    return !damages_.empty() ||
           std::any_of(kinds_.begin(), kinds_.end(),
                       [](const WeightedKind& weighted) { return damages(weighted.kind); });
  }
  std::uint32_t draw_size(std::uint32_t low, std::uint32_t high) {
    return static_cast<std::uint32_t>(between(key("size"), low, high));
  }

  // Bad weather on the network is everybody's as often as not. Of the rest most strikes one node,
  // some a minority, and now and then any number.
  std::uint32_t how_many(const FaultShape& shape) {
    const std::uint64_t dice = random_.below(key("how_many"), 10);
    if (shape.family == FaultFamily::kNetwork && dice < 5) return nodes_;
    if (dice < 6) return 1;
    if (dice < 9) return draw_size(1, std::max(1U, (nodes_ - 1) / 2));
    return draw_size(1, nodes_);
  }

  std::int64_t draw_amount(const FaultShape& shape, Duration duration) {
    const Bands bands = bands_of(shape.kind);
    const Range band = bands[random_.below(key("band"), bands.size())];
    std::int64_t amount = between(key("amount"), band.low, band.high);
    if (shape.targets == Targets::kAll && nodes_ > 1) {
      amount = std::min(amount, duration.ns / (milliseconds(1).ns * (nodes_ - 1)));
    }
    // No drift or step at all would be no fault.
    if (shape.family == FaultFamily::kClock && shape.amount_low != 0 && amount == 0) return 1;
    return amount;
  }

  const Scenario& scenario_;
  const Swarm& swarm_;
  std::vector<WeightedKind> kinds_;
  std::vector<FaultKind> damages_;  // kinds of the damage that each doomed node meets once
  KeyedRandom& random_;
  std::uint32_t nodes_;
  std::int64_t end_us_;
  std::int64_t timeout_us_;
  std::uint64_t burst_ppm_ = 0;
  std::uint64_t aimed_ppm_ = 0;
  std::int64_t first_us_ = 0;
  std::int64_t last_us_ = 0;
  std::vector<std::uint32_t> doomed_;
  std::uint64_t i_ = 0;
  std::int64_t before_us_ = 0;
  std::int64_t before_end_us_ = 0;
};

}  // namespace

std::vector<Fault> draw_faults(const Scenario& scenario, const std::vector<WeightedKind>& kinds,
                               std::int64_t count, KeyedRandom& random) {
  if (kinds.empty() || count == 0) return {};
  FaultDraw draw(scenario, kinds, random);
  std::vector<Fault> faults = draw.run(count);
  std::uint32_t first = 1;
  for (const Fault& fault : scenario.faults) first = std::max(first, fault.id + 1);
  draw.number_from(first, faults);
  return faults;
}

}  // namespace plumbline::scenarios
