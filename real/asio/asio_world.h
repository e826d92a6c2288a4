#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "nodes/world/world.h"

namespace plumbline {
namespace fiber {
class StackPool;
}

namespace real {

class EventLoop;

struct AsioWorldOptions {
  NodeId self;
  Incarnation incarnation{1};
  std::uint64_t cluster = 0;  // nodes of different clusters refuse each other
  // Root of the Disk; "" is a world whose Disk answers kUnsupported.
  std::string directory;
  // Where peers reach this node's Transport; port 0 lets the kernel choose. Absent: it only sends.
  std::optional<Address> listen;
  std::map<NodeId, Address> book;  // the peers of its Transport
  // Of messages that wait for one peer; what goes beyond is lost.
  std::size_t queue_bytes_max = 16u << 20;
  std::optional<std::uint64_t> seed;  // of its Random; drawn from the system when absent
  // Shared with other worlds of this thread; its own when absent.
  fiber::StackPool* stacks = nullptr;
  // Called from the loop after the node has halted: the program decides what becomes of the
  // process. When absent, one line goes to standard error and the node stays silent.
  UniqueFunction<void(const std::string& reason)> on_halt;
};

// One node on real sockets, files and clocks. A process may hold several, also on one loop; each is
// single-threaded.
//
// Life cycle: open, then start (or spawn tasks on world() directly), then stop, which ends the node
// at an instant as a kill would: fibers unwind where they wait, connections break, files keep what
// was written. Neither start() nor stop() may be called from inside a fiber or a callback of the
// node; post them to the loop. The loop, the trace and a shared stack pool outlive the world.
class AsioWorld {
 public:
  using Factory = UniqueFunction<std::unique_ptr<Node>(World& world)>;

  // Errors: those of listening and of opening the directory, each naming the address or the
  // directory.
  static Result<std::unique_ptr<AsioWorld>> open(EventLoop& loop, AsioWorldOptions options,
                                                 trace::Sink& trace);
  ~AsioWorld();
  AsioWorld(const AsioWorld&) = delete;
  AsioWorld& operator=(const AsioWorld&) = delete;

  World& world();
  void start(Factory factory);
  // The node that start() made; none before, nor after stop().
  Node* node();
  void stop();
  bool halted() const;

  // Where the Transport listens. REQUIRES: options.listen.
  Address transport_address() const;
  // Adds a peer to the book, or says that it moved.
  void set_peer(NodeId peer, const Address& address);
  // Whether messages to `peer` now have a connection to leave by.
  bool connected(NodeId peer) const;

 private:
  struct Parts;
  explicit AsioWorld(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace real
}  // namespace plumbline
