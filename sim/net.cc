#include "sim/net.h"

#include <algorithm>
#include <utility>

#include "nodes/base/hash.h"
#include "sim/machine.h"
#include "sim/runtime.h"
#include "sim/simulated_code.h"

namespace plumbline::sim {
namespace {

constexpr trace::Kind kSend{"net.send", "sends {b:name} to n{a} ({c}, {d})"};
constexpr trace::Kind kDeliver{"net.deliver",
                               "receives {b:name} from n{a}, {d} bytes, content {c:x}"};
constexpr trace::Kind kLost{"net.lost", "{b:name} to n{a} is lost ({c}, {d})"};
constexpr trace::Kind kBlocked{"net.blocked", "{b:name} to n{a} meets a blocked link ({c}, {d})"};
constexpr trace::Kind kNobody{"net.nobody",
                              "{b:name} to n{a}, which is down, is dropped ({c}, {d})"};
constexpr trace::Kind kStale{"net.stale",
                             "{b:name} from n{a} was for an earlier incarnation ({c}, {d})"};
constexpr trace::Kind kUnheard{"net.unheard", "{b:name} from n{a} finds no receiver ({c}, {d})"};
constexpr trace::Kind kLink{
    "link.set", "link n{a} to n{b}: flags {c:x} (1 blocked, 2 clogged), extra delay {d:ms}"};
constexpr trace::Kind kLinkChances{"link.chances",
                                   "link n{a} to n{b}: loss {c} ppm, duplicates and resets {d:x}"};

// What a lost segment of a stream costs: the usual smallest retransmission time-out of TCP.
constexpr Duration kRetransmission = milliseconds(200);

std::uint64_t label_hash(const Machine& from, NodeId to, const MessageLabel& label) {
  std::uint64_t hash = combine(hash_name(label.kind), from.id.value);
  hash = combine(hash, std::uint64_t{from.incarnation.value} << 32 | to.value);
  return combine(combine(hash, label.a), label.b);
}

}  // namespace

class Net::Copy {
 public:
  Copy(Net& net, std::uint32_t message) : net_(&net), message_(message) {}
  Copy(Copy&& other) noexcept
      : net_(std::exchange(other.net_, nullptr)), message_(other.message_) {}
  Copy& operator=(Copy&&) = delete;
  ~Copy() {
    if (net_ != nullptr) net_->let_go(message_, /*delivered=*/false);
  }
  void operator()() { std::exchange(net_, nullptr)->deliver(message_); }

