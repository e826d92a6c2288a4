#pragma once

#include <memory>
#include <vector>

#include "network/model/link.h"
#include "nodes/world/transport.h"
#include "sim/attempts.h"
#include "sim/engine.h"

namespace plumbline::sim {

struct Machine;

// The wires between machines: what is sent over them, and what becomes of it. Messages are
// addressed to the incarnation that the receiver has when they are sent.
class Net {
 public:
  Net(Engine& engine, const std::vector<std::unique_ptr<Machine>>& machines)
      : engine_(engine), machines_(machines) {}

  // Called for each message that a node sends, before its fate is decided.
  using OnMessage = UniqueFunction<void(NodeId from, std::string_view kind, BytesView payload)>;
  void set_on_message(OnMessage call) { on_message_ = std::move(call); }

  void add_machine(NodeId id);
  // nullptr when there is no such node.
  Machine* find(NodeId id) const;
  void send(Machine& from, NodeId to, MessageLabel label, Bytes payload);

  // What a stream sends: it is never lost, stalls while the link is blocked or clogged, and arrives
  // after `delay` otherwise.
  void send_packet(std::uint32_t from, std::uint32_t to, Owner owner, TrueTime arrival,
                   UniqueFunction<void()> arrive);
  // A packet's delay under the link as it is now. Loss costs a retransmission, not the packet.
  Duration packet_delay(std::uint32_t from, std::uint32_t to, const Key& key);
  bool stalled(std::uint32_t from, std::uint32_t to) const;

  void set_state(std::uint32_t from, std::uint32_t to, const network::LinkState& state);
  const network::LinkState& state(std::uint32_t from, std::uint32_t to) const;
  void set_settings(std::uint32_t from, std::uint32_t to, const network::LinkSettings& settings);

 private:
  static constexpr std::uint32_t kAbsent = UINT32_MAX;
  struct Message {
    NodeId from;
    const char* kind = "";
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint32_t to = 0;  // index
    std::uint32_t copies = 0;
    Bytes payload;
  };
  // One copy of a message on its way. Dropped without delivery when the incarnation it was meant
  // for has ended.
  class Copy;
  // What a clog or a block holds back.
  struct Held {
    Duration delay;  // of its own, counted from the release
    bool packet;     // of a stream: must not overtake the packet before it
    Owner owner;
    UniqueFunction<void()> arrive;
  };
  struct Link {
    network::LinkState state;
    network::LinkSettings settings;
    std::vector<Held> held;
    TrueTime packet_floor;  // packets released together arrive by then; none sent later may
                            // overtake them
  };

  Link& link(std::uint32_t from, std::uint32_t to);
  const Link& link(std::uint32_t from, std::uint32_t to) const;
  void release(Link& link);
  void drop(const Machine& from, NodeId to, const MessageLabel& label, const trace::Kind& why);
  std::uint32_t store(const Machine& from, std::uint32_t to, const MessageLabel& label,
                      Bytes payload, std::uint32_t copies);
  void deliver(std::uint32_t message);
  void let_go(std::uint32_t message, bool delivered);

  Engine& engine_;
  const std::vector<std::unique_ptr<Machine>>& machines_;
  // Before the links: what a clog still holds back when the world ends lets go of its message here.
  std::vector<Message> messages_;
  std::vector<std::uint32_t> free_;
  std::vector<std::vector<Link>> links_;  // by the indices of sender and receiver
  std::vector<std::uint32_t> index_of_;   // by id; kAbsent where there is no node
  Attempts attempts_;
  OnMessage on_message_;
};

}  // namespace plumbline::sim
