#include "scenarios/run/sim_cluster.h"

#include <algorithm>

#include "nodes/fiber/fiber.h"
#include "nodes/replica/replica.h"
#include "scenarios/run/replica_of.h"

namespace plumbline::scenarios {
namespace {

constexpr trace::Kind kFaultStarted{"fault.started", "fault {a} begins: {b:name}"};
constexpr trace::Kind kFaultEnded{"fault.ended", "fault {a} ends: {b:name}"};
constexpr trace::Kind kClientRestarted{"client.restarted",
                                       "client {a} restarts under its identity"};

constexpr std::uint64_t kClusterIdentity = 0x706c756d62;  // every simulated cluster is the same one

std::string node_name(NodeId node) { return "n" + std::to_string(node.value); }

// Of a node of the first configuration, where a replica's id is its node's number.
replica::ReplicaOptions replica_options(const Scenario& scenario, NodeId node) {
  const ClusterSpec& cluster = scenario.cluster;
  replica::ReplicaOptions options;
  for (std::uint32_t i = 1; i <= static_cast<std::uint32_t>(cluster.nodes.low); ++i) {
    options.members.push_back({ReplicaId(i), NodeId(i)});
  }
  options.client_address = {node_name(node), SimCluster::kClientPort};
  options.raft.election_timeout = milliseconds(cluster.election_timeout_ms.low);
  options.raft.heartbeat_interval = milliseconds(cluster.heartbeat_ms.low);
  options.raft.entries_per_append_max =
      static_cast<std::uint32_t>(cluster.entries_per_append_max.low);
  options.raft.inflight_appends_max = static_cast<std::uint32_t>(cluster.inflight_appends_max.low);
  options.raft.pre_vote = cluster.pre_vote.low != 0;
  options.raft.lease_reads = cluster.lease_reads.low != 0;
  options.raft.clock_drift_max_ppm = static_cast<std::uint32_t>(cluster.clock_drift_max_ppm.low);
  options.raft.trailing_entries = static_cast<std::uint64_t>(cluster.trailing_entries.low);
  options.snapshot_log_entries = static_cast<std::uint64_t>(cluster.snapshot_entries.low);
  options.snapshot_log_bytes = static_cast<std::uint64_t>(cluster.snapshot_kib.low) * 1024;
  options.raft.bytes_per_append_max = static_cast<std::uint32_t>(cluster.append_bytes.low);
  options.raft.inflight_bytes_max = static_cast<std::uint64_t>(cluster.inflight_bytes.low);
  options.raft.uncommitted_bytes_max = static_cast<std::uint64_t>(cluster.uncommitted_bytes.low);
  options.session_idle_entries = static_cast<std::uint64_t>(cluster.session_idle_entries.low);
  options.snapshot_send.chunk_bytes = static_cast<std::uint32_t>(cluster.chunk_bytes.low);
  options.snapshot_send.bytes_per_second =
      static_cast<std::uint64_t>(cluster.snapshot_kib_per_second.low) * 1024;
  options.log.segment_bytes = static_cast<std::uint64_t>(cluster.segment_kib.low) * 1024;
  options.log.identity = {.cluster = kClusterIdentity, .node = node};
  options.apply_batch = static_cast<std::uint32_t>(cluster.apply_batch.low);
  options.apply_pause = microseconds(cluster.apply_pause_us.low);
  return options;
}

// Two headers, the proof and two claims of a segment lie before its first batch
// (nodes/log/FORMAT.md).
constexpr std::uint64_t kFirstBatch = (3 + 2 * 8) * 512;

// Where a replica keeps each structure.
sim::Area area_of(Structure where) {
  const std::string log = std::string(replica::Replica::kLogDirectory) + "/";
  switch (where) {
    case Structure::kAny: return {};
    case Structure::kLog: return {.prefix = log, .from = kFirstBatch};
    case Structure::kState: return {.prefix = log, .to = kFirstBatch};
    case Structure::kSnapshot:
      return {.prefix = std::string(replica::Replica::kSnapshotDirectory) + "/"};
  }
  return {};
}

bool asks_for_members(const Scenario& scenario) {
  return std::any_of(scenario.faults.begin(), scenario.faults.end(), [](const Fault& fault) {
    return family_of(fault.kind) == FaultFamily::kMembership;
  });
}

sim::DamageKind damage_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kLostWrite: return sim::DamageKind::kLostWrite;
    case FaultKind::kMisdirectedWrite: return sim::DamageKind::kMisdirectedWrite;
    case FaultKind::kStaleRead: return sim::DamageKind::kStaleRead;
    default: break;
  }
  PLUMB_ASSERT(false, std::string(name_of(kind)) + " damages no disk call");
  return sim::DamageKind::kRot;
}

}  // namespace

