#pragma once

#include <memory>

#include "network/wire/messages.pb.h"
#include "nodes/fiber/sync.h"
#include "nodes/world/world.h"

namespace plumbline::replica {

// One client's connection: replies leave in the order in which they are made, requests need not be
// answered in theirs. Shared by the two fibers that read and write it and by whatever waits to
// answer on it.
class Connection {
 public:
  using Handler = UniqueFunction<void(const std::shared_ptr<Connection>&, BytesView)>;

  explicit Connection(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  // Spawns the fibers; they end when the client leaves, the stream breaks or a frame is malformed.
  static void serve(World& world, std::unique_ptr<Stream> stream, Handler handler);
  // Queues a reply; nothing when the client has gone.
  void reply(wire::ClientReply reply);

 private:
  static void read_requests(Yield& yield, const std::shared_ptr<Connection>& self,
                            Handler& handler);
  void write_replies(Yield& yield);

  std::unique_ptr<Stream> stream_;
  fiber::Channel<Bytes> replies_;
};

// The beginning of every reply.
wire::ClientReply reply_to(std::uint64_t request, wire::ClientReply::Result result);

}  // namespace plumbline::replica
