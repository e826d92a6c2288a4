#pragma once

#include <memory>
#include <optional>

#include "network/wire/messages.pb.h"
#include "nodes/base/ids.h"
#include "nodes/fiber/sync.h"
#include "nodes/world/world.h"

namespace plumbline::client {

struct Server {
  NodeId node;
  Address address;
};

// What one try on one connection came to.
struct Attempt {
  enum class Result {
    kReplied,
    kNotSent,  // no byte left this client: it certainly had no effect
    kSilent,   // sent, and no answer: it may have taken effect or may yet
  };
  Result result = Result::kNotSent;
  wire::ClientReply reply;
};

// A connection to one server, with one request at a time.
class Channel {
 public:
  Channel(World& world, Server server);
  ~Channel();

  const Server& server() const { return server_; }
  // Connects if need be, sends, and waits for the answer with the request's id until `deadline`.
  Attempt call(Yield& yield, const wire::ClientRequest& request, Instant deadline);
  // Good for another call.
  bool healthy() const { return state_ != nullptr && !state_->broken; }

 private:
  // Shared with the fibers that connect and read, which may outlive the channel by an instant.
  struct State {
    std::unique_ptr<Stream> stream;
    bool broken = false;
    std::uint64_t awaited = 0;  // the id of the request under way
    std::optional<wire::ClientReply> reply;
    fiber::Event changed;
  };

  bool connect(Yield& yield, Instant deadline);
  void write(Yield& yield, const Bytes& bytes, Instant deadline);
  static void read_replies(Yield& yield, const std::shared_ptr<State>& state);
  void drop();

  World& world_;
  Server server_;
  std::shared_ptr<State> state_;
  TaskId worker_;
};

}  // namespace plumbline::client
