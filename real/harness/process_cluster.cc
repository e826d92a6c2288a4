#include "real/harness/process_cluster.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "nodes/base/assert.h"
#include "nodes/base/hash.h"
#include "real/asio/address.h"

namespace plumbline::harness {

using scenarios::ClientSlot;
using scenarios::Scenario;

namespace {

constexpr Duration kReadyPoll = milliseconds(5);

std::string name_of_node(NodeId node) { return "n" + std::to_string(node.value); }

// So that a node of a cluster that was not ended well is refused by the next one's.
std::uint64_t new_cluster_number(const std::string& directory) {
  const std::uint64_t number = hash_name(std::filesystem::absolute(directory).c_str());
  return number >> 1;
}

void add_flag(std::vector<std::string>& flags, const char* name, std::int64_t value) {
  flags.push_back(name);
  flags.push_back(std::to_string(value));
}

}  // namespace

ProcessCluster::ProcessCluster(real::EventLoop& loop, ProcessClusterOptions options)
    : loop_(loop),
      options_(std::move(options)),
      random_(options_.seed),
      timetable_(loop),
      recorder_([this] { return timetable_.now(); }) {}

ProcessCluster::~ProcessCluster() {
  observer_.reset();
  client_nodes_.clear();
  // All at once, so that none sees the others go one by one.
  for (const auto& [node, process] : processes_) process->kill();
}

Result<std::unique_ptr<ProcessCluster>> ProcessCluster::open(real::EventLoop& loop,
                                                             const Scenario& scenario,
                                                             ProcessClusterOptions options) {
  std::unique_ptr<ProcessCluster> cluster(new ProcessCluster(loop, std::move(options)));
  const Status readable = cluster->random_.set_overrides(cluster->options_.overrides);
  if (!readable) return readable.error();
  if (const Status added = cluster->add_nodes(scenario); !added) return added.error();
  if (const Status opened = cluster->open_links(); !opened) return opened.error();
  cluster->set_flags(scenario.cluster);
  cluster->add_clients(scenario);
  return cluster;
}

Status ProcessCluster::add_nodes(const Scenario& scenario) {
  std::error_code failed;
  std::filesystem::create_directories(options_.directory, failed);
  if (failed)
    return Error{Errc::kIo, "cannot make " + options_.directory + ": " + failed.message()};
  for (std::int64_t i = 1; i <= scenario.cluster.nodes.low; ++i) {
    const NodeId node(static_cast<std::uint32_t>(i));
    const std::string name = name_of_node(node);
    if (std::filesystem::exists(directory_of(name))) {
      return Error{Errc::kInvalid,
                   directory_of(name) + " is there already: every run needs a fresh one"};
    }
    processes_[node] =
        std::make_unique<StoreProcess>(StoreProcess::Options{.node = node,
                                                             .plumbd = options_.plumbd,
                                                             .data = directory_of(name),
                                                             .log = directory_of(name + ".log")});
    nodes_.push_back(node);
    servers_.push_back({node, processes_[node]->clients_address()});
  }
  return {};
}

Status ProcessCluster::open_links() {
  for (const NodeId from : nodes_) {
    for (const NodeId to : nodes_) {
      if (from == to) continue;
      const std::uint64_t seed = combine(combine(options_.seed, from.value), to.value);
      auto proxy = LinkProxy::open(loop_, process(to).peers_address(), seed);
      if (!proxy) return proxy.error();
      links_[{from, to}] = std::move(*proxy);
    }
  }
  return {};
}

// Each node is told the proxies as the addresses of the others.
void ProcessCluster::set_flags(const scenarios::ClusterSpec& spec) {
  for (const NodeId node : nodes_) {
    std::vector<std::string> flags;
    for (const NodeId peer : nodes_) {
      const Address address =
          peer == node ? process(node).peers_address() : links_.at({node, peer})->address();
      flags.push_back("--peer");
      flags.push_back(std::to_string(peer.value) + "=" + real::text_of(address));
    }
    add_flag(flags, "--cluster-id",
             static_cast<std::int64_t>(new_cluster_number(options_.directory)));
    add_flag(flags, "--election-timeout-ms", spec.election_timeout_ms.low);
    add_flag(flags, "--heartbeat-ms", spec.heartbeat_ms.low);
    add_flag(flags, "--segment-kib", spec.segment_kib.low);
    add_flag(flags, "--entries-per-append", spec.entries_per_append_max.low);
    add_flag(flags, "--inflight-appends", spec.inflight_appends_max.low);
    add_flag(flags, "--apply-batch", spec.apply_batch.low);
    add_flag(flags, "--apply-pause-us", spec.apply_pause_us.low);
    add_flag(flags, "--snapshot-log-entries", spec.snapshot_entries.low);
    add_flag(flags, "--snapshot-log-kib", spec.snapshot_kib.low);
    add_flag(flags, "--trailing-entries", spec.trailing_entries.low);
    // Bounded by what the scenario says, like its logs in the simulator.
    add_flag(flags, "--log-mib-max", 0);
    if (options_.trace) flags.push_back("--trace");
    if (!options_.plant.empty()) flags.insert(flags.end(), {"--plant", options_.plant});
    process(node).set_flags(std::move(flags));
  }
}

void ProcessCluster::add_clients(const Scenario& scenario) {
  std::uint32_t workload_number = 0;
  for (const scenarios::WorkloadSpec& spec : scenario.workloads) {
    ++workload_number;
    for (std::int64_t i = 0; i < spec.clients.low; ++i) {
      ClientSlot slot;
      slot.id = static_cast<std::uint32_t>(slots_.size() + 1);
      slot.spec = spec;
      slot.key_prefix = "w" + std::to_string(workload_number) + "k";
      slots_.push_back(std::move(slot));
    }
  }
}

Status ProcessCluster::start_nodes(Duration limit) {
  for (const NodeId node : nodes_) {
    if (const Status started = process(node).start(); !started) return started;
  }
  const TrueTime until = now() + limit;
  for (;;) {
    if (const auto death = unexpected_death()) return Error{Errc::kInvalid, death->sentence};
    const bool ready = std::all_of(nodes_.begin(), nodes_.end(),
                                   [this](NodeId node) { return process(node).is_ready(); });
    if (ready) return observe();
    if (now() >= until) return Error{Errc::kIo, "the processes were not ready in time"};
    loop_.run_until([] { return false; }, kReadyPoll);
  }
}

Status ProcessCluster::observe() {
  auto observer = Observer::open(loop_, servers_);
  if (!observer) return observer.error();
  observer_ = std::move(*observer);
  return {};
}

void ProcessCluster::start_clients() {
  for (ClientSlot& slot : slots_) start_client(slot);
}

void ProcessCluster::start_client(ClientSlot& slot) {
  const scenarios::WorkloadKind* const kind = scenarios::find_workload(slot.spec.kind);
  PLUMB_ASSERT(kind != nullptr, "a drawn scenario names known workloads: " + slot.spec.kind);
  ClientNode& node = client_nodes_[slot.id];
  node.incarnation = node.incarnation.next();
  real::AsioWorldOptions options;
  options.self = NodeId(kFirstClient + slot.id - 1);
  options.incarnation = node.incarnation;
  options.directory = directory_of("c" + std::to_string(slot.id));
  options.seed = options_.seed;
  options.stacks = &stacks_;
  auto world = real::AsioWorld::open(loop_, std::move(options), silent_);
  PLUMB_ASSERT(world.ok(), world.error().message());
  node.world = std::move(*world);
  node.world->start([&](World& ports) {
    client::Options store;
    store.servers = servers_;
    return kind->make_client({ports, slot, recorder_, random_, store, faults_over_});
  });
}

// Counts of operations are bounds on real machines, whose speed nobody knows; time is the other.
void ProcessCluster::let_clients_finish() {
  faults_over_ = true;
  for (ClientSlot& slot : slots_) {
    slot.spec.operations = static_cast<std::int64_t>(slot.next_operation);
  }
}

bool ProcessCluster::all_clients_done() const {
  return std::all_of(slots_.begin(), slots_.end(),
                     [](const ClientSlot& slot) { return slot.done; });
}

StoreProcess& ProcessCluster::process(NodeId node) { return *processes_.at(node); }

std::optional<ProcessCluster::Death> ProcessCluster::unexpected_death() {
  for (const auto& [node, process] : processes_) {
    if (const auto& died = process->died_by_itself()) {
      return Death{*died, process->died_by_signal()};
    }
  }
  return std::nullopt;
}

// ---- what nemeses do ----

bool ProcessCluster::can(FaultKind kind) const {
  switch (kind) {
    case FaultKind::kDelay:
    case FaultKind::kPartition:
    case FaultKind::kOneWayPartition:
    case FaultKind::kBridgePartition:
    case FaultKind::kPartialPartition:
    case FaultKind::kChainedPartition:
    case FaultKind::kFlappingLink:
    case FaultKind::kFlappingPartition:
    case FaultKind::kLeaderHunt:
    case FaultKind::kSlowLink:
    case FaultKind::kClog:
    case FaultKind::kResetConnections:
    case FaultKind::kKill:
    case FaultKind::kTerminate:
    case FaultKind::kKillAll:
    case FaultKind::kPause:
    case FaultKind::kClientRestart: return true;
    // TCP neither loses nor repeats a message of a connection that stands.
    case FaultKind::kLoss:
    case FaultKind::kDuplicate:
    // A kill from outside strikes anywhere; nobody can say that it was in a disk call.
    case FaultKind::kKillInDiskCall:
    case FaultKind::kPowerLoss:
    case FaultKind::kPowerLossAll:
    case FaultKind::kSlowProcessor:
    case FaultKind::kClockDrift:
    case FaultKind::kClockStep:
    case FaultKind::kClockFreeze:
    case FaultKind::kDiskSlow:
    case FaultKind::kDiskWriteError:
    case FaultKind::kDiskReadError:
    case FaultKind::kDiskSyncError:
    case FaultKind::kDiskFull:
    case FaultKind::kBitRot:
    case FaultKind::kLostWrite:
    case FaultKind::kMisdirectedWrite:
    case FaultKind::kStaleRead:
    case FaultKind::kWipe:
    case FaultKind::kDiskLies:
    case FaultKind::kAddMember:
    case FaultKind::kRemoveMember:
    case FaultKind::kReplaceMember:
    case FaultKind::kPromoteMember:
    case FaultKind::kTransferLeadership:
    case FaultKind::kWipeAndRejoin: return false;
  }
  return false;
}

bool ProcessCluster::is_up(NodeId node) const { return processes_.at(node)->is_up(); }

void ProcessCluster::start(NodeId node) {
  const Status started = process(node).start();
  PLUMB_ASSERT(started.ok(), started.error().message());
}

void ProcessCluster::kill(NodeId node) { process(node).kill(); }
void ProcessCluster::terminate(NodeId node) { process(node).terminate(); }
void ProcessCluster::pause(NodeId node) { process(node).signal(SIGSTOP); }
void ProcessCluster::resume(NodeId node) { process(node).signal(SIGCONT); }

void ProcessCluster::set_link(NodeId from, NodeId to, const scenarios::LinkFault& fault) {
  links_.at({from, to})
      ->set({.blocked = fault.blocked || fault.clogged, .delay_max = fault.delay_extra_max});
}

void ProcessCluster::reset_connections(NodeId node) {
  for (const auto& [link, proxy] : links_) {
    if (link.first == node || link.second == node) proxy->reset_connections();
  }
}

void ProcessCluster::restart_client(std::uint32_t client) {
  if (client == 0 || client > slots_.size()) return;
  const auto node = client_nodes_.find(client);
  if (node == client_nodes_.end()) return;
  node->second.world.reset();
  recorder_.process_ended(client);
  start_client(slots_[client - 1]);
}

void ProcessCluster::fault_started(const Fault& fault) {
  periods_.push_back({.fault = fault, .started = now(), .ended = TrueTime::never()});
}

void ProcessCluster::fault_ended(const Fault& fault, bool struck) {
  for (scenarios::FaultPeriod& period : periods_) {
    if (period.fault.id != fault.id || period.ended != TrueTime::never()) continue;
    period.ended = now();
    period.struck = struck;
  }
}

}  // namespace plumbline::harness
