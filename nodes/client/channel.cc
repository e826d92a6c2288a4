#include "nodes/client/channel.h"

#include <array>

#include "network/wire/frame.h"

namespace plumbline::client {

Channel::Channel(World& world, Server server) : world_(world), server_(std::move(server)) {}

Channel::~Channel() { drop(); }

void Channel::drop() {
  if (worker_) world_.tasks.cancel(worker_);
  worker_ = {};
  state_ = nullptr;
}

// Connecting and reading happen in a fiber of their own, so that the caller's deadline holds
// whatever they wait for.
bool Channel::connect(Yield& yield, Instant deadline) {
  drop();
  state_ = std::make_shared<State>();
  worker_ = world_.tasks.spawn(
      "replies", [state = state_, &streams = world_.streams, address = server_.address](Yield& y) {
        auto stream = streams.connect(y, address);
        if (stream) state->stream = std::move(*stream);
        state->broken = !stream;
        state->changed.set();
        if (stream) read_replies(y, state);
      });
  while (!state_->broken && state_->stream == nullptr) {
    if (!state_->changed.wait_until(yield, world_.tasks, deadline)) return false;
    state_->changed.clear();
  }
  return !state_->broken;
}

void Channel::read_replies(Yield& yield, const std::shared_ptr<State>& state) {
  wire::FrameReader frames;
  std::array<char, 4096> chunk;
  while (!state->broken) {
    const Result<std::size_t> got = state->stream->read(yield, chunk);
    state->broken = !got || *got == 0;
    if (!state->broken) frames.feed({chunk.data(), *got});
    while (!state->broken) {
      const Result<std::optional<Bytes>> payload = frames.next();
      state->broken = !payload;
      if (!payload || !payload->has_value()) break;
      wire::ClientReply reply;
      state->broken = !reply.ParseFromString(**payload) || reply.version() != 1;
      // An answer to an earlier request, whose caller gave up, is not an answer to this one.
      if (!state->broken && reply.id() == state->awaited) state->reply = std::move(reply);
    }
    state->changed.set();
  }
}

// A server that does not read would hold up a long request for ever: when time is up, the stream
// breaks, and with it the wait.
void Channel::write(Yield& yield, const Bytes& bytes, Instant deadline) {
  const TimerId limit =
      world_.tasks.call_at(deadline, [state = state_] { state->stream->reset(); });
  if (!state_->stream->write(yield, bytes)) state_->broken = true;
  world_.tasks.cancel_timer(limit);
}

Attempt Channel::call(Yield& yield, const wire::ClientRequest& request, Instant deadline) {
  if (!healthy() && !connect(yield, deadline)) {
    drop();
    return {.result = Attempt::Result::kNotSent, .reply = {}};
  }
  const std::shared_ptr<State> state = state_;
  state->changed.clear();
  state->awaited = request.id();
  write(yield, wire::frame(request.SerializeAsString()), deadline);
  for (;;) {
    if (state->reply) {
      Attempt attempt{.result = Attempt::Result::kReplied, .reply = std::move(*state->reply)};
      state->reply.reset();
      return attempt;
    }
    if (state->broken || !state->changed.wait_until(yield, world_.tasks, deadline)) break;
    state->changed.clear();
  }
  drop();
  return {.result = Attempt::Result::kSilent, .reply = {}};
}

}  // namespace plumbline::client
