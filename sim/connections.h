#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <utility>

#include "nodes/base/keyed_random.h"
#include "nodes/fiber/fiber.h"
#include "nodes/world/streams.h"
#include "sim/attempts.h"
#include "sim/engine.h"
#include "sim/net.h"

namespace plumbline::sim {

struct Machine;
class SimListener;

// One end of a connection.
struct ConnectionEnd {
  Owner owner;
  bool attached = false;  // some Stream, or a listener's queue, holds it
  bool broken = false;    // reset, or its node died
  bool finished = false;  // this end wrote its last byte
  bool peer_finished = false;
  Bytes inbox;  // arrived and not yet read, from `read_position` on
  std::size_t read_position = 0;
  std::uint64_t sent = 0;  // bytes since the beginning: the place that names a chunk's decisions
  std::uint64_t outstanding = 0;  // sent, and not known to have been read
  std::uint64_t freed = 0;        // read, and not yet told to the other end
  TrueTime last_arrival;          // of what this end sent: a later packet never arrives earlier
  fiber::Waker reader;
  std::deque<fiber::Waker> writers;
};

struct Connection {
  enum class State { kConnecting, kOpen, kRefused };

  explicit Connection(Key name) : identity(name) {}

  std::uint64_t number = 0;
  Key identity;  // client, its incarnation, server, port, attempt
  State state = State::kConnecting;
  std::array<ConnectionEnd, 2> ends;  // client, server
  std::uint64_t control_packets = 0;
};

// All listeners and connections of the simulated world. Bytes travel in chunks cut at keyed places,
// each after a keyed delay, in order; a window bounds what is under way; blocked links stall them.
// Both ends are told of a break, the far one by a packet.
class Connections {
 public:
  Connections(Engine& engine, Net& net, const std::vector<std::unique_ptr<Machine>>& machines)
      : engine_(engine), net_(net), machines_(machines) {}

  Result<std::unique_ptr<Listener>> listen(Machine& machine, const Address& address);
  Result<std::unique_ptr<Stream>> connect(Yield& yield, Machine& machine, const Address& address);

  // The node's incarnation ends: peers learn of it by a packet, or after a silence when the power
  // went.
  void node_died(const Machine& machine, bool silently);
  void reset_all_of(const Machine& machine);

  // -- For SimStream and SimListener.
  Result<std::size_t> read(Yield& yield, Connection& connection, int side, std::span<char> into);
  Status write(Yield& yield, const std::shared_ptr<Connection>& connection, int side,
               BytesView bytes);
  void finish_writing(const std::shared_ptr<Connection>& connection, int side);
  void reset(const std::shared_ptr<Connection>& connection, int side);
  // The Stream is destroyed.
  void detach(const std::shared_ptr<Connection>& connection, int side);
  void close(SimListener& listener);

 private:
  using Shared = std::shared_ptr<Connection>;

  Machine* find(std::string_view name) const;
  void syn_arrived(const Shared& connection, std::uint32_t server, std::uint16_t port);
  void send_chunk(const Shared& connection, int side, BytesView bytes);
  void chunk_arrived(Connection& connection, int side, BytesView bytes);
  void tell_freed(const Shared& connection, int side);
  // A packet without a place in the stream of bytes, from `side` to the other.
  void send_control(const Shared& connection, int side, Duration silence,
                    UniqueFunction<void()> arrive);
  TrueTime arrival(Connection& connection, int side, const Key& key);
  Key packet_key(const Connection& connection, int side, std::uint64_t place) const;
  Key control_key(Connection& connection, int side) const;
  std::size_t cut(const Key& key, std::size_t available);
  void break_end(Connection& connection, int side);
  void break_both(const Shared& connection);
  void wake_all(ConnectionEnd& end);
  bool alive(const Owner& owner) const;
  void forget_if_over(Connection& connection);

  Engine& engine_;
  Net& net_;
  const std::vector<std::unique_ptr<Machine>>& machines_;
  std::map<std::pair<std::uint32_t, std::uint16_t>, SimListener*> listeners_;
  std::map<std::uint64_t, Shared> open_;  // by number, the order of connecting
  std::uint64_t next_number_ = 1;
  Attempts attempts_;
};

}  // namespace plumbline::sim
