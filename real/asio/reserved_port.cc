#include "real/asio/reserved_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nodes/base/assert.h"

namespace plumbline::real {

// Bound and never listening: with SO_REUSEADDR on both, Linux lets another socket listen there, and
// it keeps the port out of what it hands out to others.
ReservedPort::ReservedPort() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  PLUMB_ASSERT(descriptor_ >= 0, "no socket left");
  const int yes = 1;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  auto* plain = reinterpret_cast<sockaddr*>(&name);
  PLUMB_ASSERT(::bind(descriptor_, plain, size) == 0, "no loopback port left");
  PLUMB_ASSERT(::getsockname(descriptor_, plain, &size) == 0);
  port_ = ntohs(name.sin_port);
}

ReservedPort::~ReservedPort() { ::close(descriptor_); }

}  // namespace plumbline::real
