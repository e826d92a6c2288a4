#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/ids.h"
#include "nodes/base/time.h"

namespace plumbline::scenarios {

// A number that a scenario file gives as 5 or as [3, 5]; a drawn scenario has low == high, except
// where the range is a spread within which each message, disk call or pause of the run lies:
// latency_us, write_us, sync_us, think_ms.
struct Range {
  std::int64_t low = 0;
  std::int64_t high = 0;

  constexpr Range() = default;
  constexpr Range(std::int64_t fixed) : low(fixed), high(fixed) {}
  constexpr Range(std::int64_t l, std::int64_t h) : low(l), high(h) {}
  friend bool operator==(const Range&, const Range&) = default;
};

// Every kind of fault that a nemesis can make. The name in a file is the enumerator in kebab case:
// "kill-in-disk-call".
enum class FaultKind {
  // network
  kLoss,
  kDelay,
  kDuplicate,
  kPartition,
  kOneWayPartition,
  kBridgePartition,
  kPartialPartition,
  kChainedPartition,
  kFlappingLink,
  kFlappingPartition,
  kLeaderHunt,
  kSlowLink,
  kClog,
  kResetConnections,
  // process
  kKill,
  kTerminate,
  kKillInDiskCall,
  kPowerLoss,
  kKillAll,
  kPowerLossAll,
  kPause,
  kSlowProcessor,
  // clock
  kClockDrift,
  kClockStep,
  kClockFreeze,
  // disk
  kDiskSlow,
  kDiskWriteError,
  kDiskReadError,
  kDiskSyncError,
  kDiskFull,
  kBitRot,
  kLostWrite,
  kMisdirectedWrite,
  kStaleRead,
  kWipe,
  kDiskLies,
  // membership
  kAddMember,
  kRemoveMember,
  kReplaceMember,
  kPromoteMember,
  kTransferLeadership,
  kWipeAndRejoin,
  // client
  kClientRestart,
};

enum class FaultFamily { kNetwork, kProcess, kClock, kDisk, kMembership, kClient };

// Which of the structures on a node's disk a fault damages.
enum class Structure {
  kAny,
  kLog,    // entries
  kState,  // hard state, and where the log ends
  kSnapshot,
};

// One fault of a drawn scenario. `id` names it in traces, reports and overrides
// ("fault.enabled/3").
struct Fault {
  std::uint32_t id = 0;
  FaultKind kind = FaultKind::kKill;
  Duration at = {};        // since the start of the run
  Duration duration = {};  // zero for what happens at an instant
  // Store nodes it strikes (1 is the first), or clients for client faults; for a partition one
  // side, for links both ends.
  std::vector<std::uint32_t> nodes = {};
  // Aimed: when the fault strikes, the first of `nodes` gives way to the node that leads then,
  // unless that is among them or nobody leads.
  bool at_leader = false;
  // It goes on when the others are undone for good: the nodes that it strikes lie outside the core
  // that must recover.
  bool stays = false;
  Structure where = Structure::kAny;
  // What `amount` means depends on the kind: parts per million, microseconds, milliseconds of a
  // step, a factor in percent.
  std::int64_t amount = 0;

  friend bool operator==(const Fault&, const Fault&) = default;
};

// How faults are drawn for a seed: of the kinds allowed, some are turned off for the seed, and
// others are drawn more often.
struct Swarm {
  std::vector<FaultKind> kinds = {};  // empty: all that are drawn unnamed (fault_kinds.h)
  Range count = 0;
  // The chance that an allowed kind is on in a seed, parts per million; at a million all are, and
  // each strikes.
  std::int64_t on_ppm = 600'000;
  // The disks of a minority are each damaged once, and no more than that. Otherwise damage is drawn
  // like everything else, and strikes a minority as often as it likes.
  bool damage_once = false;
  // A control: it is a majority whose disks are damaged; in half of the seeds all at about the same
  // time, and then everybody starts again.
  bool damage_majority = false;
  // How many faults stay: no more than a minority of the nodes lies outside the core.
  Range stay = 0;

