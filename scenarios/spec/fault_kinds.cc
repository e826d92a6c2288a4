#include "scenarios/spec/fault_kinds.h"

#include <iterator>

#include "nodes/base/assert.h"

namespace plumbline::scenarios {
namespace {

using enum FaultKind;
constexpr auto kNet = FaultFamily::kNetwork;
constexpr auto kProc = FaultFamily::kProcess;
constexpr auto kClk = FaultFamily::kClock;
constexpr auto kDsk = FaultFamily::kDisk;
constexpr auto kMem = FaultFamily::kMembership;
constexpr auto kNodes = Targets::kNodes;
constexpr auto kSpan = Lasts::kSpan;
constexpr auto kInstant = Lasts::kInstant;

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr const char* kPpm = "parts per million";
constexpr const char* kMicros = "microseconds";
constexpr const char* kRestartGap = "milliseconds from one restart to the next";

constexpr FaultShape kShapes[] = {
    {kLoss, "loss", kNet, kNodes, kSpan, 1, kMillion, kPpm,
     "Messages to and from the nodes are lost."},
    {kDelay, "delay", kNet, kNodes, kSpan, 1, kMinuteUs, kMicros,
     "Messages to and from the nodes each wait up to this longer, so that they overtake."},
    {kDuplicate, "duplicate", kNet, kNodes, kSpan, 1, kMillion, kPpm,
     "Messages to and from the nodes arrive twice."},
    {kPartition, "partition", kNet, Targets::kSide, kSpan, 0, 0, "",
     "The side and the rest hear nothing of each other."},
    {kOneWayPartition, "one-way-partition", kNet, Targets::kSide, kSpan, 0, 1,
     "0: the side is not heard; 1: the side hears nothing",
     "Messages cross between the side and the rest in one direction only."},
    {kBridgePartition, "bridge-partition", kNet, Targets::kBridge, kSpan, 0, 0, "",
     "Two halves hear nothing of each other, and one node hears both."},
    {kPartialPartition, "partial-partition", kNet, Targets::kPair, kSpan, 0, 0, "",
     "Two nodes hear nothing of each other, and all others hear both."},
    {kChainedPartition, "chained-partition", kNet, Targets::kAll, kSpan, 0, 0, "",
     "The nodes stand in a line, and each hears its neighbours only."},
    {kFlappingLink, "flapping-link", kNet, Targets::kPair, kSpan, 1, kMinuteMs,
     "milliseconds down, then as long up", "The link between two nodes goes down and up again."},
    {kFlappingPartition, "flapping-partition", kNet, Targets::kSide, kSpan, 1, kMinuteMs,
     "milliseconds apart, then as long together",
     "The side is cut off from the rest and joined to it again, over and over."},
    {kLeaderHunt, "leader-hunt", kNet, Targets::kSide, kSpan, 0, kMinuteMs,
     "milliseconds that a new leader is given",
     "Whoever leads is cut off in the place of the side's first node; then its successor is, and "
     "who was cut off comes back."},
    {kSlowLink, "slow-link", kNet, Targets::kPair, kSpan, 1, kMinuteUs, kMicros,
     "Messages between two nodes each wait up to this longer."},
    {kClog, "clog", kNet, kNodes, kSpan, 0, 0, "",
     "Messages to and from the nodes are held back, then all delivered."},
    {kResetConnections, "reset-connections", kNet, kNodes, kInstant, 0, 0, "",
     "Every connection of the nodes breaks; what was not read is lost."},
    {kKill, "kill", kProc, kNodes, kSpan, 0, 0, "",
     "The processes die; they are started again at the end."},
    {kTerminate, "terminate", kProc, kNodes, kSpan, 0, 0, "",
     "The processes are asked to end, and do in good order; they are started again at the end."},
    {kKillInDiskCall, "kill-in-disk-call", kProc, kNodes, kSpan, 0, 0, "",
     "The processes die in the middle of their next disk call; they are started at the end."},
    {kPowerLoss, "power-loss", kProc, kNodes, kSpan, 0, 0, "",
     "The machines lose power, and of what was not synced only parts survive."},
    {kKillAll, "kill-all", kProc, Targets::kAll, kSpan, 0, kMinuteMs, kRestartGap,
     "All processes die at once and are started one after another, the last one at the end."},
    {kPowerLossAll, "power-loss-all", kProc, Targets::kAll, kSpan, 0, kMinuteMs, kRestartGap,
     "All machines lose power at once and are started one after another."},
    {kPause, "pause", kProc, kNodes, kSpan, 0, 0, "",
     "The processes stand still and know nothing of it."},
    {kSlowProcessor, "slow-processor", kProc, kNodes, kSpan, 1, 99, "percent of normal speed",
     "Everything that the nodes compute takes longer."},
    {kClockDrift, "clock-drift", kClk, kNodes, kSpan, -500'000, 500'000, kPpm,
     "The clocks of the nodes run faster or slower than before."},
    {kClockStep, "clock-step", kClk, kNodes, Lasts::kEither, -kDayMs, kDayMs, "milliseconds",
     "The wall clocks jump; with a duration they are corrected by a jump back."},
    {kClockFreeze, "clock-freeze", kClk, kNodes, kSpan, 0, 0, "",
     "The wall clocks stand still, then go on."},
    {kDiskSlow, "disk-slow", kDsk, kNodes, kSpan, 101, 100'000, "percent of normal latency",
     "Every disk call takes longer."},
    {kDiskWriteError, "disk-write-error", kDsk, kNodes, kSpan, 1, kMillion, kPpm,
     "Writes fail; a node that stopped over it is started again at the end."},
    {kDiskReadError, "disk-read-error", kDsk, kNodes, kSpan, 1, kMillion, kPpm,
     "Reads fail; a node that stopped over it is started again at the end."},
    {kDiskSyncError, "disk-sync-error", kDsk, kNodes, kSpan, 1, kMillion, kPpm,
     "Syncs fail; a node that stopped over it is started again at the end."},
    {kDiskFull, "disk-full", kDsk, kNodes, kSpan, 0, 0, "",
     "Nothing more fits; a node that stopped over it is started again at the end."},
    {kBitRot, "bit-rot", kDsk, kNodes, kInstant, 1, 64, "bits",
     "Bits of what was durable flip; the node may stop for good, and must say so."},
    {kLostWrite, "lost-write", kDsk, kNodes, kSpan, 1, 64, "writes",
     "The next writes say that they were made; sectors of them keep what they held."},
    {kMisdirectedWrite, "misdirected-write", kDsk, kNodes, kSpan, 1, 64, "writes",
     "The next writes say that they were made; sectors of them land elsewhere on the disk."},
    {kStaleRead, "stale-read", kDsk, kNodes, kSpan, 1, 64, "reads",
     "The processes die, start again half-way, and reads show what was there before the last "
     "write."},
    {kWipe, "wipe", kDsk, kNodes, kSpan, 0, 0, "",
     "The processes die and their disks are emptied: such a node may come back as a new member "
     "only."},
    {kDiskLies, "disk-lies", kDsk, kNodes, kSpan, 0, 0, "",
     "Syncs are reported that never were made: a control that must lose data at a power loss."},
    {kAddMember, "add-member", kMem, Targets::kSeat, kSpan, 0, 2,
     "0: votes when it has caught up; 1: never votes; 2: votes at once",
     "A spare node is started and added to the group; at the end it is removed again."},
    {kRemoveMember, "remove-member", kMem, Targets::kSeat, kSpan, 0, 0, "",
     "A member is removed and goes on running; at the end it comes back as a new one."},
    {kReplaceMember, "replace-member", kMem, Targets::kSeat, kSpan, 0, 0, "",
     "A spare node takes a member's place in one step; the other is retired."},
    {kPromoteMember, "promote-member", kMem, Targets::kSeat, kSpan, 0, 0, "",
     "A spare node is added to listen, and made a voter by hand when it has caught up."},
    {kTransferLeadership, "transfer-leadership", kMem, Targets::kSeat, kSpan, 0, 0, "",
     "The leader is asked to hand over to the node."},
    {kWipeAndRejoin, "wipe-and-rejoin", kMem, Targets::kSeat, kSpan, 0, 0, "",
     "A member loses its disk, starts again half-way as a new one, and takes its own old seat."},
    {kClientRestart, "client-restart", FaultFamily::kClient, Targets::kClients, kInstant, 0, 0, "",
     "Clients forget what they had in flight and go on under their identity."},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kShapes); ++i) {
    if (kShapes[i].kind != static_cast<FaultKind>(i)) return false;
  }
  return true;
}
static_assert(in_order(), "shape_of() indexes by kind");
static_assert(std::size(kShapes) == static_cast<std::size_t>(kClientRestart) + 1);

}  // namespace

