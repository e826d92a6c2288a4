#include "scenarios/nemesis/torment.h"

#include <algorithm>

namespace plumbline::scenarios {
namespace {

constexpr std::uint64_t kPpmMax = 1'000'000;
// Faults together may not stop or turn back a clock.
constexpr std::int64_t kDriftPpmMax = 900'000;

std::uint64_t sum_ppm(std::uint64_t a, std::uint64_t b) { return std::min(kPpmMax, a + b); }

void add(LinkFault& whole, const LinkFault& part) {
  whole.blocked |= part.blocked;
  whole.clogged |= part.clogged;
  whole.loss_ppm = sum_ppm(whole.loss_ppm, part.loss_ppm);
  whole.duplicate_ppm = sum_ppm(whole.duplicate_ppm, part.duplicate_ppm);
  whole.delay_extra_max = whole.delay_extra_max + part.delay_extra_max;
}

void add(DiskFault& whole, const DiskFault& part) {
  whole.write_error_ppm = sum_ppm(whole.write_error_ppm, part.write_error_ppm);
  whole.read_error_ppm = sum_ppm(whole.read_error_ppm, part.read_error_ppm);
  whole.sync_error_ppm = sum_ppm(whole.sync_error_ppm, part.sync_error_ppm);
  whole.slow_percent = std::max(whole.slow_percent, part.slow_percent);
  whole.full |= part.full;
  whole.lies_about_sync |= part.lies_about_sync;
}

Key damage_key(std::uint32_t fault, NodeId node, std::uint64_t n) {
  return Key("nemesis.damage").with(fault).with(node).with(n);
}

LinkFault with(LinkFault whole, const LinkFault& part) {
  add(whole, part);
  return whole;
}

bool same(const LinkFault& a, const LinkFault& b) {
  return a.blocked == b.blocked && a.clogged == b.clogged && a.loss_ppm == b.loss_ppm &&
         a.duplicate_ppm == b.duplicate_ppm && a.delay_extra_max == b.delay_extra_max;
}

}  // namespace

std::vector<NodeId> Torment::targets(const Fault& fault) const {
  const std::vector<NodeId>& all = cluster_.nodes();
  if (fault.nodes.empty()) return all;
  std::vector<NodeId> nodes;
  for (const std::uint32_t number : fault.nodes) {
    PLUMB_ASSERT(number >= 1);
    PLUMB_ASSERT(number <= all.size(), "fault " + std::to_string(fault.id));
    nodes.push_back(all[number - 1]);
  }
  return nodes;
}

std::vector<NodeId> Torment::others(const std::vector<NodeId>& some) const {
  std::vector<NodeId> rest;
  for (const NodeId node : cluster_.nodes()) {
    if (std::find(some.begin(), some.end(), node) == some.end()) rest.push_back(node);
  }
  return rest;
}

bool Torment::any_up(const std::vector<NodeId>& nodes) const {
  return std::any_of(nodes.begin(), nodes.end(),
                     [this](NodeId node) { return cluster_.is_up(node); });
}

bool Torment::clear(std::uint32_t fault) {
  active_.erase(fault);
  bool changed = false;
  for (const auto& [link, effect] : links_.take_all(fault)) {
    if (same(link_now(link), with(link_now(link), effect))) continue;
    apply_link(link);
    changed = true;
  }
  for (const auto& [node, effect] : disks_.take_all(fault)) apply_disk(node);
  for (const auto& [node, effect] : drifts_.take_all(fault)) apply_drift(node);
  for (const auto& [node, effect] : processors_.take_all(fault)) apply_processor(node);
  for (const auto& [node, by] : steps_.take_all(fault)) {
    cluster_.step_wall_clock(node, by * -1);
  }
  for (const auto& [node, effect] : frozen_.take_all(fault)) {
    if (!frozen_.has(node)) cluster_.freeze_wall_clock(node, false);
  }
  for (const auto& [node, effect] : paused_.take_all(fault)) {
    if (!paused_.has(node)) cluster_.resume(node);
  }
  for (const auto& [call, effect] : damaged_calls_.take_all(fault)) {
    cluster_.spare(call.first, damage_key(fault, call.first, call.second));
  }
  // A node that made no disk call meanwhile would die at one long after the fault: it dies now.
  for (const auto& [node, effect] : armed_.take_all(fault)) {
    if (!cluster_.is_up(node)) continue;
    cluster_.kill(node);
    changed = true;
  }
  for (const auto& [node, effect] : held_down_.take_all(fault)) start_if_free(node);
  return changed;
}

LinkFault Torment::link_now(const Link& link) const {
  return links_.combined(link, LinkFault{},
                         [](LinkFault& whole, const LinkFault& part) { add(whole, part); });
}

bool Torment::link(std::uint32_t fault, NodeId from, NodeId to, const LinkFault& effect) {
  const Link link{from, to};
  const LinkFault before = link_now(link);
  links_.put(link, fault, effect);
  if (same(before, link_now(link))) return false;
  apply_link(link);
  return true;
}

bool Torment::unlink(std::uint32_t fault, NodeId from, NodeId to) {
  const Link link{from, to};
  const LinkFault before = link_now(link);
  links_.remove(link, fault);
  if (same(before, link_now(link))) return false;
  apply_link(link);
  return true;
}

void Torment::disk(std::uint32_t fault, NodeId node, const DiskFault& effect) {
  disks_.put(node, fault, effect);
  apply_disk(node);
}

void Torment::apply_disk(NodeId node) {
  cluster_.set_disk_fault(
      node, disks_.combined(node, DiskFault{},
                            [](DiskFault& whole, const DiskFault& part) { add(whole, part); }));
}

void Torment::drift(std::uint32_t fault, NodeId node, std::int64_t ppm) {
  drifts_.put(node, fault, ppm);
  apply_drift(node);
}

void Torment::apply_drift(NodeId node) {
  const std::int64_t sum = drifts_.combined(
      node, std::int64_t{0}, [](std::int64_t& whole, std::int64_t part) { whole += part; });
  cluster_.set_clock_drift(node, std::clamp(sum, -kDriftPpmMax, kDriftPpmMax));
}

void Torment::step_clock(std::uint32_t fault, NodeId node, Duration by, bool corrected) {
  cluster_.step_wall_clock(node, by);
  if (corrected) steps_.put(node, fault, by);
}

void Torment::freeze(std::uint32_t fault, NodeId node) {
  const bool thawed = !frozen_.has(node);
  frozen_.put(node, fault, true);
  if (thawed) cluster_.freeze_wall_clock(node, true);
}

void Torment::slow_processor(std::uint32_t fault, NodeId node, std::uint64_t percent) {
  processors_.put(node, fault, percent);
  apply_processor(node);
}

void Torment::apply_processor(NodeId node) {
  cluster_.set_processor_percent(
      node,
      processors_.combined(node, std::uint64_t{100}, [](std::uint64_t& whole, std::uint64_t part) {
        whole = std::min(whole, part);
      }));
}

bool Torment::pause(std::uint32_t fault, NodeId node) {
  if (!cluster_.is_up(node)) return false;
  const bool ran = !paused_.has(node);
  paused_.put(node, fault, true);
  if (ran) cluster_.pause(node);
  return true;
}

bool Torment::take_down(std::uint32_t fault, NodeId node, Death death) {
  held_down_.put(node, fault, true);
  const bool was_up = cluster_.is_up(node);
  if (death == Death::kInDiskCall) {
    if (was_up) armed_.put(node, fault, true);
    if (was_up) cluster_.kill_in_disk_call(node);
    return was_up;
  }
  if (was_up) armed_.forget(node);
  // Also of a node that is down: the machine's page cache outlived the process, and goes now.
  if (death == Death::kPowerLoss) cluster_.power_loss(node);
  if (death == Death::kKill && was_up) cluster_.kill(node);
  if (death == Death::kInGoodOrder && was_up) cluster_.terminate(node);
  // A process that starts later does not stand still because one before it did.
  if (paused_.has(node)) cluster_.resume(node);
  paused_.forget(node);
  return was_up || death == Death::kPowerLoss;
}

void Torment::damage_calls(const Fault& fault, NodeId node) {
  for (std::uint64_t n = 0; n < static_cast<std::uint64_t>(fault.amount); ++n) {
    damaged_calls_.put({node, n}, fault.id, true);
    cluster_.damage_next_call(node, fault.kind, fault.where, damage_key(fault.id, node, n));
  }
}

bool Torment::did_damage(const Fault& fault) const {
  for (const NodeId node : targets(fault)) {
    if (cluster_.was_damaged(damage_key(fault.id, node, 0))) return true;
  }
  return false;
}

bool Torment::died_in_disk_call(const Fault& fault) const {
  const std::vector<NodeId> nodes = targets(fault);
  return std::any_of(nodes.begin(), nodes.end(), [&](NodeId node) {
    return armed_.has(node, fault.id) && !cluster_.is_up(node);
  });
}

void Torment::release(std::uint32_t fault, NodeId node) {
  held_down_.remove(node, fault);
  start_if_free(node);
}

void Torment::start_if_free(NodeId node) {
  if (!held_down_.has(node) && !cluster_.is_up(node)) cluster_.start(node);
}

}  // namespace plumbline::scenarios
