#pragma once

#include <memory>

#include "nodes/world/streams.h"
#include "real/asio/endpoints.h"
#include "real/asio/life.h"

namespace plumbline::real {

// One end of a TCP connection. It never hands a buffer to the loop: each call tries at once, and
// when the kernel has nothing (or no room) the fiber waits for readiness. So a fiber may be unwound
// at any wait, and no buffer of its stack is left behind in an operation.
class AsioStream : public Stream {
 public:
  // REQUIRES: `socket` is connected and went through prepare().
  AsioStream(std::shared_ptr<Life> life, Tcp::socket socket)
      : life_(std::move(life)), socket_(std::move(socket)) {}
  ~AsioStream() override;

  Result<std::size_t> read(Yield& yield, std::span<char> into) override;
  Status write(Yield& yield, BytesView bytes) override;
  void finish_writing() override;
  void reset() override;

 private:
  Error broken(const char* call, const boost::system::error_code& why);
  void wait(Yield& yield, Tcp::socket::wait_type what);
  void give_others_a_turn(Yield& yield);
  bool peer_finished();

  std::shared_ptr<Life> life_;
  Tcp::socket socket_;
  bool broken_ = false;  // stays so: the kernel reports a reset only once
  bool finished_writing_ = false;
  int turns_without_wait_ = 0;
};

}  // namespace plumbline::real
