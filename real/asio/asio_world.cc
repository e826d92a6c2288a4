#include "real/asio/asio_world.h"

#include <sys/random.h>

#include <cstdio>

#include "nodes/base/hash.h"
#include "real/asio/clock.h"
#include "real/asio/disk.h"
#include "real/asio/life.h"
#include "real/asio/loop.h"
#include "real/asio/random.h"
#include "real/asio/streams.h"
#include "real/asio/tasks.h"
#include "real/asio/transport.h"

namespace plumbline::real {
namespace {

std::uint64_t seed_of_system() {
  std::uint64_t seed = 0;
  const ssize_t got = ::getrandom(&seed, sizeof seed, 0);
  PLUMB_ASSERT(got == static_cast<ssize_t>(sizeof seed));
  return seed;
}

// So that a node started twice with one seed does not repeat itself.
std::uint64_t seed_of(const AsioWorldOptions& options) {
  const std::uint64_t given = options.seed ? *options.seed : seed_of_system();
  return combine(combine(given, options.self.value), options.incarnation.value);
}

void print_halt(NodeId node, const std::string& reason) {
  std::fprintf(stderr, "node n%u halts: %s\n", node.value, reason.c_str());
}

}  // namespace

struct AsioWorld::Parts {
  Parts(EventLoop& loop, AsioWorldOptions given, fiber::StackPool& stacks);

  AsioWorldOptions options;
  std::shared_ptr<Life> life;
  AsioClock clock;
  AsioTasks tasks;
  AsioStreams streams;
  AsioRandom random;
  std::unique_ptr<AsioTransport> transport;
  std::unique_ptr<Disk> disk;
  std::unique_ptr<fiber::StackPool> own_stacks;
  std::optional<World> world;
  std::unique_ptr<Node> node;

  Status open_ports(trace::Sink& trace);
  void halted(const std::string& reason);
};

AsioWorld::Parts::Parts(EventLoop& loop, AsioWorldOptions given, fiber::StackPool& stacks)
    : options(std::move(given)),
      life(std::make_shared<Life>(loop.context(), stacks)),
      tasks(life, clock, [this](const std::string& reason) { halted(reason); }),
      streams(life),
      random(seed_of(options)) {}

Status AsioWorld::Parts::open_ports(trace::Sink& trace) {
  auto opened = AsioTransport::open({.self = options.self,
                                     .incarnation = options.incarnation,
                                     .cluster = options.cluster,
                                     .listen = options.listen,
                                     .book = options.book,
                                     .queue_bytes_max = options.queue_bytes_max,
                                     .seed = random.bits(Key("asio.transport"))},
                                    life, trace);
  if (!opened) return opened.error();
  transport = std::move(*opened);
  if (options.directory.empty()) {
    disk = std::make_unique<NoDisk>();
  } else {
    auto root = AsioDisk::open_root(options.directory, life);
    if (!root) return root.error();
    disk = std::move(*root);
  }
  world.emplace(World{options.self, options.incarnation, clock, tasks, *transport, streams, *disk,
                      random, trace});
  return {};
}

// A halted node no longer answers its peers; a connection that stayed open would look like a slow
// one.
void AsioWorld::Parts::halted(const std::string& reason) {
  transport->close();
  if (options.on_halt) return options.on_halt(reason);
  print_halt(options.self, reason);
}

AsioWorld::AsioWorld(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<AsioWorld>> AsioWorld::open(EventLoop& loop, AsioWorldOptions options,
                                                   trace::Sink& trace) {
  auto own = options.stacks == nullptr ? std::make_unique<fiber::StackPool>() : nullptr;
  fiber::StackPool& stacks = own ? *own : *options.stacks;
  auto parts = std::make_unique<Parts>(loop, std::move(options), stacks);
  parts->own_stacks = std::move(own);
  if (Status opened = parts->open_ports(trace); !opened) return opened.error();
  return std::unique_ptr<AsioWorld>(new AsioWorld(std::move(parts)));
}

AsioWorld::~AsioWorld() { stop(); }

World& AsioWorld::world() { return *parts_->world; }

void AsioWorld::start(Factory factory) {
  PLUMB_ASSERT(parts_->node == nullptr);
  PLUMB_ASSERT(!parts_->life->scheduler().in_fiber());
  parts_->node = factory(*parts_->world);
}

Node* AsioWorld::node() { return parts_->node.get(); }

void AsioWorld::stop() {
  parts_->life->end();
  parts_->transport->close();
  parts_->tasks.close();
  parts_->node.reset();
}

bool AsioWorld::halted() const { return !parts_->life->alive(); }
Address AsioWorld::transport_address() const { return parts_->transport->address(); }
void AsioWorld::set_peer(NodeId peer, const Address& address) {
  parts_->transport->set_peer(peer, address);
}
bool AsioWorld::connected(NodeId peer) const { return parts_->transport->connected(peer); }

}  // namespace plumbline::real
