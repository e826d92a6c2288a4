#include "scenarios/nemesis/registry.h"

namespace plumbline::scenarios {
namespace {

bool strike(Torment& torment, const Fault& fault, const DiskFault& effect) {
  for (const NodeId node : torment.targets(fault)) torment.disk(fault.id, node, effect);
  return any_target_up(torment, fault);
}

std::uint64_t amount(const Fault& fault) { return static_cast<std::uint64_t>(fault.amount); }

bool start_slow(Torment& torment, const Fault& fault) {
  return strike(torment, fault, {.slow_percent = amount(fault)});
}

bool start_write_error(Torment& torment, const Fault& fault) {
  return strike(torment, fault, {.write_error_ppm = amount(fault)});
}

bool start_read_error(Torment& torment, const Fault& fault) {
  return strike(torment, fault, {.read_error_ppm = amount(fault)});
}

bool start_sync_error(Torment& torment, const Fault& fault) {
  return strike(torment, fault, {.sync_error_ppm = amount(fault)});
}

bool start_full(Torment& torment, const Fault& fault) {
  return strike(torment, fault, {.full = true});
}

bool start_lies(Torment& torment, const Fault& fault) {
  return strike(torment, fault, {.lies_about_sync = true});
}

// The disk rots whether its node is up or not.
bool start_rot(Torment& torment, const Fault& fault) {
  bool rotted = false;
  for (const NodeId node : torment.targets(fault)) {
    for (std::int64_t bit = 0; bit < fault.amount; ++bit) {
      const Key which =
          Key("nemesis.rot").with(fault.id).with(node).with(static_cast<std::uint64_t>(bit));
      rotted |= torment.cluster().rot(node, fault.where, which);
    }
  }
  return rotted;
}

// Whether a write or a read was damaged shows only later: when the node makes one.
bool start_bad_writes(Torment& torment, const Fault& fault) {
  for (const NodeId node : torment.targets(fault)) torment.damage_calls(fault, node);
  return false;
}

bool did_damage(const Torment& torment, const Fault& fault) { return torment.did_damage(fault); }

// A store reads most when it starts, so that is when its reads are bad.
bool start_stale_reads(Torment& torment, const Fault& fault) {
  Cluster& cluster = torment.cluster();
  for (const NodeId node : torment.targets(fault)) {
    torment.take_down(fault.id, node, Torment::Death::kKill);
    torment.damage_calls(fault, node);
    cluster.at(cluster.now() + fault.duration / 2, [&torment, id = fault.id, node] {
      if (torment.is_active(id)) torment.release(id, node);
    });
  }
  return false;
}

bool start_wipe(Torment& torment, const Fault& fault) {
  for (const NodeId node : torment.targets(fault)) {
    torment.take_down(fault.id, node, Torment::Death::kKill);
    torment.cluster().wipe(node);
  }
  return true;
}

constexpr NemesisEntry kTable[] = {
    {FaultKind::kDiskSlow, start_slow, any_target_up},
    {FaultKind::kDiskWriteError, start_write_error, any_target_up, true},
    {FaultKind::kDiskReadError, start_read_error, any_target_up, true},
    {FaultKind::kDiskSyncError, start_sync_error, any_target_up, true},
    {FaultKind::kDiskFull, start_full, any_target_up, true},
    {FaultKind::kBitRot, start_rot},
    {FaultKind::kLostWrite, start_bad_writes, did_damage, true},
    {FaultKind::kMisdirectedWrite, start_bad_writes, did_damage, true},
    {FaultKind::kStaleRead, start_stale_reads, did_damage},
    {FaultKind::kWipe, start_wipe},
    {FaultKind::kDiskLies, start_lies, any_target_up},
};

}  // namespace

std::span<const NemesisEntry> disk_nemeses() { return kTable; }

}  // namespace plumbline::scenarios
