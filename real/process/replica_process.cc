#include "real/process/replica_process.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "real/asio/asio_world.h"
#include "real/asio/data_directory.h"
#include "real/asio/loop.h"
#include "real/process/noting_streams.h"
#include "real/process/trace_log.h"

namespace plumbline::process {
namespace {

// A device that does not answer must not keep the process alive: SIGALRM then ends it.
constexpr unsigned kEndLimitSeconds = 9;

// At once: nothing of the process may go on once its node could not.
[[noreturn]] void leave(Exit exit, const std::string& line) {
  std::fprintf(stderr, "plumbd: %s\n", line.c_str());
  std::fflush(nullptr);
  ::_exit(static_cast<int>(exit));
}

// The detail of a refusal is a whole sentence; of other errors it says where.
std::string line_of(const Error& error) {
  const bool refusal = error.code == Errc::kInvalid || error.code == Errc::kExists;
  return refusal && !error.detail.empty() ? error.detail : error.message();
}

class ReplicaProcess {
 public:
  explicit ReplicaProcess(const ReplicaSettings& settings) : settings_(settings) {}

  Status open();
  void run();

 private:
  std::unique_ptr<Node> make_node(World& world);
  void listening(const Result<Address>& where);
  replica::Replica* replica() { return static_cast<replica::Replica*>(world_->node()); }

  const ReplicaSettings& settings_;
  std::unique_ptr<real::DataDirectory> directory_;
  trace::NullSink silent_;
  TraceLog told_;
  real::EventLoop loop_;
  // Before the world, whose node uses them to its end.
  std::unique_ptr<NotingStreams> streams_;
  std::optional<World> node_world_;
  std::unique_ptr<real::AsioWorld> world_;
  bool stopping_ = false;
};

Status ReplicaProcess::open() {
  const NodeId self = settings_.options.log.identity.node;
  auto directory = real::DataDirectory::open(settings_.data, self, settings_.cluster);
  if (!directory) return directory.error();
  directory_ = std::move(*directory);
  real::AsioWorldOptions options;
  options.self = self;
  options.incarnation = directory_->incarnation();
  options.cluster = settings_.cluster;
  options.directory = directory_->store();
  options.listen = settings_.listen_peers;
  options.book = settings_.book;
  options.on_halt = [self](const std::string& reason) {
    leave(Exit::kHalted, "node " + std::to_string(self.value) + " halts: " + reason);
  };
  trace::Sink& trace = settings_.trace ? static_cast<trace::Sink&>(told_) : silent_;
  auto world = real::AsioWorld::open(loop_, std::move(options), trace);
  if (!world) return world.error();
  world_ = std::move(*world);
  return {};
}

std::unique_ptr<Node> ReplicaProcess::make_node(World& world) {
  streams_ = std::make_unique<NotingStreams>(
      world.streams, [this](const Result<Address>& where) { listening(where); });
  node_world_.emplace(World{world.self, world.incarnation, world.clock, world.tasks,
                            world.transport, *streams_, world.disk, world.random, world.trace});
  return std::make_unique<replica::Replica>(*node_world_, settings_.options);
}

void ReplicaProcess::listening(const Result<Address>& where) {
  if (!where) leave(Exit::kUsage, line_of(where.error()));
  std::printf("ready: node %u serves clients on %s\n", world_->world().self.value,
              real::text_of(*where).c_str());
  std::fflush(stdout);
}

void ReplicaProcess::run() {
  ::signal(SIGPIPE, SIG_IGN);
  loop_.on_signals({SIGTERM, SIGINT}, [this](int) {
    if (stopping_) return;
    stopping_ = true;
    ::alarm(kEndLimitSeconds);
    replica()->wind_down([this] { loop_.stop(); });
  });
  world_->start([this](World& world) { return make_node(world); });
  loop_.run();
  world_->stop();
}

}  // namespace

Exit run_replica(const ReplicaSettings& settings) {
  ReplicaProcess process(settings);
  if (const Status opened = process.open(); !opened) {
    std::fprintf(stderr, "plumbd: %s\n", line_of(opened.error()).c_str());
    return Exit::kUsage;
  }
  process.run();
  return Exit::kStopped;
}

}  // namespace plumbline::process
