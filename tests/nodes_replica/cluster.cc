#include "tests/nodes_replica/cluster.h"

#include <gtest/gtest.h>

#include <utility>

#include "nodes/client/channel.h"

namespace plumbline::replica::test {
namespace {

constexpr std::uint16_t kPort = 7070;

std::string name_of(NodeId node) { return "n" + std::to_string(node.value); }

class ScriptNode : public Node {
 public:
  ScriptNode(World& world, const Cluster::Script& script, std::shared_ptr<bool> done) {
    world.tasks.spawn("script", [&world, script, done = std::move(done)](Yield& yield) {
      script(yield, world);
      *done = true;
    });
  }
};

sim::Options options_of(const Cluster::Settings& settings) {
  sim::Options options = settings.options;
  options.seed = settings.seed;
  return options;
}

}  // namespace

Cluster::Cluster(Settings settings)
    : settings_(std::move(settings)), simulation(options_of(settings_)) {
  for (std::uint32_t i = 1; i <= settings_.nodes; ++i) nodes.push_back(NodeId(i));
  for (const NodeId node : nodes) {
    simulation.add_node(node, name_of(node), [this, node](World& world) {
      return std::make_unique<Replica>(world, replica_options(node));
    });
  }
}

void Cluster::start_joiner(NodeId node, ReplicaId replica) {
  nodes.push_back(node);
  simulation.add_node(node, name_of(node), [this, node, replica](World& world) {
    ReplicaOptions options = replica_options(node);
    options.self = replica;
    options.join = true;
    return std::make_unique<Replica>(world, options);
  });
  simulation.start(node);
}

bool Cluster::settle(Duration limit) {
  const auto settled = [this] {
    if (!leader()) return false;
    const Replica& first = replica(*leader());
    if (first.applied() < first.core()->last_index()) return false;
    for (const NodeId node : nodes) {
      if (!simulation.is_up(node)) continue;
      const Replica& other = replica(node);
      if (other.core() == nullptr || other.applied() != first.applied()) return false;
    }
    return true;
  };
  simulation.run_until(settled, simulation.now() + limit);
  return settled();
}

ReplicaOptions Cluster::replica_options(NodeId node) const {
  ReplicaOptions options;
  options.self = ReplicaId(node.value);
  for (std::uint32_t i = 1; i <= settings_.nodes; ++i) {
    options.members.push_back({ReplicaId(i), NodeId(i)});
  }
  options.client_address = server(node).address;
  options.log.segment_bytes = 64 * 1024;
  options.log.identity = {.cluster = 1, .node = node};
  if (settings_.tune) settings_.tune(options);
  return options;
}

client::Server Cluster::server(NodeId node) const { return {node, {name_of(node), kPort}}; }

std::vector<client::Server> Cluster::servers() const {
  std::vector<client::Server> all;
  for (const NodeId node : nodes) all.push_back(server(node));
  return all;
}

void Cluster::start_all() {
  for (const NodeId node : nodes) simulation.start(node);
}

const Replica& Cluster::replica(NodeId node) const {
  return *static_cast<const Replica*>(simulation.node(node));
}

// The one of the latest term: a deposed leader may not know of it yet.
std::optional<NodeId> Cluster::leader() const {
  std::optional<NodeId> found;
  for (const NodeId node : nodes) {
    if (!simulation.is_up(node) || replica(node).core() == nullptr) continue;
    const raft::Raft& core = *replica(node).core();
    if (core.role() != raft::Role::kLeader) continue;
    if (!found || replica(*found).core()->term() < core.term()) found = node;
  }
  return found;
}

std::vector<NodeId> Cluster::followers() const {
  std::vector<NodeId> found;
  for (const NodeId node : nodes) {
    if (node != leader()) found.push_back(node);
  }
  return found;
}

NodeId Cluster::elect() {
  start_all();
  const auto ready = [this] {
    if (!leader()) return false;
    for (const NodeId node : nodes) {
      const raft::Raft* const core = simulation.is_up(node) ? replica(node).core() : nullptr;
      if (core == nullptr || core->leader() != ReplicaId(leader()->value)) return false;
      if (replica(node).applied() < replica(*leader()).core()->last_index()) return false;
    }
    return true;
  };
  simulation.run_until(ready, simulation.now() + seconds(5));
  EXPECT_TRUE(ready()) << "no leader of all";
  return leader().value_or(NodeId());
}

std::shared_ptr<bool> Cluster::start_client(Script script) {
  const auto done = std::make_shared<bool>(false);
  const NodeId id(next_client_++);
  simulation.add_node(id, "c" + std::to_string(id.value),
                      [script = std::move(script), done](World& world) {
                        return std::make_unique<ScriptNode>(world, script, done);
                      });
  simulation.start(id);
  return done;
}

void Cluster::run_client(Script script) {
  const auto done = start_client(std::move(script));
  simulation.run_until([done] { return *done; }, simulation.now() + seconds(60));
  ASSERT_TRUE(*done) << "the client has not come to its end";
}

void Cluster::call(const Calls& calls, client::Options options) {
  if (options.servers.empty()) options.servers = servers();
  run_client([calls, options](Yield& yield, World& world) {
    client::KvClient client(world, options);
    calls(yield, world, client);
  });
}

void Cluster::operate(const AdminCalls& calls, client::Options options) {
  if (options.servers.empty()) options.servers = servers();
  run_client([calls, options](Yield& yield, World& world) {
    client::Admin admin(world, options);
    calls(yield, world, admin);
  });
}

wire::ClientReply Cluster::ask(NodeId to, const wire::ClientRequest& request) {
  wire::ClientReply reply;
  run_client([&, server = server(to)](Yield& yield, World& world) {
    client::Channel channel(world, server);
    const client::Attempt attempt = channel.call(yield, request, world.clock.now() + seconds(5));
    EXPECT_EQ(attempt.result, client::Attempt::Result::kReplied);
    reply = attempt.reply;
  });
  return reply;
}

void Cluster::isolate(NodeId node, bool blocked) {
  for (const NodeId other : nodes) {
    if (other == node) continue;
    simulation.set_link(node, other, {.blocked = blocked});
    simulation.set_link(other, node, {.blocked = blocked});
  }
}

wire::ClientRequest put_request(const Bytes& key, const Bytes& value) {
  wire::ClientRequest request;
  request.set_version(1);
  request.set_group(1);
  request.set_id(1);
  request.mutable_command()->set_version(1);
  request.mutable_command()->set_kind(wire::Command::PUT);
  request.mutable_command()->set_key(key);
  request.mutable_command()->set_value(value);
  return request;
}

}  // namespace plumbline::replica::test