SimCluster::SimCluster(const Scenario& scenario, sim::Options options)
    : simulation_(std::move(options)), recorder_([this] { return simulation_.now(); }) {
  const std::int64_t members = scenario.cluster.nodes.low;
  for (std::int64_t i = 1; i <= members + scenario.cluster.spares.low; ++i) {
    const NodeId node(static_cast<std::uint32_t>(i));
    store_nodes_.push_back(node);
    if (i <= members) {
      identities_[node] = {.replica = ReplicaId(node.value)};
      seats_[ReplicaId(node.value)] = node;
    }
    servers_.push_back({node, {node_name(node), kClientPort}});
  }
  add_replicas(scenario);
  add_clients(scenario);
  if (asks_for_members(scenario)) add_operator();
}

void SimCluster::add_replicas(const Scenario& scenario) {
  for (const NodeId node : store_nodes_) {
    simulation_.add_node(node, node_name(node),
                         [this, node, options = replica_options(scenario, node)](World& world) {
                           replica::ReplicaOptions own = options;
                           own.self = identities_.at(node).replica;
                           own.join = identities_.at(node).joins;
                           own.empty_disk_is_new = !disk_was_wiped(node);
                           return std::make_unique<replica::Replica>(world, std::move(own));
                         });
  }
}

void SimCluster::add_operator() {
  simulation_.add_node(NodeId(kOperator), "operator", [this](World& world) {
    client::Options store;
    store.servers = servers_;
    return std::make_unique<Operator>(world, std::move(store), wishes_);
  });
}

void SimCluster::add_clients(const Scenario& scenario) {
  std::uint32_t workload_number = 0;
  for (const WorkloadSpec& spec : scenario.workloads) {
    ++workload_number;
    for (std::int64_t i = 0; i < spec.clients.low; ++i) {
      ClientSlot slot;
      slot.id = static_cast<std::uint32_t>(slots_.size() + 1);
      slot.spec = spec;
      slot.key_prefix = "w" + std::to_string(workload_number) + "k";
      slots_.push_back(std::move(slot));
    }
  }
  for (ClientSlot& slot : slots_) {
    const WorkloadKind* kind = find_workload(slot.spec.kind);
    PLUMB_ASSERT(kind != nullptr, "a drawn scenario names known workloads: " + slot.spec.kind);
    simulation_.add_node(NodeId(kFirstClient + slot.id - 1), "c" + std::to_string(slot.id),
                         [this, kind, &slot](World& world) {
                           client::Options store;
                           store.servers = servers_;
                           return kind->make_client(
                               {world, slot, recorder_, simulation_.random(), store, faults_over_});
                         });
  }
}

void SimCluster::start_everything() {
  // Store nodes may have reasons not to be started; what others have added has none.
  for (const NodeId node : simulation_.nodes()) {
    const bool stores =
        std::find(store_nodes_.begin(), store_nodes_.end(), node) != store_nodes_.end();
    stores ? start(node) : simulation_.start(node);
  }
}

bool SimCluster::all_clients_done() const {
  return std::all_of(slots_.begin(), slots_.end(),
                     [](const ClientSlot& slot) { return slot.done; });
}

bool SimCluster::can(FaultKind) const { return true; }

std::optional<NodeId> SimCluster::leader() const {
  std::optional<NodeId> leader;
  Term term;
  for (const NodeId node : store_nodes_) {
    const replica::Replica* replica = replica_of(simulation_, node);
    const raft::Raft* core = replica == nullptr ? nullptr : replica->core();
    if (core == nullptr || core->role() != raft::Role::kLeader || core->term() < term) continue;
    leader = node;
    term = core->term();
  }
  return leader;
}

void SimCluster::at(TrueTime when, UniqueFunction<void()> call) {
  simulation_.schedule(when, std::move(call));
}

void SimCluster::terminate(NodeId node) {
  auto* const replica = static_cast<replica::Replica*>(simulation_.node(node));
  if (replica == nullptr || !ending_.insert(node).second) return;
  replica->wind_down([this, node] { simulation_.kill(node); });
}

void SimCluster::kill_in_disk_call(NodeId node) {
  simulation_.crash_in_disk_call(node, sim::CrashKind::kProcess);
}

void SimCluster::set_processor_percent(NodeId node, std::uint64_t percent) {
  PLUMB_ASSERT(percent > 0 && percent <= 100);
  simulation_.set_processor(node, percent);
}

void SimCluster::set_link(NodeId from, NodeId to, const LinkFault& fault) {
  simulation_.set_link(from, to,
                       {.blocked = fault.blocked,
                        .clogged = fault.clogged,
                        .extra_delay_max = fault.delay_extra_max,
                        .loss_ppm = static_cast<std::uint32_t>(fault.loss_ppm),
                        .duplicate_ppm = static_cast<std::uint32_t>(fault.duplicate_ppm)});
}

