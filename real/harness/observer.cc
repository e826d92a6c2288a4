#include "real/harness/observer.h"

#include <algorithm>

#include "nodes/trace/trace.h"

namespace plumbline::harness {
namespace {

constexpr NodeId kObserver{999};
constexpr Duration kPollEvery = milliseconds(50);
constexpr Duration kPatience = milliseconds(400);

struct Seen {
  client::Server server;
  std::optional<wire::Status> status;  // nothing when it did not answer the last time
};

class ObserverNode : public Node {
 public:
  ObserverNode(World& world, std::vector<Seen>& seen) : world_(world) {
    for (Seen& server : seen) {
      world.tasks.spawn("observe", [this, &server](Yield& yield) { observe(yield, server); });
    }
  }

 private:
  void observe(Yield& yield, Seen& seen) {
    client::Channel channel(world_, seen.server);
    for (std::uint64_t id = 1;; ++id) {
      wire::ClientRequest request;
      request.set_version(1);
      request.set_group(1);
      request.set_id(id);
      request.mutable_status();
      const client::Attempt attempt = channel.call(yield, request, world_.clock.now() + kPatience);
      seen.status.reset();
      if (attempt.result == client::Attempt::Result::kReplied) seen.status = attempt.reply.status();
      world_.tasks.sleep_until(yield, world_.clock.now() + kPollEvery);
    }
  }

  World& world_;
};

}  // namespace

struct Observer::Parts {
  std::vector<Seen> seen;
  trace::NullSink silent;
  std::unique_ptr<real::AsioWorld> world;
};

Observer::Observer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Observer::~Observer() = default;

Result<std::unique_ptr<Observer>> Observer::open(real::EventLoop& loop,
                                                 std::vector<client::Server> servers) {
  auto parts = std::make_unique<Parts>();
  for (client::Server& server : servers) parts->seen.push_back({std::move(server), std::nullopt});
  real::AsioWorldOptions options;
  options.self = kObserver;
  auto world = real::AsioWorld::open(loop, std::move(options), parts->silent);
  if (!world) return world.error();
  parts->world = std::move(*world);
  parts->world->start(
      [seen = &parts->seen](World& ports) { return std::make_unique<ObserverNode>(ports, *seen); });
  return std::unique_ptr<Observer>(new Observer(std::move(parts)));
}

bool Observer::all_caught_up() const {
  const std::vector<Seen>& seen = parts_->seen;
  return std::all_of(seen.begin(), seen.end(), [&](const Seen& one) {
    return one.status && one.status->applied() == one.status->last_index() && seen.front().status &&
           one.status->applied() == seen.front().status->applied();
  });
}

std::string Observer::describe() const {
  std::string text;
  for (const Seen& one : parts_->seen) {
    text += "n" + std::to_string(one.server.node.value) + " ";
    if (!one.status) {
      text += "does not answer\n";
      continue;
    }
    text += one.status->role() + " of term " + std::to_string(one.status->term()) + ", log to " +
            std::to_string(one.status->last_index()) + ", committed " +
            std::to_string(one.status->commit()) + ", applied " +
            std::to_string(one.status->applied()) + "\n";
  }
  return text;
}

std::optional<NodeId> Observer::leader() const {
  const Seen* best = nullptr;
  for (const Seen& one : parts_->seen) {
    if (!one.status || one.status->role() != "leader") continue;
    if (best == nullptr || one.status->term() > best->status->term()) best = &one;
  }
  return best == nullptr ? std::nullopt : std::optional(best->server.node);
}

}  // namespace plumbline::harness
