#pragma once

#include <map>
#include <memory>
#include <optional>

#include "nodes/trace/trace.h"
#include "nodes/world/streams.h"
#include "nodes/world/transport.h"
#include "real/asio/life.h"

namespace plumbline::real {

class TransportCore;

struct TransportOptions {
  NodeId self;
  Incarnation incarnation;
  std::uint64_t cluster = 0;                // nodes of different clusters refuse each other
  std::optional<Address> listen;            // where peers reach this node; none: it only sends
  std::map<NodeId, Address> book;           // whom to dial, from the start on
  std::size_t queue_bytes_max = 16u << 20;  // per peer; what would go beyond is dropped
  std::uint64_t seed = 0;                   // of the jitter between attempts
};

// Messages between nodes over TCP, one connection for each direction of each pair.
//
// A message is dropped when its peer is not connected: were it kept for the next connection, it
// could reach a later incarnation than the one it was meant for. So every peer in the book is
// dialled from the start and again after each loss, and a peer that dials us is dialled back at
// once.
class AsioTransport : public Transport {
 public:
  // Errors: kExists when the listening port is taken, kInvalid for an address that is not this
  // machine's.
  static Result<std::unique_ptr<AsioTransport>> open(TransportOptions options,
                                                     std::shared_ptr<Life> life,
                                                     trace::Sink& trace);
  ~AsioTransport() override;

  void send(NodeId to, MessageLabel label, Bytes payload) override;
  void set_receiver(Receiver receiver) override;

  // Where it listens, with the port that the kernel chose. REQUIRES: options.listen.
  Address address() const;
  // Adds a peer or moves it to another address.
  void set_peer(NodeId peer, const Address& address);
  bool connected(NodeId peer) const;
  // Breaks all connections and delivers nothing more. Called when the node ends.
  void close();

 private:
  explicit AsioTransport(std::shared_ptr<TransportCore> core);
  std::shared_ptr<TransportCore> core_;
};

}  // namespace plumbline::real
