#include "sim/connections.h"

#include <algorithm>
#include <cstring>

#include "nodes/base/hash.h"
#include "sim/runtime.h"
#include "sim/stream_port.h"

namespace plumbline::sim {
namespace {

constexpr trace::Kind kConnect{"stream.connect", "connects to {a:name} port {b}, connection {c}"};
constexpr trace::Kind kAccepted{"stream.accepted", "connection {a} is accepted"};
constexpr trace::Kind kRefused{"stream.refused", "connection {a} is refused"};
constexpr trace::Kind kChunk{"stream.chunk",
                             "connection {a}: {c} bytes arrive, content {d:x}, side {b}"};
constexpr trace::Kind kFinished{"stream.finished", "connection {a}: side {b} has finished writing"};
constexpr trace::Kind kReset{"stream.reset", "connection {a} breaks at side {b}"};

constexpr std::size_t kChunkBytesMax = 16 * 1024;
// One chunk in this many is cut at any byte, so that readers meet frames in pieces; the others are
// as large as can be.
constexpr std::uint64_t kCutOneIn = 8;
// Read bytes are reported in lumps of a quarter of a window at most, as TCP does.
constexpr std::uint64_t kFreedShare = 4;

int other(int side) { return 1 - side; }

}  // namespace

Machine* Connections::find(std::string_view name) const {
  for (const auto& machine : machines_) {
    if (machine->name == name) return machine.get();
  }
  return nullptr;
}

bool Connections::alive(const Owner& owner) const {
  const Machine& machine = *machines_[owner.machine];
  return machine.up() && machine.incarnation.value == owner.incarnation &&
         !machine.runtime->ending();
}

Result<std::unique_ptr<Listener>> Connections::listen(Machine& machine, const Address& address) {
  if (address.host != machine.name) {
    return Error{Errc::kInvalid, address.host + " is not an address of " + machine.name};
  }
  const auto [place, fresh] = listeners_.try_emplace({machine.index, address.port}, nullptr);
  if (!fresh) return Error{Errc::kExists, machine.name + ":" + std::to_string(address.port)};
  auto listener = std::make_unique<SimListener>(*this, machine.owner(), address.port);
  place->second = listener.get();
  return std::unique_ptr<Listener>(std::move(listener));
}

void Connections::close(SimListener& listener) {
  const auto found = listeners_.find({listener.owner().machine, listener.port()});
  if (found != listeners_.end() && found->second == &listener) listeners_.erase(found);
}

Result<std::unique_ptr<Stream>> Connections::connect(Yield& yield, Machine& machine,
                                                     const Address& address) {
  Machine* const server = find(address.host);
  if (server == nullptr) return Error{Errc::kRefused, "no node is called " + address.host};
  const Key nameless =
      Key("stream").with(machine.id).with(machine.incarnation).with(server->id).with(address.port);
  const auto connection =
      std::make_shared<Connection>(nameless.with(attempts_.next(nameless.hash())));
  connection->number = next_number_++;
  connection->ends[0].owner = machine.owner();
  connection->ends[1].owner = server->owner();
  open_.emplace(connection->number, connection);
  auto stream = std::make_unique<SimStream>(*this, connection, 0);
  engine_.tell(machine.id, machine.incarnation, kConnect, engine_.trace.name(server->name),
               address.port, connection->number);
  // Nobody's event, for whoever answers is known only when it arrives: a listener, or the machine
  // that has none.
  net_.send_packet(machine.index, server->index, Owner{},
                   arrival(*connection, 0, control_key(*connection, 0)),
                   [this, connection, index = server->index, port = address.port] {
                     syn_arrived(connection, index, port);
                   });
  ConnectionEnd& end = connection->ends[0];
  while (connection->state == Connection::State::kConnecting && !end.broken) {
    end.reader = yield.waker();
    yield.suspend();
  }
  if (connection->state == Connection::State::kRefused) return Error{Errc::kRefused, address.host};
  if (end.broken) return Errc::kReset;
  return std::unique_ptr<Stream>(std::move(stream));
}

void Connections::syn_arrived(const Shared& connection, std::uint32_t server, std::uint16_t port) {
  const Machine& machine = *machines_[server];
  const auto found = listeners_.find({server, port});
  // The client may have given up meanwhile.
  if (!connection->ends[0].attached) return;
  connection->ends[1].owner = machine.owner();
  const bool accepted = found != listeners_.end() && machine.up() && !machine.runtime->ending();
  engine_.tell(machine.id, machine.incarnation, accepted ? kAccepted : kRefused,
               connection->number);
  if (accepted) {
    found->second->push(std::make_unique<SimStream>(*this, connection, 1));
  } else {
    connection->ends[1].broken = true;
  }
  const auto answer = accepted ? Connection::State::kOpen : Connection::State::kRefused;
  send_control(connection, 1, {}, [this, connection, answer] {
    connection->state = answer;
    if (answer == Connection::State::kRefused) connection->ends[0].broken = true;
    wake_all(connection->ends[0]);
  });
}

Key Connections::packet_key(const Connection& connection, int side, std::uint64_t place) const {
  return connection.identity.with(static_cast<std::uint64_t>(side)).with(place);
}

// Control packets are named by numbers that no byte of the stream has.
Key Connections::control_key(Connection& connection, int side) const {
  return packet_key(connection, side, UINT64_MAX - connection.control_packets++);
}

TrueTime Connections::arrival(Connection& connection, int side, const Key& key) {
  ConnectionEnd& from = connection.ends[side];
  const Duration delay =
      net_.packet_delay(from.owner.machine, connection.ends[other(side)].owner.machine, key);
  from.last_arrival = std::max(from.last_arrival, engine_.now + delay);
  return from.last_arrival;
}

void Connections::send_control(const Shared& connection, int side, Duration silence,
                               UniqueFunction<void()> arrive) {
  const ConnectionEnd& to = connection->ends[other(side)];
  const TrueTime when = arrival(*connection, side, control_key(*connection, side)) + silence;
  net_.send_packet(connection->ends[side].owner.machine, to.owner.machine, to.owner, when,
                   std::move(arrive));
}

Result<std::size_t> Connections::read(Yield& yield, Connection& connection, int side,
                                      std::span<char> into) {
  ConnectionEnd& end = connection.ends[side];
  if (!alive(end.owner)) return Errc::kCrashed;
  while (!end.broken && end.inbox.empty() && !end.peer_finished) {
    end.reader = yield.waker();
    yield.suspend();
  }
  if (end.broken) return Errc::kReset;
  const std::size_t count = std::min(into.size(), end.inbox.size() - end.read_position);
  std::memcpy(into.data(), end.inbox.data() + end.read_position, count);
  end.read_position += count;
  if (end.read_position == end.inbox.size()) {
    end.inbox.clear();
    end.read_position = 0;
  }
  end.freed += count;
  if (end.freed * kFreedShare >= engine_.options.stream_window_bytes) {
    tell_freed(open_.at(connection.number), side);
  }
  return count;
}

void Connections::tell_freed(const Shared& connection, int side) {
  const std::uint64_t freed = std::exchange(connection->ends[side].freed, 0);
  send_control(connection, side, {}, [connection, side, freed] {
    ConnectionEnd& writer = connection->ends[other(side)];
    writer.outstanding -= freed;
    while (!writer.writers.empty()) {
      writer.writers.front().wake();
      writer.writers.pop_front();
    }
  });
}

Status Connections::write(Yield& yield, const Shared& connection, int side, BytesView bytes) {
  ConnectionEnd& end = connection->ends[side];
  PLUMB_ASSERT(!end.finished, "written after finish_writing()");
  if (!alive(end.owner)) return Errc::kCrashed;
  const std::uint64_t window = engine_.options.stream_window_bytes;
  while (!bytes.empty() && !end.broken) {
    if (end.outstanding >= window) {
      end.writers.push_back(yield.waker());
      yield.suspend();
      continue;
    }
    const std::size_t room =
        std::min<std::uint64_t>({bytes.size(), window - end.outstanding, kChunkBytesMax});
    const std::size_t count = cut(packet_key(*connection, side, end.sent), room);
    send_chunk(connection, side, bytes.substr(0, count));
    bytes.remove_prefix(count);
  }
  if (end.broken) return Errc::kReset;
  return {};
}

std::size_t Connections::cut(const Key& key, std::size_t available) {
  if (available < 2) return available;
  if (engine_.random.below(key.of("stream.cut"), kCutOneIn) != 0) return available;
  return engine_.random.between(key.of("stream.cut_at"), 1, available - 1);
}

void Connections::send_chunk(const Shared& connection, int side, BytesView bytes) {
  ConnectionEnd& end = connection->ends[side];
  const ConnectionEnd& peer = connection->ends[other(side)];
  const Key key = packet_key(*connection, side, end.sent);
  const std::uint32_t from = end.owner.machine;
  const std::uint32_t reset_ppm = net_.state(from, peer.owner.machine).reset_ppm;
  end.sent += bytes.size();
  end.outstanding += bytes.size();
  const bool breaks = engine_.random.chance(key.of("stream.reset"), reset_ppm);
  if (breaks)
    bytes = bytes.substr(0, engine_.random.below(key.of("stream.reset_at"), bytes.size() + 1));
  net_.send_packet(from, peer.owner.machine, peer.owner, arrival(*connection, side, key),
                   [this, connection, side, blob = Blob(bytes)] {
                     chunk_arrived(*connection, other(side), blob.view());
                   });
  if (breaks) reset(connection, side);
}

void Connections::chunk_arrived(Connection& connection, int side, BytesView bytes) {
  ConnectionEnd& end = connection.ends[side];
  if (end.broken) return;
  const Machine& machine = *machines_[end.owner.machine];
  engine_.tell(machine.id, machine.incarnation, kChunk, connection.number,
               static_cast<std::uint64_t>(side), bytes.size(), hash_bytes(bytes));
  end.inbox.append(bytes);
  end.reader.wake();
}

void Connections::finish_writing(const Shared& connection, int side) {
  ConnectionEnd& end = connection->ends[side];
  if (end.finished || end.broken || !alive(end.owner)) return;
  end.finished = true;
  send_control(connection, side, {}, [this, connection, side] {
    ConnectionEnd& peer = connection->ends[other(side)];
    if (peer.broken) return;
    const Machine& machine = *machines_[peer.owner.machine];
    engine_.tell(machine.id, machine.incarnation, kFinished, connection->number,
                 static_cast<std::uint64_t>(side));
    peer.peer_finished = true;
    wake_all(peer);
  });
}

void Connections::reset(const Shared& connection, int side) {
  ConnectionEnd& end = connection->ends[side];
  if (end.broken || !alive(end.owner)) return;
  break_end(*connection, side);
  send_control(connection, side, {},
               [this, connection, side] { break_end(*connection, other(side)); });
}

void Connections::break_end(Connection& connection, int side) {
  ConnectionEnd& end = connection.ends[side];
  if (end.broken) return;
  const Machine& machine = *machines_[end.owner.machine];
  engine_.tell(machine.id, machine.incarnation, kReset, connection.number,
               static_cast<std::uint64_t>(side));
  end.broken = true;
  end.inbox.clear();
  end.read_position = 0;
  if (alive(end.owner)) wake_all(end);
}

void Connections::break_both(const Shared& connection) {
  break_end(*connection, 0);
  break_end(*connection, 1);
}

void Connections::wake_all(ConnectionEnd& end) {
  end.reader.wake();
  const std::deque<fiber::Waker> writers = std::move(end.writers);
  end.writers.clear();
  for (const fiber::Waker& writer : writers) writer.wake();
}

void Connections::detach(const Shared& connection, int side) {
  ConnectionEnd& end = connection->ends[side];
  const bool quiet = end.finished && end.peer_finished;
  if (!quiet) reset(connection, side);
  end.attached = false;
  end.broken = true;
  forget_if_over(*connection);
}

void Connections::forget_if_over(Connection& connection) {
  if (!connection.ends[0].attached && !connection.ends[1].attached) open_.erase(connection.number);
}

void Connections::node_died(const Machine& machine, bool silently) {
  const Duration silence = silently ? engine_.options.dead_peer_timeout : Duration{};
  const std::map<std::uint64_t, Shared> all = open_;
  for (const auto& [number, connection] : all) {
    for (const int side : {0, 1}) {
      ConnectionEnd& end = connection->ends[side];
      if (end.owner.machine != machine.index || end.broken) continue;
      end.broken = true;
      // Both ends may be on the machine that died.
      if (!alive(connection->ends[other(side)].owner)) continue;
      send_control(connection, side, silence,
                   [this, connection = connection, side] { break_end(*connection, other(side)); });
    }
  }
}

void Connections::reset_all_of(const Machine& machine) {
  const std::map<std::uint64_t, Shared> all = open_;
  for (const auto& [number, connection] : all) {
    if (connection->ends[0].owner.machine == machine.index ||
        connection->ends[1].owner.machine == machine.index) {
      break_both(connection);
    }
  }
}

}  // namespace plumbline::sim
