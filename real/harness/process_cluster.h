#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nodes/fiber/fiber.h"
#include "real/asio/asio_world.h"
#include "real/asio/loop.h"
#include "real/harness/link_proxy.h"
#include "real/harness/observer.h"
#include "real/harness/store_process.h"
#include "real/harness/timetable.h"
#include "scenarios/client/recorder.h"
#include "scenarios/cluster/cluster.h"
#include "scenarios/run/run_result.h"
#include "scenarios/workload/workload.h"

namespace plumbline::harness {

using scenarios::Fault;
using scenarios::FaultKind;

struct ProcessClusterOptions {
  std::string plumbd;     // the program
  std::string directory;  // for data and logs; made when it is missing
  std::string plant;      // switched on in each process; empty: none
  bool trace = false;     // processes tell everything in their logs
  std::uint64_t seed = 0;
  std::vector<Override> overrides;
};

// The cluster of a drawn scenario as processes of this machine: N plumbd on loopback, and the
// clients of its workloads as nodes of this process.
//
// A kill is SIGKILL, terminate SIGTERM, a pause SIGSTOP; each direction between two nodes goes
// through a proxy of ours. What no process can be made to suffer from outside (failing disks, other
// clocks, lost power, single messages lost) can() denies.
//
//   <directory>/n1/       data of node 1          <directory>/n1.log   what its processes said
//   <directory>/c1/       files of client 1
class ProcessCluster : public scenarios::Cluster {
 public:
  static constexpr std::uint32_t kFirstClient = 101;

  // Starts nothing yet. Errors: kInvalid, kIo; the detail is one line. REQUIRES: a drawn scenario
  // of known workloads; the loop outlives the cluster.
  static Result<std::unique_ptr<ProcessCluster>> open(real::EventLoop& loop,
                                                      const scenarios::Scenario& scenario,
                                                      ProcessClusterOptions options);
  ~ProcessCluster() override;

  // Starts all processes, waits until each serves clients, and begins to observe them. Errors:
  // kInvalid with what a process said before it ended, kIo when one is not ready in `limit`.
  Status start_nodes(Duration limit);
  void start_clients();
  // Clients finish the operation they are at, and take their last reads.
  void let_clients_finish();
  bool all_clients_done() const;

  real::EventLoop& loop() { return loop_; }
  scenarios::Recorder& recorder() { return recorder_; }
  const std::vector<client::Server>& servers() const { return servers_; }
  const std::deque<scenarios::ClientSlot>& clients() const { return slots_; }
  const std::vector<scenarios::FaultPeriod>& fault_periods() const { return periods_; }
  // REQUIRES: the nodes are started.
  const Observer& observer() const { return *observer_; }
  StoreProcess& process(NodeId node);
  // What went wrong with a process that was left in peace; the first such.
  struct Death {
    std::string sentence;
    bool by_signal = false;
  };
  std::optional<Death> unexpected_death();

  bool can(FaultKind kind) const override;
  TrueTime now() const override { return timetable_.now(); }
  void at(TrueTime when, UniqueFunction<void()> call) override {
    timetable_.at(when, std::move(call));
  }
  KeyedRandom& random() override { return random_; }
  const std::vector<NodeId>& nodes() const override { return nodes_; }
  bool is_up(NodeId node) const override;
  std::optional<NodeId> leader() const override { return observer_->leader(); }
  void start(NodeId node) override;
  void kill(NodeId node) override;
  void terminate(NodeId node) override;
  void kill_in_disk_call(NodeId node) override { kill(node); }
  void power_loss(NodeId node) override { kill(node); }
  void pause(NodeId node) override;
  void resume(NodeId node) override;
  void set_processor_percent(NodeId, std::uint64_t) override {}
  void set_link(NodeId from, NodeId to, const scenarios::LinkFault& fault) override;
  void reset_connections(NodeId node) override;
  void set_clock_drift(NodeId, std::int64_t) override {}
  void step_wall_clock(NodeId, Duration) override {}
  void freeze_wall_clock(NodeId, bool) override {}
  void set_disk_fault(NodeId, const scenarios::DiskFault&) override {}
  bool rot(NodeId, scenarios::Structure, const Key&) override { return false; }
  void damage_next_call(NodeId, FaultKind, scenarios::Structure, const Key&) override {}
  void spare(NodeId, const Key&) override {}
  bool was_damaged(const Key&) const override { return false; }
  void wipe(NodeId) override {}
  scenarios::Members members() const override { return {.voters = nodes_}; }
  void ask(const scenarios::MemberWish&, scenarios::WishDone) override {}
  void ask_to_lead(NodeId, scenarios::WishDone) override {}
  void renew(NodeId) override {}
  bool retire(NodeId) override { return false; }
  void restart_client(std::uint32_t client) override;
  void fault_started(const Fault& fault) override;
  void fault_ended(const Fault& fault, bool struck) override;

 private:
  using Link = std::pair<NodeId, NodeId>;
  struct ClientNode {
    Incarnation incarnation;
    std::unique_ptr<real::AsioWorld> world;
  };

  ProcessCluster(real::EventLoop& loop, ProcessClusterOptions options);
  Status add_nodes(const scenarios::Scenario& scenario);
  Status open_links();
  void set_flags(const scenarios::ClusterSpec& spec);
  void add_clients(const scenarios::Scenario& scenario);
  Status observe();
  void start_client(scenarios::ClientSlot& slot);
  std::string directory_of(const std::string& name) const {
    return options_.directory + "/" + name;
  }

  real::EventLoop& loop_;
  ProcessClusterOptions options_;
  KeyedRandom random_;
  Timetable timetable_;
  scenarios::Recorder recorder_;
  trace::NullSink silent_;
  fiber::StackPool stacks_;
  std::vector<NodeId> nodes_;
  std::map<NodeId, std::unique_ptr<StoreProcess>> processes_;
  std::map<Link, std::unique_ptr<LinkProxy>> links_;
  std::vector<client::Server> servers_;
  std::deque<scenarios::ClientSlot> slots_;
  std::map<std::uint32_t, ClientNode> client_nodes_;
  std::unique_ptr<Observer> observer_;
  bool faults_over_ = false;
  std::vector<scenarios::FaultPeriod> periods_;
};

}  // namespace plumbline::harness
