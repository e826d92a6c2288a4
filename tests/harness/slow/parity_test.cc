// One scripted client says the same in both worlds.

#include "nodes/client/kv_client.h"
#include "scenarios/run/sim_run.h"
#include "tests/harness/slow/support.h"

namespace plumbline::harness {
namespace {

std::string text_of(const client::Outcome& outcome) {
  std::string text = outcome.fate == client::Fate::kOk       ? "ok"
                     : outcome.fate == client::Fate::kFailed ? "failed"
                                                             : "unknown";
  if (outcome.mismatch) text += " (mismatch)";
  text += " revision " + std::to_string(outcome.revision.value);
  text += outcome.value ? " value \"" + *outcome.value + "\"" : " no value";
  return outcome.detail.empty() ? text : text + ": " + outcome.detail;
}

// Every operation, every way in which one is refused, with and without a session.
class Script {
 public:
  Script(World& world, Yield& yield, std::vector<client::Server> servers, bool session,
         std::vector<std::string>& said)
      : world_(world),
        yield_(yield),
        said_(said),
        client_(world, options(std::move(servers), session)) {}

  void run() {
    // Until somebody leads, an operation may fail; nothing of that is said.
    while (client_.get(yield_, "warm", limit()).fate != client::Fate::kOk) {
    }
    get("absent");
    put("a", "1");
    get("a");
    put("a", "2");
    put("empty", "");
    get("empty");
    cas("a", "2", "3");
    cas("a", "2", "4");
    cas("absent", "x", "y");
    cas("fresh", std::nullopt, "made");
    cas("fresh", std::nullopt, "again");
    append("list", "x;");
    append("list", "y;");
    get("list");
    remove("a");
    get("a");
    remove("a");
    put("", "no key");
    put(std::string(5000, 'k'), "key too long");
    put("long", std::string((1 << 20) + 1, 'v'));
    put("long", std::string(1 << 20, 'v'));
    cas("", std::nullopt, "no key");
    put(std::string("\0\xff\n", 3), std::string("\0binary", 7));
    get(std::string("\0\xff\n", 3));
  }

 private:
  static client::Options options(std::vector<client::Server> servers, bool session) {
    client::Options options;
    options.servers = std::move(servers);
    options.session = session;
    options.attempt_timeout = seconds(5);
    return options;
  }
  Instant limit() const { return world_.clock.now() + seconds(10); }
  void say(const char* what, const std::string& key, const client::Outcome& outcome) {
    said_.push_back(std::string(what) + " " + key.substr(0, 10) + " -> " + text_of(outcome));
  }
  void get(const std::string& key) { say("get", key, client_.get(yield_, key, limit())); }
  void put(const std::string& key, const std::string& value) {
    say("put", key, client_.put(yield_, key, value, limit()));
  }
  void append(const std::string& key, const std::string& value) {
    say("append", key, client_.append(yield_, key, value, limit()));
  }
  void remove(const std::string& key) { say("remove", key, client_.remove(yield_, key, limit())); }
  void cas(const std::string& key, const std::optional<Bytes>& expected, const std::string& value) {
    say("cas", key, client_.compare_and_swap(yield_, key, expected, value, limit()));
  }

  World& world_;
  Yield& yield_;
  std::vector<std::string>& said_;
  client::KvClient client_;
};

class ScriptNode : public Node {
 public:
  ScriptNode(World& world, std::vector<client::Server> servers, bool session,
             std::vector<std::string>& said, bool& done) {
    world.tasks.spawn("script", [&world, servers, session, &said, &done](Yield& yield) {
      Script(world, yield, servers, session, said).run();
      done = true;
    });
  }
};

std::vector<std::string> said_in_simulation(bool session) {
  const scenarios::RunRequest request{
      .scenario = three_nodes(), .seed = 1, .overrides = {}, .trace = {}};
  scenarios::SimCluster cluster(request.scenario, scenarios::sim_options(request));
  std::vector<client::Server> servers;
  for (const NodeId node : cluster.nodes()) {
    servers.push_back(
        {node, {"n" + std::to_string(node.value), scenarios::SimCluster::kClientPort}});
  }
  std::vector<std::string> said;
  bool done = false;
  cluster.simulation().add_node(NodeId(900), "script", [&](World& world) {
    return std::make_unique<ScriptNode>(world, servers, session, said, done);
  });
  cluster.start_everything();
  cluster.simulation().run_until([&] { return done; }, TrueTime{} + seconds(300));
  EXPECT_TRUE(done);
  return said;
}

class ParityTest : public ClusterTest {
 protected:
  std::vector<std::string> said_by_processes(bool session) {
    std::vector<std::string> said;
    start(three_nodes());
    const auto world = client(900, [&](World& ports, Yield& yield) {
      Script(ports, yield, cluster_->servers(), session, said).run();
    });
    EXPECT_TRUE(all_done(seconds(60)));
    return said;
  }
};

TEST_F(ParityTest, OneScriptGivesTheSameAnswersInBothWorlds) {
  const auto simulated = said_in_simulation(/*session=*/false);
  ASSERT_EQ(simulated.size(), 24u);
  EXPECT_EQ(simulated[6], "cas a -> ok revision 4 no value");
  EXPECT_EQ(said_by_processes(false), simulated);
}

TEST_F(ParityTest, AlsoWithASession) {
  const auto simulated = said_in_simulation(/*session=*/true);
  ASSERT_EQ(simulated.size(), 24u);
  EXPECT_EQ(said_by_processes(true), simulated);
}

}  // namespace
}  // namespace plumbline::harness