  friend bool operator==(const Swarm&, const Swarm&) = default;
};

struct WorkloadSpec {
  std::string kind;  // a name of the workload registry
  Range clients = 1;
  Range operations = 10;  // per client
  Range keys = 3;
  Range think_ms = {0, 100};  // pause before each operation
  Range value_bytes = 0;      // values are padded by up to so much, each always alike
  std::int64_t timeout_ms = 2000;
  Range attempt_ms = 500;  // of that, the patience with one server
  // Parts per million of operations that read, and that compare-and-swap; the rest write.
  std::int64_t read_ppm = 400'000;
  std::int64_t cas_ppm = 200'000;

  friend bool operator==(const WorkloadSpec&, const WorkloadSpec&) = default;
};

struct ClusterSpec {
  Range nodes = 3;
  Range spares = 0;  // further nodes, which are no members at the start
  Range election_timeout_ms = 150;
  Range heartbeat_ms = 40;
  Range segment_kib = 64;
  Range entries_per_append_max = 64;
  Range inflight_appends_max = 32;
  Range apply_batch = 64;
  Range pre_vote = 1;                  // 0: off
  Range lease_reads = 0;               // 1: on
  Range clock_drift_max_ppm = 10'000;  // that leases allow for
  // A snapshot is taken when so much was applied since the last; 0: never for that reason.
  Range snapshot_entries = 1'048'576;
  Range snapshot_kib = 16'384;
  Range trailing_entries = 1'024;     // kept behind a snapshot
  Range chunk_bytes = 65'536;         // of a snapshot on its way
  Range snapshot_kib_per_second = 0;  // at which each is sent; 0: as fast as it goes
  Range apply_pause_us = 0;           // after each batch: a state machine that lags behind its log
  // Payloads of one append, of all under way to one follower, and of all that is not committed yet.
  Range append_bytes = 262'144;
  Range inflight_bytes = 4'194'304;
  Range uncommitted_bytes = 16'777'216;
  Range session_idle_entries = 1'048'576;  // after which an unused session is dropped; 0: never

  friend bool operator==(const ClusterSpec&, const ClusterSpec&) = default;
};

struct NetworkSpec {
  Range latency_us = {200, 2'000};
  Range slow_ppm = 1'000;  // messages that take up to slow_latency_us
  Range slow_latency_us = 50'000;
  Range loss_ppm = 0;
  Range duplicate_ppm = 0;

  friend bool operator==(const NetworkSpec&, const NetworkSpec&) = default;
};

struct DiskSpec {
  Range write_us = {20, 60};
  Range sync_us = {100, 1'000};
  Range capacity_kib = 0;  // of each node; 0: not bounded

  friend bool operator==(const DiskSpec&, const DiskSpec&) = default;
};

struct ClockSpec {
  Range drift_ppm_max = 200;    // each node's rate lies within this of true time
  Range offset_ms_max = 5'000;  // of wall clocks

  friend bool operator==(const ClockSpec&, const ClockSpec&) = default;
};

enum class Mode {
  kSafety,    // faults to the end; only safety is judged
  kLiveness,  // faults stop at `quiet_ms` before the end; then all pending operations end and
              // replicas catch up
};

struct Scenario {
  std::string name;
  std::string description;
  Mode mode = Mode::kLiveness;
  std::int64_t duration_ms = 30'000;
  std::int64_t quiet_ms = 8'000;
  // In liveness mode: of the writes called after the heal, one succeeds within so many election
  // timeouts. 0: not asked.
  std::int64_t recovery_timeouts = 0;
  // In liveness mode: from so many election timeouts after the heal on, and for as many again, the
  // first leader of the core leads on, and no term begins. 0: not asked.
  std::int64_t steady_timeouts = 0;
  ClusterSpec cluster;
  NetworkSpec network;
  DiskSpec disk;
  ClockSpec clock;
  std::vector<WorkloadSpec> workloads;
  // A drawn scenario has faults and no swarm.
  std::optional<Swarm> swarm;
  std::vector<Fault> faults;
  // Of the probes in the code: those that a campaign of this scenario must reach. Where no scenario
  // of a campaign names any, they are those that the code calls required.
  std::vector<std::string> probes;

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

const char* name_of(FaultKind kind);
FaultFamily family_of(FaultKind kind);
const char* name_of(FaultFamily family);
const char* name_of(Structure structure);

}  // namespace plumbline::scenarios
