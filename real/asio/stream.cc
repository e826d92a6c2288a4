#include "real/asio/stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "nodes/base/assert.h"
#include "real/asio/posix_error.h"

namespace plumbline::real {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// So many calls in a row may find the socket ready before the fiber lets the rest of the node run.
constexpr int kTurnsWithoutWaitMax = 32;

bool would_block(const error_code& failed) {
  return failed == asio::error::would_block || failed == asio::error::try_again;
}

}  // namespace

AsioStream::~AsioStream() {
  if (!broken_ && !(finished_writing_ && peer_finished())) reset();
}

Error AsioStream::broken(const char* call, const error_code& why) {
  broken_ = true;
  Error error = stream_error(call, why.value());
  error.code = Errc::kReset;
  return error;
}

void AsioStream::wait(Yield& yield, Tcp::socket::wait_type what) {
  turns_without_wait_ = 0;
  socket_.async_wait(what, [life = life_, waker = yield.waker()](error_code) { waker.wake(); });
  yield.suspend();
}

void AsioStream::give_others_a_turn(Yield& yield) {
  if (++turns_without_wait_ < kTurnsWithoutWaitMax) return;
  turns_without_wait_ = 0;
  asio::post(life_->loop(), [life = life_, waker = yield.waker()] { waker.wake(); });
  yield.suspend();
}

Result<std::size_t> AsioStream::read(Yield& yield, std::span<char> into) {
  PLUMB_ASSERT(!into.empty());
  give_others_a_turn(yield);
  for (;;) {
    if (!life_->alive()) return Errc::kCrashed;
    if (broken_) return Error{Errc::kReset, "read"};
    error_code failed;
    const std::size_t got = socket_.read_some(asio::buffer(into.data(), into.size()), failed);
    if (!failed) return got;
    if (failed == asio::error::eof) return std::size_t{0};
    if (!would_block(failed)) return broken("read", failed);
    wait(yield, Tcp::socket::wait_read);
  }
}

Status AsioStream::write(Yield& yield, BytesView bytes) {
  PLUMB_ASSERT(!finished_writing_, "write after finish_writing");
  give_others_a_turn(yield);
  while (!bytes.empty()) {
    if (!life_->alive()) return Errc::kCrashed;
    if (broken_) return Error{Errc::kReset, "write"};
    error_code failed;
    bytes.remove_prefix(socket_.write_some(asio::buffer(bytes.data(), bytes.size()), failed));
    if (failed && !would_block(failed)) return broken("write", failed);
    if (failed) wait(yield, Tcp::socket::wait_write);
  }
  return {};
}

void AsioStream::finish_writing() {
  if (broken_ || finished_writing_ || !life_->alive()) return;
  finished_writing_ = true;
  error_code ignored;  // a connection broken meanwhile says so at the next call
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
}

// Closing with a linger time of zero sends a reset instead of what the kernel still holds.
void AsioStream::reset() {
  broken_ = true;
  error_code ignored;
  socket_.set_option(Tcp::socket::linger(true, 0), ignored);
  socket_.close(ignored);
}

bool AsioStream::peer_finished() {
  char next;
  error_code failed;
  socket_.receive(asio::buffer(&next, 1), asio::socket_base::message_peek, failed);
  return failed == asio::error::eof;
}

}  // namespace plumbline::real
