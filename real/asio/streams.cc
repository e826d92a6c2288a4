#include "real/asio/streams.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "real/asio/address.h"
#include "real/asio/posix_error.h"
#include "real/asio/stream.h"

namespace plumbline::real {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// How long an acceptor rests when the process has no descriptor left; the waiting connections stay
// in the kernel's queue.
constexpr auto kOutOfDescriptorsPause = std::chrono::milliseconds(50);

bool out_of_descriptors(const error_code& failed) {
  return failed.value() == EMFILE || failed.value() == ENFILE || failed.value() == ENOBUFS ||
         failed.value() == ENOMEM;
}

class AsioListener : public Listener {
 public:
  AsioListener(std::shared_ptr<Life> life, Tcp::acceptor acceptor)
      : life_(std::move(life)), acceptor_(std::move(acceptor)), pause_(life_->loop()) {}

  Result<std::unique_ptr<Stream>> accept(Yield& yield) override {
    for (;;) {
      if (!life_->alive()) return Errc::kCrashed;
      error_code failed;
      Tcp::socket socket = acceptor_.accept(failed);
      if (!failed) return opened(std::move(socket));
      if (failed == asio::error::would_block || failed == asio::error::try_again) {
        wait_for_client(yield);
      } else if (out_of_descriptors(failed)) {
        rest(yield);
      } else if (failed != asio::error::connection_aborted) {
        return stream_error("accept", failed.value());
      }
    }
  }

  Address address() const {
    error_code ignored;
    return address_of(acceptor_.local_endpoint(ignored));
  }

 private:
  std::unique_ptr<Stream> opened(Tcp::socket socket) {
    prepare(socket);
    return std::make_unique<AsioStream>(life_, std::move(socket));
  }
  void wait_for_client(Yield& yield) {
    acceptor_.async_wait(Tcp::acceptor::wait_read,
                         [life = life_, waker = yield.waker()](error_code) { waker.wake(); });
    yield.suspend();
  }
  void rest(Yield& yield) {
    pause_.expires_after(kOutOfDescriptorsPause);
    pause_.async_wait([life = life_, waker = yield.waker()](error_code) { waker.wake(); });
    yield.suspend();
  }

  std::shared_ptr<Life> life_;
  Tcp::acceptor acceptor_;
  asio::steady_timer pause_;
};

// One attempt to connect: shared with its handlers, so that it outlives an unwound fiber.
struct Attempt : std::enable_shared_from_this<Attempt> {
  Attempt(std::shared_ptr<Life> its_life, Address its_target, fiber::Waker its_waker)
      : life(std::move(its_life)),
        target(std::move(its_target)),
        waker(its_waker),
        socket(life->loop()) {}

  void start() {
    resolve_later(life->loop(), target,
                  [self = shared_from_this()](Result<std::vector<Tcp::endpoint>> found) {
                    if (!found) return self->end(found.error());
                    self->connect(std::move(*found));
                  });
  }
  void connect(std::vector<Tcp::endpoint> endpoints) {
    if (abandoned) return;
    asio::async_connect(
        socket, std::move(endpoints),
        [self = shared_from_this()](error_code failed, const Tcp::endpoint&) {
          if (!failed && self_connected(self->socket)) {
            failed = asio::error::connection_refused;
          }
          if (!failed) return self->end({});
          self->end(stream_error("connect to " + text_of(self->target), failed.value()));
        });
  }
  void end(Status status) {
    outcome = std::move(status);
    waker.wake();
  }
  void abandon() {
    abandoned = true;
    error_code ignored;
    socket.close(ignored);
  }

  std::shared_ptr<Life> life;
  Address target;
  fiber::Waker waker;
  Tcp::socket socket;
  std::optional<Status> outcome;
  bool abandoned = false;
};

}  // namespace

Address local_address(const Listener& listener) {
  const auto* ours = dynamic_cast<const AsioListener*>(&listener);
  PLUMB_ASSERT(ours != nullptr);
  return ours->address();
}

Result<std::unique_ptr<Listener>> AsioStreams::listen(const Address& address) {
  if (!life_->alive()) return Errc::kCrashed;
  auto acceptor = listen_at(life_->loop(), address);
  if (!acceptor) return acceptor.error();
  return std::unique_ptr<Listener>(std::make_unique<AsioListener>(life_, std::move(*acceptor)));
}

Result<std::unique_ptr<Stream>> AsioStreams::connect(Yield& yield, const Address& address) {
  if (!life_->alive()) return Errc::kCrashed;
  const auto attempt = std::make_shared<Attempt>(life_, address, yield.waker());
  // Unwound while it waits, the fiber takes the half-made connection along.
  struct Abandon {
    Attempt& attempt;
    ~Abandon() {
      if (!attempt.outcome) attempt.abandon();
    }
  };
  const Abandon abandon{*attempt};
  attempt->start();
  yield.suspend();
  PLUMB_ASSERT(attempt->outcome.has_value());
  if (!attempt->outcome->ok()) return attempt->outcome->error();
  prepare(attempt->socket);
  return std::unique_ptr<Stream>(std::make_unique<AsioStream>(life_, std::move(attempt->socket)));
}

}  // namespace plumbline::real
