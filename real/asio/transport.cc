#include "real/asio/transport.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "nodes/base/assert.h"
#include "real/asio/transport_core.h"

namespace plumbline::real {

using boost::system::error_code;

namespace {

// Connections that come when the process is out of descriptors wait this long in the kernel's
// queue.
constexpr auto kAcceptPause = std::chrono::milliseconds(50);

}  // namespace

Status TransportCore::listen() {
  if (!options_.listen) return {};
  auto acceptor = listen_at(life_->loop(), *options_.listen);
  if (!acceptor) return acceptor.error();
  acceptor_.emplace(std::move(*acceptor));
  return {};
}

void TransportCore::start() {
  for (const auto& [peer, address] : options_.book) set_peer(peer, address);
  if (acceptor_) accept_next();
}

void TransportCore::accept_next() {
  acceptor_->async_accept([core = shared_from_this()](error_code failed, Tcp::socket socket) {
    if (core->closed_) return;
    if (!failed) {
      const auto connection = std::make_shared<Incoming>(*core, std::move(socket));
      core->incoming_.insert(connection);
      connection->start();
      return core->accept_next();
    }
    auto pause = std::make_unique<boost::asio::steady_timer>(core->life_->loop(), kAcceptPause);
    auto& started = *pause;
    started.async_wait([core, pause = std::move(pause)](error_code) {
      if (!core->closed_) core->accept_next();
    });
  });
}

void TransportCore::send(NodeId to, BytesView payload) {
  if (closed_ || !life_->alive()) return;
  const auto found = links_.find(to);
  if (found != links_.end()) found->second->send(payload);
}

void TransportCore::deliver(NodeId from, BytesView payload) {
  if (!closed_ && life_->alive() && receiver_) receiver_(from, payload);
}

void TransportCore::heard_of(NodeId peer) {
  const auto found = links_.find(peer);
  if (found != links_.end()) found->second->dial_now_if_waiting();
}

void TransportCore::set_peer(NodeId peer, const Address& address) {
  if (closed_ || peer == options_.self) return;
  auto& link = links_[peer];
  if (link != nullptr) return link->move_to(address);
  link = std::make_shared<PeerLink>(options_, life_, trace_, peer, address);
  link->dial();
}

bool TransportCore::connected(NodeId peer) const {
  const auto found = links_.find(peer);
  return found != links_.end() && found->second->connected();
}

Address TransportCore::address() const {
  PLUMB_ASSERT(acceptor_.has_value());
  error_code ignored;
  return address_of(acceptor_->local_endpoint(ignored));
}

void TransportCore::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  if (acceptor_) acceptor_->close(ignored);
  for (const auto& [peer, link] : links_) link->close();
  for (const auto& connection : incoming_) connection->close();
  links_.clear();
  incoming_.clear();
  receiver_ = {};
}

AsioTransport::AsioTransport(std::shared_ptr<TransportCore> core) : core_(std::move(core)) {}

AsioTransport::~AsioTransport() { core_->close(); }

Result<std::unique_ptr<AsioTransport>> AsioTransport::open(TransportOptions options,
                                                           std::shared_ptr<Life> life,
                                                           trace::Sink& trace) {
  auto core = std::make_shared<TransportCore>(std::move(options), std::move(life), trace);
  if (Status listening = core->listen(); !listening) return listening.error();
  core->start();
  return std::unique_ptr<AsioTransport>(new AsioTransport(std::move(core)));
}

// A message to oneself takes the loop, not the wire.
void AsioTransport::send(NodeId to, MessageLabel, Bytes payload) {
  if (to != core_->options().self) return core_->send(to, payload);
  boost::asio::post(core_->life().loop(), [core = core_, to, payload = std::move(payload)] {
    core->deliver(to, payload);
  });
}

void AsioTransport::set_receiver(Receiver receiver) { core_->set_receiver(std::move(receiver)); }
Address AsioTransport::address() const { return core_->address(); }
void AsioTransport::set_peer(NodeId peer, const Address& address) {
  core_->set_peer(peer, address);
}
bool AsioTransport::connected(NodeId peer) const { return core_->connected(peer); }
void AsioTransport::close() { core_->close(); }

}  // namespace plumbline::real
