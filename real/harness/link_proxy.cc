#include "real/harness/link_proxy.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <deque>
#include <set>

#include "nodes/base/bytes.h"
#include "nodes/base/hash.h"
#include "real/asio/endpoints.h"
#include "real/asio/loop.h"

namespace plumbline::harness {

namespace asio = boost::asio;
using boost::system::error_code;
using real::Tcp;
using SteadyTime = std::chrono::steady_clock::time_point;

namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
// Beyond this nothing more is read, and the sender's kernel and then the sender itself hold what
// follows.
constexpr std::size_t kHeldBytesMax = 4 << 20;

}  // namespace

struct LinkProxy::Core : std::enable_shared_from_this<LinkProxy::Core> {
  Core(asio::io_context& given_loop, Address given_target, std::uint64_t given_seed,
       Tcp::acceptor listening)
      : loop(given_loop),
        target(std::move(given_target)),
        seed(given_seed),
        acceptor(std::move(listening)) {}

  void accept_next();
  void close(bool reset);
  SteadyTime due_now();

  asio::io_context& loop;
  Address target;
  std::uint64_t seed;
  Tcp::acceptor acceptor;
  LinkState state;
  std::uint64_t pieces = 0;
  Counters counters;
  std::set<std::shared_ptr<Connection>> connections;
};

// Every handler holds its connection; after close() none of them does anything.
class LinkProxy::Connection : public std::enable_shared_from_this<LinkProxy::Connection> {
 public:
  // `core` is used only until close().
  Connection(Core& core, Tcp::socket from)
      : core_(core), from_(std::move(from)), to_(core.loop), timer_(core.loop) {}

  void start() {
    real::prepare(from_);
    read();
    state_changed();
  }
  void state_changed() {
    if (core_.state.blocked) return;
    if (!dialled_) return dial();
    forward();
  }
  void close(bool reset);

 private:
  struct Piece {
    SteadyTime due;
    Bytes bytes;
  };

  void dial();
  void read();
  void arrived(std::size_t bytes);
  void forward();
  void carry(Bytes bytes);
  void read_back();
  // Leaves the set of the core, which may be the last to hold us.
  void end() {
    const auto self = shared_from_this();
    close(false);
  }

  Core& core_;
  Tcp::socket from_;
  Tcp::socket to_;
  asio::steady_timer timer_;
  std::array<char, kPieceBytes> arriving_;
  std::array<char, 512> returning_;
  std::deque<Piece> pieces_;
  std::size_t held_ = 0;
  bool dialled_ = false;
  bool connected_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool from_ended_ = false;
  bool closed_ = false;
};

void LinkProxy::Connection::close(bool reset) {
  if (closed_) return;
  closed_ = true;
  core_.counters.held -= held_;
  error_code ignored;
  for (Tcp::socket* socket : {&from_, &to_}) {
    if (reset) socket->set_option(asio::socket_base::linger(true, 0), ignored);
    socket->close(ignored);
  }
  timer_.cancel();
  core_.connections.erase(shared_from_this());
}

void LinkProxy::Connection::dial() {
  dialled_ = true;
  const auto found = real::resolve_now(core_.loop, core_.target);
  if (!found) return end();
  to_.async_connect(found->front(), [self = shared_from_this()](error_code failed) {
    if (self->closed_) return;
    if (failed || real::self_connected(self->to_)) return self->end();
    real::prepare(self->to_);
    self->connected_ = true;
    self->read_back();
    self->forward();
  });
}

void LinkProxy::Connection::read() {
  if (reading_ || from_ended_ || held_ >= kHeldBytesMax) return;
  reading_ = true;
  from_.async_read_some(asio::buffer(arriving_),
                        [self = shared_from_this()](error_code failed, std::size_t bytes) {
                          if (self->closed_) return;
                          self->reading_ = false;
                          if (failed) {
                            self->from_ended_ = true;
                            return self->forward();
                          }
                          self->arrived(bytes);
                        });
}

void LinkProxy::Connection::arrived(std::size_t bytes) {
  const SteadyTime before = pieces_.empty() ? SteadyTime{} : pieces_.back().due;
  pieces_.push_back({std::max(before, core_.due_now()), Bytes(arriving_.data(), bytes)});
  held_ += bytes;
  core_.counters.held += bytes;
  read();
  forward();
}

