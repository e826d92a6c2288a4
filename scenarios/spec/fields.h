#pragma once

#include <cstdint>

#include "scenarios/spec/scenario.h"

// What a scenario file may say, told once. The reader, the writer, the schema and the swarm each
// walk through these tables with a visitor of their own: v(name, member, about).
namespace plumbline::scenarios {

// What a range becomes in a drawn scenario: one number; or a spread still, within which each
// message, disk call or pause of the run lies, narrowed for the seed or as it is.
enum class Drawn { kFixed, kNarrowed, kKept };

struct About {
  const char* doc;
  std::int64_t low = 0;
  std::int64_t high = INT64_MAX;
  bool required = false;
  Drawn drawn = Drawn::kFixed;  // of a Range
};

inline constexpr std::int64_t kPpmMax = 1'000'000;
inline constexpr std::int64_t kMinuteMsMax = 60'000;
inline constexpr std::int64_t kTenSecondsUsMax = 10'000'000;
inline constexpr std::int64_t kDayMsMax = 86'400'000;
inline constexpr std::int64_t kDayUsMax = kDayMsMax * 1'000;

template <class V>
void fields(V& v, ClusterSpec& s) {
  v("nodes", s.nodes, {.doc = "Store nodes.", .low = 1, .high = 9});
  v("spares", s.spares,
    {.doc = "Further nodes, which are no members until a fault adds them.", .high = 4});
  v("election_timeout_ms", s.election_timeout_ms,
    {.doc = "Shortest election timeout; above the heartbeat.", .low = 2, .high = kMinuteMsMax});
  v("heartbeat_ms", s.heartbeat_ms,
    {.doc = "Time between heartbeats of a leader.", .low = 1, .high = kMinuteMsMax});
  v("segment_kib", s.segment_kib,
    {.doc = "Size of a segment of the write-ahead log.", .low = 4, .high = 1'048'576});
  v("entries_per_append_max", s.entries_per_append_max,
    {.doc = "Entries that one append message carries at most.", .low = 1, .high = 65'536});
  v("inflight_appends_max", s.inflight_appends_max,
    {.doc = "Append messages under way to one follower at most.", .low = 1, .high = 65'536});
  v("pre_vote", s.pre_vote,
    {.doc = "1: who would stand for election asks first whether it could win; 0: off.", .high = 1});
  v("lease_reads", s.lease_reads,
    {.doc = "1: a leader reads from what followers promised, without asking; 0: off.", .high = 1});
  v("clock_drift_max_ppm", s.clock_drift_max_ppm,
    {.doc = "How far each clock may run from true time for such reads to be right, per million.",
     .high = 500'000});
  v("snapshot_entries", s.snapshot_entries,
    {.doc = "Entries applied after which a snapshot is taken; 0: never for that reason.",
     .high = 1'000'000'000});
  v("snapshot_kib", s.snapshot_kib,
    {.doc = "Payloads applied after which a snapshot is taken; 0: never for that reason.",
     .high = 1'000'000'000});
  v("trailing_entries", s.trailing_entries,
    {.doc = "Entries that stay in the log behind a snapshot.", .high = 1'000'000'000});
  v("chunk_bytes", s.chunk_bytes,
    {.doc = "Bytes of one piece of a snapshot that is sent.", .low = 64, .high = 1'048'576});
  v("apply_batch", s.apply_batch,
    {.doc = "Entries applied before others may run.", .low = 1, .high = 65'536});
  v("snapshot_kib_per_second", s.snapshot_kib_per_second,
    {.doc = "How fast a snapshot is sent; 0: as fast as it goes.", .high = 1'000'000});
  v("apply_pause_us", s.apply_pause_us,
    {.doc = "Pause after each batch applied: a state machine that lags behind its log.",
     .high = kTenSecondsUsMax});
  v("append_bytes", s.append_bytes,
    {.doc = "Payloads in one append message at most, but for one entry.",
     .low = 1,
     .high = 1'000'000'000});
  v("inflight_bytes", s.inflight_bytes,
    {.doc = "Payloads under way to one follower at most, but for one append.",
     .low = 1,
     .high = 1'000'000'000});
  v("uncommitted_bytes", s.uncommitted_bytes,
    {.doc = "Payloads that a leader takes before they are committed, but for one proposal.",
     .low = 1,
     .high = 1'000'000'000});
  v("session_idle_entries", s.session_idle_entries,
    {.doc = "Entries of the log after which a session that was not used is dropped; 0: never.",
     .high = 1'000'000'000});
}

template <class V>
void fields(V& v, NetworkSpec& s) {
  v("latency_us", s.latency_us,
    {.doc = "How long a message takes.", .high = kTenSecondsUsMax, .drawn = Drawn::kNarrowed});
  v("slow_ppm", s.slow_ppm, {.doc = "Messages that are slow, per million.", .high = kPpmMax});
  v("slow_latency_us", s.slow_latency_us,
    {.doc = "How long a slow message takes at most.", .high = kTenSecondsUsMax});
  v("loss_ppm", s.loss_ppm, {.doc = "Messages lost, per million.", .high = kPpmMax});
  v("duplicate_ppm", s.duplicate_ppm,
    {.doc = "Messages that arrive twice, per million.", .high = kPpmMax});
}

template <class V>
void fields(V& v, DiskSpec& s) {
  v("write_us", s.write_us,
    {.doc = "How long a write takes.", .high = kTenSecondsUsMax, .drawn = Drawn::kNarrowed});
  v("sync_us", s.sync_us,
    {.doc = "How long a sync takes.", .high = kTenSecondsUsMax, .drawn = Drawn::kNarrowed});
  v("capacity_kib", s.capacity_kib,
    {.doc = "What each node's disk holds; 0: not bounded.", .high = 1'048'576});
}

template <class V>
void fields(V& v, ClockSpec& s) {
  v("drift_ppm_max", s.drift_ppm_max,
    {.doc = "Each node's clock rate lies within this of true time.", .high = 500'000});
  v("offset_ms_max", s.offset_ms_max,
    {.doc = "Each node's wall clock starts within this of true time.", .high = kDayMsMax});
}

template <class V>
void fields(V& v, WorkloadSpec& s) {
  v("kind", s.kind, {.doc = "A name of the workload registry.", .required = true});
  v("clients", s.clients, {.doc = "Clients that run it.", .low = 1, .high = 1'000});
  v("operations", s.operations, {.doc = "Operations of each client.", .low = 1, .high = 1'000'000});
  v("keys", s.keys, {.doc = "Keys that its clients share.", .low = 1, .high = 100'000});
  v("think_ms", s.think_ms,
    {.doc = "Pause before each operation.", .high = kMinuteMsMax, .drawn = Drawn::kKept});
  v("value_bytes", s.value_bytes,
    {.doc = "Values are padded by up to so many bytes.", .high = 65'536});
  v("timeout_ms", s.timeout_ms,
    {.doc = "How long a client waits for an answer.", .low = 1, .high = kMinuteMsMax});
  v("attempt_ms", s.attempt_ms,
    {.doc = "How long of that it waits for one server.", .low = 1, .high = kMinuteMsMax});
  v("read_ppm", s.read_ppm, {.doc = "Operations that read, per million.", .high = kPpmMax});
  v("cas_ppm", s.cas_ppm,
    {.doc = "Operations that compare and swap, per million; what is left writes.",
     .high = kPpmMax});
}

template <class V>
void fields(V& v, Swarm& s) {
  v("kinds", s.kinds,
    {.doc = "Kinds of faults that a seed may have; when absent all but disk-lies."});
  v("count", s.count, {.doc = "Faults of a seed.", .high = 1'000, .required = true});
  v("on_ppm", s.on_ppm,
    {.doc = "Chance that a kind is on in a seed, per million.", .high = kPpmMax});
  v("damage_once", s.damage_once,
    {.doc = "The disks of a minority are damaged, each exactly once; without it as it falls."});
  v("damage_majority", s.damage_majority,
    {.doc = "A control: the disks of a majority are damaged, in half of the seeds all at once."});
  v("stay", s.stay,
    {.doc = "Faults that stay when the others end; their nodes are a minority at most.",
     .high = 4});
}

template <class V>
void fields(V& v, Fault& s) {
  v("id", s.id,
    {.doc = "Names the fault in traces, reports and overrides.",
     .low = 1,
     .high = 1'000'000,
     .required = true});
  v("kind", s.kind, {.doc = "What happens.", .required = true});
  v("at_us", s.at,
    {.doc = "When, since the start of the run.", .high = kDayUsMax, .required = true});
  v("duration_us", s.duration,
    {.doc = "For how long; zero for what happens at an instant.", .high = kDayUsMax});
  v("nodes", s.nodes,
    {.doc = "Store nodes that it strikes, or clients; 1 is the first.", .low = 1, .high = 1'000});
  v("at_leader", s.at_leader,
    {.doc = "When it strikes, the node that leads then takes the place of the first of nodes."});
  v("stays", s.stays,
    {.doc = "It goes on when others are undone for good; the nodes it strikes need not recover."});
  v("where", s.where, {.doc = "Which structure on the disk a fault of it damages."});
  v("amount", s.amount,
    {.doc = "How much of it; what it counts depends on the kind.",
     .low = -kDayMsMax,
     .high = kDayMsMax});
}

template <class V>
void fields(V& v, Scenario& s) {
  v("name", s.name,
    {.doc = "Lower case letters, digits and dashes; names run directories.", .required = true});
  v("description", s.description, {.doc = "What it is for, in words."});
  v("mode", s.mode,
    {.doc = "In liveness mode faults end quiet_ms before the end, and then all must recover."});
  v("duration_ms", s.duration_ms, {.doc = "Length of the run.", .low = 1, .high = kDayMsMax});
  v("quiet_ms", s.quiet_ms,
    {.doc = "Time without faults at the end of a run in liveness mode.", .high = kDayMsMax});
  v("recovery_timeouts", s.recovery_timeouts,
    {.doc = "Election timeouts after the heal within which a write must succeed; 0: not asked.",
     .high = 10'000});
  v("steady_timeouts", s.steady_timeouts,
    {.doc = "Election timeouts after the heal behind which, for as many again, no term may begin "
            "under a leader of the core; 0: not asked.",
     .high = 10'000});
  v("cluster", s.cluster, {.doc = "The store."});
  v("network", s.network, {.doc = "The network between store nodes."});
  v("disk", s.disk, {.doc = "The nodes' disks."});
  v("clock", s.clock, {.doc = "The nodes' clocks."});
  v("workloads", s.workloads, {.doc = "What clients do, all at once.", .required = true});
  v("swarm", s.swarm, {.doc = "How faults are drawn for a seed."});
  v("faults", s.faults, {.doc = "Faults that every seed has."});
  v("probes", s.probes, {.doc = "Probes in the code that a campaign must reach."});
}

}  // namespace plumbline::scenarios