void SimCluster::set_clock_drift(NodeId node, std::int64_t ppm) {
  const auto own = own_drift_.emplace(node, simulation_.clock_rate(node)).first->second;
  simulation_.set_clock_rate(node, ppm == 0 ? own : ppm);
}

void SimCluster::freeze_wall_clock(NodeId node, bool frozen) {
  if (frozen) {
    simulation_.freeze_wall_clock(node);
  } else {
    simulation_.unfreeze_wall_clock(node);
  }
}

void SimCluster::set_disk_fault(NodeId node, const DiskFault& fault) {
  const bool harmless = fault.write_error_ppm == 0 && fault.read_error_ppm == 0 &&
                        fault.sync_error_ppm == 0 && !fault.full;
  if (!harmless) tormented_.insert(node);
  simulation_.set_disk_faults(node,
                              {.read_error_ppm = static_cast<std::uint32_t>(fault.read_error_ppm),
                               .write_error_ppm = static_cast<std::uint32_t>(fault.write_error_ppm),
                               .sync_error_ppm = static_cast<std::uint32_t>(fault.sync_error_ppm),
                               .full = fault.full,
                               .lying_sync = fault.lies_about_sync,
                               .slow_percent = fault.slow_percent});
}

bool SimCluster::disk_was_tormented(NodeId node) const { return tormented_.count(node) != 0; }

bool SimCluster::disk_was_damaged(NodeId node) const { return damages(node) > 0; }

std::uint64_t SimCluster::damages(NodeId node) const {
  const auto identity = identities_.find(node);
  if (identity == identities_.end()) return 0;
  const std::vector<sim::Damage>& all = simulation_.damages();
  const auto count = std::count_if(all.begin(), all.end(), [&](const sim::Damage& damage) {
    return damage.node == node && damage.time >= identity->second.since;
  });
  return static_cast<std::uint64_t>(count) + (disk_was_wiped(node) ? 2 : 0);
}

bool SimCluster::rot(NodeId node, Structure where, const Key& which) {
  // There may be none of that structure yet; something else is damaged then.
  return simulation_.rot(node, which, area_of(where)) ||
         simulation_.rot(node, which, area_of(Structure::kAny));
}

void SimCluster::damage_next_call(NodeId node, FaultKind kind, Structure where, const Key& which) {
  // What a node has nothing of it does not read when it starts.
  const bool nothing = kind == FaultKind::kStaleRead && !has_any(node, where);
  simulation_.damage_next_call(node, damage_of(kind), which,
                               area_of(nothing ? Structure::kAny : where));
}

bool SimCluster::has_any(NodeId node, Structure where) const {
  if (where != Structure::kSnapshot) return true;
  const auto names =
      simulation_.current_image(node)->list(Yield::never(), replica::Replica::kSnapshotDirectory);
  return names && std::any_of(names->begin(), names->end(), [](const std::string& name) {
           return log::parse_snapshot_name(name).has_value();
         });
}

bool SimCluster::was_damaged(const Key& which) const {
  const std::vector<sim::Damage>& damages = simulation_.damages();
  return std::any_of(damages.begin(), damages.end(),
                     [hash = which.hash()](const auto& damage) { return damage.which == hash; });
}

void SimCluster::wipe(NodeId node) {
  simulation_.wipe_disk(node);
  wiped_.insert(node);
}

// Under its old identity a wiped node would break what it has promised: it must refuse to. One that
// joined cannot know that it was wiped, and no operator starts it.
void SimCluster::start(NodeId node) {
  const auto identity = identities_.find(node);
  if (identity == identities_.end()) return;
  // One that is still about to end is not waited for.
  if (ending_.erase(node) > 0) simulation_.kill(node);
  if (!disk_was_wiped(node) || !identity->second.joins) simulation_.start(node);
}

void SimCluster::restart_client(std::uint32_t client) {
  if (client == 0 || client > slots_.size()) return;
  const NodeId node(kFirstClient + client - 1);
  simulation_.tell(kClientRestarted, client);
  simulation_.kill(node);
  recorder_.process_ended(client);
  simulation_.start(node);
}

void SimCluster::fault_started(const Fault& fault) {
  simulation_.tell(kFaultStarted, fault.id, simulation_.trace().name(name_of(fault.kind)));
  periods_.push_back({.fault = fault, .started = now(), .ended = TrueTime::never()});
}

void SimCluster::fault_ended(const Fault& fault, bool struck) {
  simulation_.tell(kFaultEnded, fault.id, simulation_.trace().name(name_of(fault.kind)));
  for (FaultPeriod& period : periods_) {
    if (period.fault.id != fault.id || period.ended != TrueTime::never()) continue;
    period.ended = now();
    period.struck = struck;
  }
}

}  // namespace plumbline::scenarios