std::uint32_t FaultShape::nodes_min() const {
  switch (targets) {
    case Targets::kNodes:
    case Targets::kClients: return kind <= kResetConnections ? 2 : 1;
    // Two in a line hear each other.
    case Targets::kAll: return kind == kChainedPartition ? 3 : 1;
    case Targets::kSide:
    case Targets::kPair: return 2;
    case Targets::kBridge: return 3;
    case Targets::kSeat: return kind == kAddMember || kind == kPromoteMember ? 1 : 3;
  }
  return 1;
}

std::uint32_t FaultShape::spares_min() const {
  return kind == kAddMember || kind == kReplaceMember || kind == kPromoteMember ? 1 : 0;
}

std::span<const FaultShape> fault_shapes() { return kShapes; }

const FaultShape& shape_of(FaultKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  PLUMB_ASSERT(index < std::size(kShapes));
  return kShapes[index];
}

bool is_drawn_unnamed(FaultKind kind) { return kind != kDiskLies && kind != kTerminate; }

bool may_be_aimed(FaultKind kind) {
  return is_aimed_when_drawn(kind) || kind == kKill || kind == kTerminate;
}

bool is_aimed_when_drawn(FaultKind kind) {
  return kind == kPartition || kind == kOneWayPartition || kind == kFlappingPartition ||
         kind == kLeaderHunt || kind == kPause || kind == kSlowProcessor || kind == kDiskSlow;
}

