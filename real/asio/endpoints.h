#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <vector>

#include "nodes/base/unique_function.h"
#include "nodes/world/streams.h"
#include "real/asio/life.h"

namespace plumbline::real {

using Tcp = boost::asio::ip::tcp;

// Addresses as the kernel knows them. A numeric host is never looked up.
Result<std::vector<Tcp::endpoint>> resolve_now(boost::asio::io_context& loop,
                                               const Address& address);
// Calls `done` later from the loop, also for a numeric host.
void resolve_later(boost::asio::io_context& loop, const Address& address,
                   UniqueFunction<void(Result<std::vector<Tcp::endpoint>>)> done);

// Bound and listening, non-blocking. Errors: kExists with the address when the port is taken;
// kInvalid.
Result<Tcp::acceptor> listen_at(boost::asio::io_context& loop, const Address& address);
Address address_of(const Tcp::endpoint& endpoint);
// Whether the kernel joined the socket to itself, which happens when a port of its ephemeral range
// is dialled while nobody listens there: it must pass for "refused".
bool self_connected(const Tcp::socket& socket);
// No Nagle, never blocking, not inherited by programs that this process starts.
void prepare(Tcp::socket& socket);

}  // namespace plumbline::real
