#include "real/asio/peer_link.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace plumbline::real {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr trace::Kind kConnected{"asio.peer_connected", "connected to n{a}, incarnation {b}"};
constexpr trace::Kind kLost{"asio.peer_lost", "lost its connection to n{a}"};
constexpr trace::Kind kQueueFull{"asio.queue_full",
                                 "drops a message of {b} bytes to n{a}: its queue is full"};
constexpr trace::Kind kWrongPeer{"asio.wrong_peer", "dialled n{a}, was answered by n{b}"};

constexpr auto kAttemptLimit = std::chrono::seconds(3);
constexpr std::int64_t kPauseMinMs = 20;
constexpr std::int64_t kPauseMaxMs = 1000;
constexpr int kDoublingsMax = 6;
// A machine that vanished without a word is given up after this long, whether or not anything waits
// to be sent.
constexpr int kSilenceMaxMs = 10'000;
constexpr int kProbeAfterSeconds = 4;
constexpr int kProbeEverySeconds = 2;
constexpr int kProbes = 3;

void set_number(Tcp::socket& socket, int level, int option, int value) {
  ::setsockopt(socket.native_handle(), level, option, &value, sizeof value);
}

void notice_silence(Tcp::socket& socket) {
  set_number(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_number(socket, IPPROTO_TCP, TCP_KEEPIDLE, kProbeAfterSeconds);
  set_number(socket, IPPROTO_TCP, TCP_KEEPINTVL, kProbeEverySeconds);
  set_number(socket, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
  set_number(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, kSilenceMaxMs);
}

}  // namespace

PeerLink::PeerLink(const TransportOptions& options, std::shared_ptr<Life> life, trace::Sink& trace,
                   NodeId peer, Address address)
    : options_(options),
      life_(std::move(life)),
      trace_(trace),
      random_(options.seed),
      peer_(peer),
      address_(std::move(address)),
      timer_(life_->loop()) {}

void PeerLink::dial() {
  state_ = State::kDialling;
  ++attempts_;
  socket_ = std::make_shared<Tcp::socket>(life_->loop());
  timer_.expires_after(kAttemptLimit);
  timer_.async_wait([self = shared_from_this(), socket = socket_](error_code cancelled) {
    if (!cancelled && self->current(socket) && self->state_ == State::kDialling) self->lost();
  });
  resolve_later(
      life_->loop(), address_,
      [self = shared_from_this(), socket = socket_](Result<std::vector<Tcp::endpoint>> found) {
        if (!self->current(socket)) return;
        if (!found) return self->lost();
        self->connect(socket, std::move(*found));
      });
}

void PeerLink::connect(const Socket& socket, std::vector<Tcp::endpoint> endpoints) {
  asio::async_connect(*socket, std::move(endpoints),
                      [self = shared_from_this(), socket](error_code failed, const Tcp::endpoint&) {
                        if (!self->current(socket)) return;
                        if (failed || self_connected(*socket)) return self->lost();
                        self->greet(socket);
                      });
}

void PeerLink::greet(const Socket& socket) {
  prepare(*socket);
  notice_silence(*socket);
  auto hello = std::make_unique<Bytes>(
      encode_hello({options_.cluster, options_.self, options_.incarnation, peer_}));
  const auto bytes = asio::buffer(*hello);
  asio::async_write(*socket, bytes,
                    [self = shared_from_this(), socket, hello = std::move(hello)](error_code failed,
                                                                                  std::size_t) {
                      if (!self->current(socket)) return;
                      if (failed) return self->lost();
                      self->await_answer(socket);
                    });
}

void PeerLink::await_answer(const Socket& socket) {
  auto answer = std::make_unique<std::array<char, kHelloBytes>>();
  const auto bytes = asio::buffer(*answer);
  asio::async_read(*socket, bytes,
                   [self = shared_from_this(), socket, answer = std::move(answer)](
                       error_code failed, std::size_t) {
                     if (!self->current(socket)) return;
                     if (failed) return self->lost();
                     self->answered(socket, BytesView(answer->data(), answer->size()));
                   });
}

void PeerLink::answered(const Socket& socket, BytesView bytes) {
  const auto hello = decode_hello(bytes);
  if (!hello || hello->cluster != options_.cluster || hello->from != peer_ ||
      hello->to != options_.self) {
    trace_.emit(kWrongPeer, peer_.value, hello ? hello->from.value : 0);
    return lost();
  }
  trace_.emit(kConnected, peer_.value, hello->incarnation.value);
  state_ = State::kConnected;
  failures_ = 0;
  timer_.cancel();
  watch_for_end(socket);
}

// After its hello a peer says nothing here, so whatever arrives is the end of the connection.
void PeerLink::watch_for_end(const Socket& socket) {
  socket->async_wait(Tcp::socket::wait_read, [self = shared_from_this(), socket](error_code) {
    if (self->current(socket)) self->lost();
  });
}

void PeerLink::send(BytesView payload) {
  if (state_ != State::kConnected) return;
  const bool full = queue_.size() + payload.size() > options_.queue_bytes_max && !queue_.empty();
  if (full) return trace_.emit(kQueueFull, peer_.value, payload.size());
  append_frame(queue_, payload);
  if (writing_ || flush_posted_) return;
  // Later, so that all messages of this turn of the loop leave in one write.
  flush_posted_ = true;
  asio::post(life_->loop(), [self = shared_from_this()] {
    self->flush_posted_ = false;
    self->flush();
  });
}

void PeerLink::flush() {
  if (state_ != State::kConnected || writing_ || queue_.empty()) return;
  writing_ = true;
  auto batch = std::make_unique<Bytes>(std::exchange(queue_, {}));
  const auto bytes = asio::buffer(*batch);
  asio::async_write(*socket_, bytes,
                    [self = shared_from_this(), socket = socket_, batch = std::move(batch)](
                        error_code failed, std::size_t) {
                      if (!self->current(socket)) return;
                      self->writing_ = false;
                      if (failed) return self->lost();
                      self->flush();
                    });
}

void PeerLink::drop_socket() {
  if (socket_) {
    error_code ignored;
    socket_->close(ignored);
  }
  socket_.reset();
  writing_ = false;
  queue_.clear();
}

void PeerLink::lost() {
  if (state_ == State::kConnected) trace_.emit(kLost, peer_.value);
  drop_socket();
  pause();
}

// Half of the pause is fixed, half drawn, so that nodes that lost each other together do not dial
// in step.
void PeerLink::pause() {
  state_ = State::kPausing;
  const std::int64_t whole =
      std::min(kPauseMaxMs, kPauseMinMs << std::min(failures_, kDoublingsMax));
  const auto jitter = static_cast<std::int64_t>(random_.below(
      Key("asio.redial").with(peer_).with(attempts_), static_cast<std::uint64_t>(whole)));
  ++failures_;
  timer_.expires_after(std::chrono::milliseconds(whole / 2 + jitter / 2 + 1));
  timer_.async_wait([self = shared_from_this(), attempt = attempts_](error_code cancelled) {
    if (cancelled || self->state_ != State::kPausing || self->attempts_ != attempt) return;
    self->dial();
  });
}

void PeerLink::dial_now_if_waiting() {
  if (state_ == State::kPausing) dial();
}

void PeerLink::move_to(const Address& address) {
  if (address == address_ || state_ == State::kClosed) return;
  address_ = address;
  failures_ = 0;
  drop_socket();
  dial();
}

void PeerLink::close() {
  state_ = State::kClosed;
  timer_.cancel();
  drop_socket();
}

}  // namespace plumbline::real
