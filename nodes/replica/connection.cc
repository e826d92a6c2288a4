#include "nodes/replica/connection.h"

#include <array>

#include "network/wire/frame.h"

namespace plumbline::replica {

void Connection::serve(World& world, std::unique_ptr<Stream> stream, Handler handler) {
  const auto self = std::make_shared<Connection>(std::move(stream));
  world.tasks.spawn("client requests", [self, handler = std::move(handler)](Yield& yield) mutable {
    read_requests(yield, self, handler);
    self->replies_.close();
  });
  world.tasks.spawn("client replies", [self](Yield& yield) { self->write_replies(yield); });
}

void Connection::read_requests(Yield& yield, const std::shared_ptr<Connection>& self,
                               Handler& handler) {
  wire::FrameReader frames;
  std::array<char, 4096> chunk;
  for (;;) {
    const Result<std::size_t> got = self->stream_->read(yield, chunk);
    if (!got || *got == 0) return;
    frames.feed({chunk.data(), *got});
    for (;;) {
      const Result<std::optional<Bytes>> request = frames.next();
      if (!request) return self->stream_->reset();
      if (!request->has_value()) break;
      handler(self, **request);
    }
  }
}

void Connection::write_replies(Yield& yield) {
  while (const std::optional<Bytes> bytes = replies_.pop(yield)) {
    if (!stream_->write(yield, *bytes)) break;
  }
  replies_.close();
  stream_->finish_writing();
}

void Connection::reply(wire::ClientReply reply) {
  reply.set_version(1);
  replies_.push(wire::frame(reply.SerializeAsString()));
}

}  // namespace plumbline::replica
