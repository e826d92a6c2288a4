#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "real/asio/endpoints.h"
#include "real/asio/transport_format.h"

namespace plumbline::real {

class TransportCore;

// A connection on which one peer sends to us. Whatever is not a hello to us followed by whole
// frames closes it.
class Incoming : public std::enable_shared_from_this<Incoming> {
 public:
  // `core` is used only until close().
  Incoming(TransportCore& core, Tcp::socket socket);

  void start();
  void close();

 private:
  void await_hello();
  void greeted(BytesView bytes);
  void read();
  void arrived(std::size_t bytes);
  void end();

  TransportCore& core_;
  Tcp::socket socket_;
  boost::asio::steady_timer limit_;
  std::array<char, kHelloBytes> hello_bytes_{};
  Bytes answer_;
  NodeId from_;
  FrameReader frames_;
  bool closed_ = false;
};

}  // namespace plumbline::real
