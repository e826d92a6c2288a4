#include "real/asio/incoming.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "real/asio/transport_core.h"

namespace plumbline::real {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr trace::Kind kRefusedHello{"asio.hello_refused",
                                    "refuses a connection: not a hello to it"};
constexpr trace::Kind kMalformedFrame{"asio.frame_malformed",
                                      "closes the connection of n{a}: malformed frame"};

constexpr auto kHelloLimit = std::chrono::seconds(3);

}  // namespace

Incoming::Incoming(TransportCore& core, Tcp::socket socket)
    : core_(core), socket_(std::move(socket)), limit_(core.life().loop()) {}

void Incoming::start() {
  prepare(socket_);
  limit_.expires_after(kHelloLimit);
  limit_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled && !self->closed_) self->end();
  });
  await_hello();
}

void Incoming::await_hello() {
  asio::async_read(socket_, asio::buffer(hello_bytes_),
                   [self = shared_from_this()](error_code failed, std::size_t) {
                     if (self->closed_) return;
                     if (failed) return self->end();
                     self->greeted(BytesView(self->hello_bytes_.data(), self->hello_bytes_.size()));
                   });
}

void Incoming::greeted(BytesView bytes) {
  limit_.cancel();
  const TransportOptions& options = core_.options();
  const auto hello = decode_hello(bytes);
  if (!hello || hello->cluster != options.cluster || hello->to != options.self ||
      hello->from == options.self) {
    core_.trace().emit(kRefusedHello);
    return end();
  }
  from_ = hello->from;
  core_.heard_of(from_);
  answer_ = encode_hello({options.cluster, options.self, options.incarnation, from_});
  asio::async_write(socket_, asio::buffer(answer_),
                    [self = shared_from_this()](error_code failed, std::size_t) {
                      if (self->closed_) return;
                      if (failed) return self->end();
                      self->read();
                    });
}

void Incoming::read() {
  const auto room = frames_.room();
  socket_.async_read_some(asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](error_code failed, std::size_t bytes) {
                            if (self->closed_) return;
                            if (failed) return self->end();
                            self->arrived(bytes);
                          });
}

// A receiver may end the node while it is called: then this connection is closed when it returns.
void Incoming::arrived(std::size_t bytes) {
  frames_.committed(bytes);
  while (!closed_) {
    switch (frames_.next()) {
      case FrameReader::Next::kFrame: core_.deliver(from_, frames_.frame()); break;
      case FrameReader::Next::kNeedsMore: return read();
      case FrameReader::Next::kMalformed:
        core_.trace().emit(kMalformedFrame, from_.value);
        return end();
    }
  }
}

void Incoming::end() {
  const auto self = shared_from_this();
  close();
  core_.forget(self);
}

void Incoming::close() {
  closed_ = true;
  limit_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace plumbline::real
