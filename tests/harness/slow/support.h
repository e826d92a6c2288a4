#pragma once

#include <gtest/gtest.h>

#include "real/harness/process_cluster.h"
#include "tests/real/support.h"

namespace plumbline::harness {

inline scenarios::Scenario three_nodes() {
  scenarios::Scenario scenario;
  scenario.name = "test";
  scenario.cluster.nodes = 3;
  scenario.cluster.election_timeout_ms = 300;
  scenario.cluster.heartbeat_ms = 60;
  return scenario;
}

// A cluster of processes without workloads, to be used by nodes of the test.
class ClusterTest : public ::testing::Test {
 protected:
  void start(const scenarios::Scenario& scenario) {
    ProcessClusterOptions options;
    options.plumbd = PLUMBD;
    options.directory = directory_.path() + "/cluster";
    options.seed = 1;
    auto cluster = ProcessCluster::open(loop_, scenario, std::move(options));
    ASSERT_TRUE(cluster.ok()) << cluster.error().message();
    cluster_ = std::move(*cluster);
    const Status started = cluster_->start_nodes(real::kPatience);
    ASSERT_TRUE(started.ok()) << started.error().message();
  }
  // A node of this process that runs `body` and is done.
  std::unique_ptr<real::AsioWorld> client(std::uint32_t id,
                                          UniqueFunction<void(World&, Yield&)> body) {
    real::AsioWorldOptions options;
    options.self = NodeId(id);
    options.directory = directory_.path() + "/client" + std::to_string(id);
    options.seed = 1;
    auto world = real::AsioWorld::open(loop_, std::move(options), sink_);
    EXPECT_TRUE(world.ok());
    ++clients_running_;
    (*world)->world().tasks.spawn(
        "client", [this, &ports = (*world)->world(), body = std::move(body)](Yield& yield) mutable {
          body(ports, yield);
          --clients_running_;
        });
    return std::move(*world);
  }
  bool all_done(Duration limit) {
    return loop_.run_until([this] { return clients_running_ == 0; }, limit);
  }

  real::TempDirectory directory_;
  real::EventLoop loop_;
  trace::NullSink sink_;
  std::unique_ptr<ProcessCluster> cluster_;
  int clients_running_ = 0;
};

}  // namespace plumbline::harness
