#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "nodes/trace/trace.h"
#include "real/asio/endpoints.h"
#include "real/asio/random.h"
#include "real/asio/transport.h"
#include "real/asio/transport_format.h"

namespace plumbline::real {

// Our connection to one peer: dials, greets, sends, and dials again when it is lost, after a pause
// that grows with each failure in a row. Every handler holds the socket that it was started with;
// one of an earlier attempt is ignored.
class PeerLink : public std::enable_shared_from_this<PeerLink> {
 public:
  // `options` and `trace` are used only until close().
  PeerLink(const TransportOptions& options, std::shared_ptr<Life> life, trace::Sink& trace,
           NodeId peer, Address address);

  void dial();
  // The peer was just heard of: no use in waiting out the pause.
  void dial_now_if_waiting();
  void move_to(const Address& address);
  void send(BytesView payload);
  bool connected() const { return state_ == State::kConnected; }
  void close();

 private:
  enum class State { kPausing, kDialling, kConnected, kClosed };
  using Socket = std::shared_ptr<Tcp::socket>;

  bool current(const Socket& socket) const { return socket == socket_; }
  void connect(const Socket& socket, std::vector<Tcp::endpoint> endpoints);
  void greet(const Socket& socket);
  void await_answer(const Socket& socket);
  void answered(const Socket& socket, BytesView bytes);
  void watch_for_end(const Socket& socket);
  void flush();
  void lost();
  void pause();
  void drop_socket();

  const TransportOptions& options_;
  std::shared_ptr<Life> life_;
  trace::Sink& trace_;
  AsioRandom random_;
  const NodeId peer_;
  Address address_;
  State state_ = State::kPausing;
  Socket socket_;
  boost::asio::steady_timer timer_;  // ends a pause, or an attempt that takes too long
  std::uint64_t attempts_ = 0;       // ever, for the jitter
  int failures_ = 0;                 // in a row, for the pause
  Bytes queue_;
  bool writing_ = false;
  bool flush_posted_ = false;
};

}  // namespace plumbline::real