bool damages(FaultKind kind) {
  return kind == kBitRot || kind == kLostWrite || kind == kMisdirectedWrite || kind == kStaleRead;
}

bool may_cost_the_node(FaultKind kind) { return damages(kind) || kind == kWipe; }

bool may_stay(FaultKind kind) {
  return kind == kPartition || kind == kOneWayPartition || kind == kFlappingPartition ||
         kind == kFlappingLink || kind == kKill || kind == kPowerLoss || kind == kPause ||
         kind == kDiskSlow;
}

std::vector<std::uint32_t> outside_of(const Fault& fault) {
  if (shape_of(fault.kind).targets == Targets::kPair) return {fault.nodes.front()};
  return fault.nodes;
}

std::optional<FaultKind> fault_kind_named(std::string_view name) {
  for (const FaultShape& shape : kShapes) {
    if (name == shape.name) return shape.kind;
  }
  return std::nullopt;
}

const char* name_of(FaultKind kind) { return shape_of(kind).name; }

FaultFamily family_of(FaultKind kind) { return shape_of(kind).family; }

const char* name_of(FaultFamily family) {
  switch (family) {
    case FaultFamily::kNetwork: return "network";
    case FaultFamily::kProcess: return "process";
    case FaultFamily::kClock: return "clock";
    case FaultFamily::kDisk: return "disk";
    case FaultFamily::kMembership: return "membership";
    case FaultFamily::kClient: return "client";
  }
  return "unknown";
}

const char* name_of(Structure structure) {
  switch (structure) {
    case Structure::kAny: return "any";
    case Structure::kLog: return "log";
    case Structure::kState: return "state";
    case Structure::kSnapshot: return "snapshot";
  }
  return "unknown";
}

const char* name_of(Targets targets) {
  switch (targets) {
    case Targets::kNodes: return "one or more nodes";
    case Targets::kAll: return "all nodes";
    case Targets::kSide: return "one side";
    case Targets::kBridge: return "the bridge, then one half of the others";
    case Targets::kPair: return "two nodes";
    case Targets::kSeat: return "one node, which may be a spare";
    case Targets::kClients: return "one or more clients";
  }
  return "unknown";
}

}  // namespace plumbline::scenarios
