#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "network/wire/messages.pb.h"
#include "nodes/client/kv_client.h"
#include "nodes/fiber/fiber.h"
#include "sim/world.h"

namespace plumbline::client::test {

// A server whose answers the test writes. It runs on node n<number> and remembers what it was
// asked.
struct FakeServer {
  using Answer = std::function<void(Yield&, World&, Stream&, const wire::ClientRequest&)>;

  NodeId node;
  std::vector<wire::ClientRequest> seen;
  Answer answer;
};

// A client under test and the fake servers n1, n2, ... around it.
class Bench {
 public:
  static constexpr NodeId kClient{101};
  using Script = std::function<void(Yield&, World&, KvClient&)>;

  explicit Bench(std::uint32_t servers, sim::Options options = {});

  FakeServer& server(std::uint32_t number) { return *servers_.at(number - 1); }
  void all_answer(const FakeServer::Answer& answer);
  // Of all servers, in the order of arrival.
  const std::vector<wire::ClientRequest>& seen() const { return seen_; }

  // The client's life, from each of its starts on.
  void set_client(Options options, Script script);
  // Starts the client and runs it to its end.
  void run(Options options, Script script);
  bool client_done() const { return done_; }
  // As given, with all servers.
  const Options& options() const { return options_; }

  sim::Simulation simulation;

 private:
  void serve(Yield& yield, World& world, FakeServer& server);

  std::vector<std::unique_ptr<FakeServer>> servers_;
  std::vector<wire::ClientRequest> seen_;
  Options options_;
  Script script_;
  bool done_ = false;
};

wire::ClientReply reply_to(const wire::ClientRequest& request, wire::ClientReply::Result result);
void send(Yield& yield, Stream& stream, const wire::ClientReply& reply);
// Answers each request with this result, and with the number of the leader when there is one.
FakeServer::Answer always(wire::ClientReply::Result result, std::uint32_t leader = 0);
// Opens sessions under the given id; other requests go on to `rest`.
FakeServer::Answer with_session(std::uint64_t session, FakeServer::Answer rest);
// Reads on and never answers.
FakeServer::Answer silence();

}  // namespace plumbline::client::test
