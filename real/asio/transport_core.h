#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "real/asio/endpoints.h"
#include "real/asio/incoming.h"
#include "real/asio/peer_link.h"
#include "real/asio/transport.h"

namespace plumbline::real {

// The transport's parts, shared with the handlers of its acceptor.
class TransportCore : public std::enable_shared_from_this<TransportCore> {
 public:
  TransportCore(TransportOptions options, std::shared_ptr<Life> life, trace::Sink& trace)
      : options_(std::move(options)), life_(std::move(life)), trace_(trace) {}

  Status listen();
  void start();
  void send(NodeId to, BytesView payload);
  void set_receiver(Transport::Receiver receiver) { receiver_ = std::move(receiver); }
  void set_peer(NodeId peer, const Address& address);
  bool connected(NodeId peer) const;
  Address address() const;
  void close();

  // For incoming connections.
  const TransportOptions& options() const { return options_; }
  trace::Sink& trace() { return trace_; }
  Life& life() { return *life_; }
  bool closed() const { return closed_; }
  void deliver(NodeId from, BytesView payload);
  void heard_of(NodeId peer);
  void forget(const std::shared_ptr<Incoming>& connection) { incoming_.erase(connection); }

 private:
  void accept_next();

  const TransportOptions options_;
  std::shared_ptr<Life> life_;
  trace::Sink& trace_;
  Transport::Receiver receiver_;
  std::optional<Tcp::acceptor> acceptor_;
  std::map<NodeId, std::shared_ptr<PeerLink>> links_;
  std::set<std::shared_ptr<Incoming>> incoming_;
  bool closed_ = false;
};

}  // namespace plumbline::real
