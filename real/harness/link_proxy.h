#pragma once

#include <cstdint>
#include <memory>

#include "nodes/base/time.h"
#include "real/asio/address.h"

namespace plumbline::real {
class EventLoop;
}

namespace plumbline::harness {

// What a proxy does to the bytes of its direction.
struct LinkState {
  bool blocked = false;  // held, and delivered when it is no longer
  Duration delay_max;    // each piece waits up to this; order is kept
};

// Stands between one node and the address of another: the node dials us, and what it sends goes on
// to `target`, or is held. What comes back on such a connection (the answer to a greeting, never a
// message) is not hindered.
//
// While blocked, connections are accepted and nothing is carried on: like a cable that is cut, not
// like a machine that refuses. A connection that the target breaks is broken here at once, and with
// it go the bytes held for it: they were meant for a process that is gone.
class LinkProxy {
 public:
  // Listens on a loopback port of the kernel's choice. Errors: those of listening.
  static Result<std::unique_ptr<LinkProxy>> open(real::EventLoop& loop, Address target,
                                                 std::uint64_t seed);
  ~LinkProxy();
  LinkProxy(const LinkProxy&) = delete;
  LinkProxy& operator=(const LinkProxy&) = delete;

  Address address() const;
  void set(const LinkState& state);
  void reset_connections();

  struct Counters {
    std::uint64_t connections = 0;  // accepted ever
    std::uint64_t carried = 0;      // bytes handed on to the target
    std::uint64_t held = 0;         // bytes that wait now
  };
  Counters counters() const;

 private:
  class Connection;
  struct Core;
  explicit LinkProxy(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace plumbline::harness
