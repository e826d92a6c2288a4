#include "real/asio/endpoints.h"

#include <fcntl.h>

#include <boost/asio/post.hpp>
#include <charconv>
#include <optional>

#include "real/asio/address.h"
#include "real/asio/posix_error.h"

namespace plumbline::real {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

std::optional<Tcp::endpoint> numeric(const Address& address) {
  error_code failed;
  const auto ip = asio::ip::make_address(address.host, failed);
  if (failed) return std::nullopt;
  return Tcp::endpoint(ip, address.port);
}

// Asio leaves this to us. A child that held a listener would keep its port taken after we are gone.
void keep_from_children(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

Error unknown_host(const Address& address, const error_code& failed) {
  return {Errc::kRefused, text_of(address) + ": " + failed.message()};
}

std::vector<Tcp::endpoint> endpoints_of(const Tcp::resolver::results_type& found) {
  std::vector<Tcp::endpoint> endpoints;
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  return endpoints;
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  const Error bad{Errc::kInvalid, "address \"" + std::string(text) + "\" is not host:port"};
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return bad;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != host.npos) {
    return bad;
  }
  Address address{std::string(host), 0};
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (host.empty() || parsed.ec != std::errc() || parsed.ptr != port.data() + port.size()) {
    return bad;
  }
  return address;
}

std::string text_of(const Address& address) {
  const bool v6 = address.host.find(':') != address.host.npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<std::vector<Tcp::endpoint>> resolve_now(asio::io_context& loop, const Address& address) {
  if (const auto known = numeric(address)) return std::vector{*known};
  error_code failed;
  Tcp::resolver resolver(loop);
  const auto found = resolver.resolve(address.host, std::to_string(address.port), failed);
  if (failed) return unknown_host(address, failed);
  return endpoints_of(found);
}

void resolve_later(asio::io_context& loop, const Address& address,
                   UniqueFunction<void(Result<std::vector<Tcp::endpoint>>)> done) {
  if (const auto known = numeric(address)) {
    asio::post(loop, [known, done = std::move(done)]() mutable { done(std::vector{*known}); });
    return;
  }
  auto resolver = std::make_unique<Tcp::resolver>(loop);
  Tcp::resolver& started = *resolver;
  started.async_resolve(address.host, std::to_string(address.port),
                        [resolver = std::move(resolver), done = std::move(done), address](
                            error_code failed, Tcp::resolver::results_type found) mutable {
                          if (failed) return done(unknown_host(address, failed));
                          done(endpoints_of(found));
                        });
}

Result<Tcp::acceptor> listen_at(asio::io_context& loop, const Address& address) {
  const auto endpoints = resolve_now(loop, address);
  if (!endpoints) return Error{Errc::kInvalid, "listen on " + endpoints.error().detail};
  const Tcp::endpoint& endpoint = endpoints->front();
  Tcp::acceptor acceptor(loop);
  error_code failed;
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) keep_from_children(acceptor.native_handle());
  // A restarted process takes over the port although connections of its predecessor linger.
  if (!failed) acceptor.set_option(Tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed) acceptor.non_blocking(true, failed);
  if (failed) return stream_error("listen on " + text_of(address), failed.value());
  return acceptor;
}

Address address_of(const Tcp::endpoint& endpoint) {
  return {endpoint.address().to_string(), endpoint.port()};
}

bool self_connected(const Tcp::socket& socket) {
  error_code failed;
  const auto here = socket.local_endpoint(failed);
  if (failed) return false;
  const auto there = socket.remote_endpoint(failed);
  return !failed && here == there;
}

// Failures are of a socket that is broken already: its next use tells.
void prepare(Tcp::socket& socket) {
  error_code ignored;
  keep_from_children(socket.native_handle());
  socket.set_option(Tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
}

}  // namespace plumbline::real