 private:
  Net* net_;
  std::uint32_t message_;
};

void Net::add_machine(NodeId id) {
  PLUMB_ASSERT(id.value < 65'536);
  if (index_of_.size() <= id.value) index_of_.resize(id.value + 1, kAbsent);
  index_of_[id.value] = static_cast<std::uint32_t>(links_.size());
  const std::size_t count = links_.size() + 1;
  links_.resize(count);
  for (auto& row : links_) {
    while (row.size() < count) row.emplace_back().settings = engine_.options.network;
  }
}

Machine* Net::find(NodeId id) const {
  if (id.value >= index_of_.size() || index_of_[id.value] == kAbsent) return nullptr;
  return machines_[index_of_[id.value]].get();
}

Net::Link& Net::link(std::uint32_t from, std::uint32_t to) { return links_[from][to]; }
const Net::Link& Net::link(std::uint32_t from, std::uint32_t to) const { return links_[from][to]; }

void Net::drop(const Machine& from, NodeId to, const MessageLabel& label, const trace::Kind& why) {
  engine_.tell(from.id, from.incarnation, why, to.value, engine_.trace.name(label.kind), label.a,
               label.b);
}

void Net::send(Machine& from, NodeId to, MessageLabel label, Bytes payload) {
  engine_.tell(from.id, from.incarnation, kSend, to.value, engine_.trace.name(label.kind), label.a,
               label.b);
  if (on_message_) {
    const OutsideScope outside;
    on_message_(from.id, label.kind, payload);
  }
  const Machine* const receiver = find(to);
  if (receiver == nullptr || !receiver->up()) return drop(from, to, label, kNobody);
  Link& way = link(from.index, receiver->index);
  if (way.state.blocked) return drop(from, to, label, kBlocked);
  const std::uint64_t attempt = attempts_.next(label_hash(from, to, label));
  const network::Fate fate = network::decide(
      way.settings, way.state,
      {from.id, from.incarnation, to, label.kind, label.a, label.b, attempt}, engine_.random);
  if (fate.lost()) return drop(from, to, label, kLost);
  const auto copies = static_cast<std::uint32_t>(fate.deliveries.size());
  const std::uint32_t stored = store(from, receiver->index, label, std::move(payload), copies);
  for (const Duration delay : fate.deliveries) {
    if (way.state.clogged) {
      way.held.push_back({delay, /*packet=*/false, receiver->owner(), Copy(*this, stored)});
    } else {
      engine_.post(engine_.now + delay, receiver->owner(), Copy(*this, stored));
    }
  }
}

std::uint32_t Net::store(const Machine& from, std::uint32_t to, const MessageLabel& label,
                         Bytes payload, std::uint32_t copies) {
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(messages_.size());
    messages_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  messages_[slot] = {from.id, label.kind, label.a, label.b, to, copies, std::move(payload)};
  return slot;
}

void Net::deliver(std::uint32_t message) {
  // The receiver may send, which may move the store, so the payload leaves it first.
  const bool last = messages_[message].copies == 1;
  const Bytes payload = last ? std::move(messages_[message].payload) : messages_[message].payload;
  const Message& stored = messages_[message];
  const NodeId from = stored.from;
  const Machine& to = *machines_[stored.to];
  engine_.tell(to.id, to.incarnation, kDeliver, from.value, engine_.trace.name(stored.kind),
               hash_bytes(payload), payload.size());
  const MessageLabel label{stored.kind, stored.a, stored.b};
  let_go(message, /*delivered=*/true);
  if (to.runtime->deliver(from, payload)) return;
  engine_.tell(to.id, to.incarnation, kUnheard, from.value, engine_.trace.name(label.kind), label.a,
               label.b);
}

void Net::let_go(std::uint32_t message, bool delivered) {
  Message& stored = messages_[message];
  if (!delivered) {
    const Machine& to = *machines_[stored.to];
    engine_.tell(to.id, to.incarnation, kStale, stored.from.value, engine_.trace.name(stored.kind),
                 stored.a, stored.b);
  }
  if (--stored.copies > 0) return;
  stored.payload = {};
  free_.push_back(message);
}

void Net::send_packet(std::uint32_t from, std::uint32_t to, Owner owner, TrueTime arrival,
                      UniqueFunction<void()> arrive) {
  Link& way = link(from, to);
  if (way.state.clogged || way.state.blocked) {
    way.held.push_back({arrival - engine_.now, /*packet=*/true, owner, std::move(arrive)});
  } else {
    engine_.post(std::max(arrival, way.packet_floor), owner, std::move(arrive));
  }
}

Duration Net::packet_delay(std::uint32_t from, std::uint32_t to, const Key& key) {
  const Link& way = link(from, to);
  const std::uint64_t loss = std::uint64_t{way.settings.loss_ppm} + way.state.loss_ppm;
  const bool lost = engine_.random.chance(key.of("stream.loss"), loss);
  const std::uint64_t rank = engine_.random.below(key.of("stream.delay"), network::kRanks);
  const Duration delay = network::delay_at(way.settings, way.state, rank);
  return lost ? delay + kRetransmission : delay;
}

bool Net::stalled(std::uint32_t from, std::uint32_t to) const {
  return link(from, to).state.blocked || link(from, to).state.clogged;
}

void Net::set_state(std::uint32_t from, std::uint32_t to, const network::LinkState& state) {
  Link& way = link(from, to);
  if (way.state == state) return;
  way.state = state;
  const NodeId sender = machines_[from]->id;
  const NodeId receiver = machines_[to]->id;
  const std::uint64_t flags = (state.blocked ? 1U : 0U) | (state.clogged ? 2U : 0U);
  engine_.tell({}, {}, kLink, sender.value, receiver.value, flags,
               static_cast<std::uint64_t>(state.extra_delay_max.ns));
  engine_.tell({}, {}, kLinkChances, sender.value, receiver.value, state.loss_ppm,
               std::uint64_t{state.duplicate_ppm} << 32 | state.reset_ppm);
  if (!state.blocked && !state.clogged) release(way);
}

void Net::release(Link& way) {
  std::vector<Held> released = std::move(way.held);
  way.held.clear();
  for (Held& held : released) {
    TrueTime arrival = engine_.now + held.delay;
    if (held.packet) {
      arrival = std::max(arrival, way.packet_floor);
      way.packet_floor = arrival;
    }
    engine_.post(arrival, held.owner, std::move(held.arrive));
  }
}

const network::LinkState& Net::state(std::uint32_t from, std::uint32_t to) const {
  return link(from, to).state;
}

void Net::set_settings(std::uint32_t from, std::uint32_t to,
                       const network::LinkSettings& settings) {
  link(from, to).settings = settings;
}

}  // namespace plumbline::sim
