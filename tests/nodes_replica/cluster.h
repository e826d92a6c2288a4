#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "network/wire/messages.pb.h"
#include "nodes/client/admin.h"
#include "nodes/client/kv_client.h"
#include "nodes/replica/replica.h"
#include "sim/world.h"

namespace plumbline::replica::test {

// A few replicas of one group in the simulator, and as many clients as a test asks for, each a node
// of its own.
class Cluster {
 public:
  struct Settings {
    std::uint32_t nodes = 3;
    std::uint64_t seed = 1;
    sim::Options options;
    std::function<void(ReplicaOptions&)> tune;
  };
  using Script = std::function<void(Yield&, World&)>;
  using Calls = std::function<void(Yield&, World&, client::KvClient&)>;

  explicit Cluster(Settings settings);

  // A node that is none of the first members: started empty, under this number, it waits to be
  // added.
  void start_joiner(NodeId node, ReplicaId replica);

  // Started, with a leader of all that are up. Fails the test when there is none within five
  // simulated seconds.
  NodeId elect();
  std::optional<NodeId> leader() const;
  std::vector<NodeId> followers() const;
  // Until all that are up have applied what the leader has, or a time has passed; whether they did.
  bool settle(Duration limit = seconds(10));
  const Replica& replica(NodeId node) const;

  // Starts a client and comes back at once; `*done` becomes true when its script has ended.
  std::shared_ptr<bool> start_client(Script script);
  // Runs a client to its end. Fails the test when it does not come there within a simulated minute.
  void run_client(Script script);
  // The same with a store client of all servers, or of those given.
  void call(const Calls& calls, client::Options options = {});
  // With an operator of all servers, or of those given.
  using AdminCalls = std::function<void(Yield&, World&, client::Admin&)>;
  void operate(const AdminCalls& calls, client::Options options = {});
  // One request to one server, over a connection of its own.
  wire::ClientReply ask(NodeId server, const wire::ClientRequest& request);

  // All traffic between `node` and the other replicas.
  void isolate(NodeId node, bool blocked = true);
  void start_all();
  LogIndex last_index(NodeId node) const { return replica(node).core()->last_index(); }

  client::Server server(NodeId node) const;
  std::vector<client::Server> servers() const;

 private:
  ReplicaOptions replica_options(NodeId node) const;

  Settings settings_;

 public:
  sim::Simulation simulation;
  std::vector<NodeId> nodes;

 private:
  std::uint32_t next_client_ = 101;
};

wire::ClientRequest put_request(const Bytes& key, const Bytes& value);

}  // namespace plumbline::replica::test
