#include "tests/nodes_client/fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "network/wire/frame.h"

namespace plumbline::client::test {
namespace {

constexpr std::uint16_t kPort = 7070;

class ScriptNode : public Node {
 public:
  ScriptNode(World& world, std::function<void(Yield&, World&)> script) {
    world.tasks.spawn("script",
                      [&world, script = std::move(script)](Yield& yield) { script(yield, world); });
  }
};

std::string name_of(NodeId node) { return "n" + std::to_string(node.value); }

}  // namespace

Bench::Bench(std::uint32_t servers, sim::Options options) : simulation(std::move(options)) {
  for (std::uint32_t i = 1; i <= servers; ++i) {
    servers_.push_back(std::make_unique<FakeServer>());
    FakeServer& server = *servers_.back();
    server.node = NodeId(i);
    server.answer = always(wire::ClientReply::OK);
    simulation.add_node(server.node, name_of(server.node), [this, &server](World& started) {
      return std::make_unique<ScriptNode>(
          started, [this, &server](Yield& yield, World& world) { serve(yield, world, server); });
    });
    simulation.start(server.node);
  }
  simulation.add_node(kClient, "c1", [this](World& started) {
    return std::make_unique<ScriptNode>(started, [this](Yield& yield, World& world) {
      KvClient client(world, options_);
      script_(yield, world, client);
      done_ = true;
    });
  });
}

void Bench::serve(Yield& yield, World& world, FakeServer& server) {
  const auto listener = std::move(*world.streams.listen({name_of(server.node), kPort}));
  for (;;) {
    const std::shared_ptr<Stream> stream = std::move(*listener->accept(yield));
    world.tasks.spawn("connection", [this, &world, &server, stream](Yield& y) {
      wire::FrameReader frames;
      std::array<char, 4096> chunk;
      for (;;) {
        const auto got = stream->read(y, chunk);
        if (!got || *got == 0) return;
        frames.feed({chunk.data(), *got});
        for (auto next = frames.next(); next && next->has_value(); next = frames.next()) {
          wire::ClientRequest request;
          EXPECT_TRUE(request.ParseFromString(**next));
          server.seen.push_back(request);
          seen_.push_back(request);
          server.answer(y, world, *stream, request);
        }
      }
    });
  }
}

void Bench::all_answer(const FakeServer::Answer& answer) {
  for (const auto& server : servers_) server->answer = answer;
}

void Bench::set_client(Options options, Script script) {
  options_ = std::move(options);
  for (const auto& server : servers_) {
    options_.servers.push_back({server->node, {name_of(server->node), kPort}});
  }
  script_ = std::move(script);
}

void Bench::run(Options options, Script script) {
  set_client(std::move(options), std::move(script));
  done_ = false;
  simulation.start(kClient);
  simulation.run_until([this] { return done_; }, simulation.now() + seconds(600));
  ASSERT_TRUE(done_) << "the client has not come to its end";
}

wire::ClientReply reply_to(const wire::ClientRequest& request, wire::ClientReply::Result result) {
  wire::ClientReply reply;
  reply.set_version(1);
  reply.set_id(request.id());
  reply.set_result(result);
  return reply;
}

void send(Yield& yield, Stream& stream, const wire::ClientReply& reply) {
  static_cast<void>(stream.write(yield, wire::frame(reply.SerializeAsString())));
}

FakeServer::Answer always(wire::ClientReply::Result result, std::uint32_t leader) {
  return [=](Yield& yield, World&, Stream& stream, const wire::ClientRequest& request) {
    wire::ClientReply reply = reply_to(request, result);
    reply.set_leader(leader);
    send(yield, stream, reply);
  };
}

FakeServer::Answer with_session(std::uint64_t session, FakeServer::Answer rest) {
  return [=](Yield& yield, World& world, Stream& stream, const wire::ClientRequest& request) {
    if (request.command().kind() != wire::Command::OPEN_SESSION)
      return rest(yield, world, stream, request);
    wire::ClientReply reply = reply_to(request, wire::ClientReply::OK);
    reply.set_session(session);
    send(yield, stream, reply);
  };
}

FakeServer::Answer silence() {
  return [](Yield&, World&, Stream&, const wire::ClientRequest&) {};
}

}  // namespace plumbline::client::test