// What the sender had sent before it ended still goes on, as it would on a wire.
void LinkProxy::Connection::forward() {
  if (writing_ || core_.state.blocked) return;
  if (pieces_.empty()) return from_ended_ ? end() : void();
  if (!connected_) return;
  if (pieces_.front().due > std::chrono::steady_clock::now()) {
    timer_.expires_at(pieces_.front().due);
    timer_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled && !self->closed_) self->forward();
    });
    return;
  }
  Bytes bytes = std::move(pieces_.front().bytes);
  pieces_.pop_front();
  carry(std::move(bytes));
}

void LinkProxy::Connection::carry(Bytes bytes) {
  writing_ = true;
  auto piece = std::make_unique<Bytes>(std::move(bytes));
  const auto buffer = asio::buffer(*piece);
  asio::async_write(to_, buffer,
                    [self = shared_from_this(), piece = std::move(piece)](error_code failed,
                                                                          std::size_t written) {
                      if (self->closed_) return;
                      self->writing_ = false;
                      if (failed) return self->end();
                      self->held_ -= written;
                      self->core_.counters.held -= written;
                      self->core_.counters.carried += written;
                      self->read();
                      self->forward();
                    });
}

// Small and rare, so each piece is written before the next is read. The end of the target's side is
// the end of all.
void LinkProxy::Connection::read_back() {
  to_.async_read_some(asio::buffer(returning_),
                      [self = shared_from_this()](error_code failed, std::size_t bytes) {
                        if (self->closed_) return;
                        if (failed) return self->end();
                        asio::async_write(self->from_, asio::buffer(self->returning_.data(), bytes),
                                          [self](error_code write_failed, std::size_t) {
                                            if (self->closed_) return;
                                            if (write_failed) return self->end();
                                            self->read_back();
                                          });
                      });
}

void LinkProxy::Core::accept_next() {
  acceptor.async_accept([core = shared_from_this()](error_code failed, Tcp::socket socket) {
    if (!core->acceptor.is_open()) return;
    if (!failed) {
      ++core->counters.connections;
      const auto connection = std::make_shared<Connection>(*core, std::move(socket));
      core->connections.insert(connection);
      connection->start();
    }
    core->accept_next();
  });
}

void LinkProxy::Core::close(bool reset) {
  const auto all = connections;  // each leaves the set as it closes
  for (const auto& connection : all) connection->close(reset);
}

SteadyTime LinkProxy::Core::due_now() {
  const auto now = std::chrono::steady_clock::now();
  if (state.delay_max <= Duration{}) return now;
  const auto span = static_cast<std::uint64_t>(state.delay_max.ns) + 1;
  return now + std::chrono::nanoseconds(combine(seed, ++pieces) % span);
}

LinkProxy::LinkProxy(std::shared_ptr<Core> core) : core_(std::move(core)) {}

LinkProxy::~LinkProxy() {
  error_code ignored;
  core_->acceptor.close(ignored);
  core_->close(true);
}

Result<std::unique_ptr<LinkProxy>> LinkProxy::open(real::EventLoop& loop, Address target,
                                                   std::uint64_t seed) {
  auto acceptor = real::listen_at(loop.context(), {"127.0.0.1", 0});
  if (!acceptor) return acceptor.error();
  auto core = std::make_shared<Core>(loop.context(), std::move(target), seed, std::move(*acceptor));
  core->accept_next();
  return std::unique_ptr<LinkProxy>(new LinkProxy(std::move(core)));
}

Address LinkProxy::address() const {
  error_code ignored;
  return real::address_of(core_->acceptor.local_endpoint(ignored));
}

void LinkProxy::set(const LinkState& state) {
  core_->state = state;
  const auto all = core_->connections;  // one that fails to dial leaves the set
  for (const auto& connection : all) connection->state_changed();
}

void LinkProxy::reset_connections() { core_->close(true); }

LinkProxy::Counters LinkProxy::counters() const { return core_->counters; }

}  // namespace plumbline::harness
