#include "scenarios/model/raft_state.h"

#include <algorithm>
#include <cstring>

namespace plumbline::model {
namespace {

// Numbers of parts: messages come in thousands, so two bytes nearly always do. Sorted, and written
// as the distance from the one before: seven bits a byte, the eighth says that more follow.
void put(Bytes& out, std::uint32_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

std::uint32_t get(const char*& at) {
  std::uint32_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    value |= std::uint32_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
}

}  // namespace

RaftState& RaftState::operator=(const RaftState& other) {
  replicas = other.replicas;
  history = other.history;
  left = other.left;
  count = other.count;
  std::memcpy(messages.data(), other.messages.data(), count * sizeof(messages[0]));
  return *this;
}

bool RaftState::has(std::uint32_t message) const {
  return std::binary_search(messages.begin(), messages.begin() + count, message);
}

bool RaftState::insert(std::uint32_t message) {
  auto* end = messages.begin() + count;
  auto* at = std::lower_bound(messages.begin(), end, message);
  if (at != end && *at == message) return false;
  PLUMB_ASSERT(count < kMessagesMax, "a scope with more messages than a state can hold");
  std::copy_backward(at, end, end + 1);
  *at = message;
  ++count;
  return true;
}

const Budget* budget_of(Happening what) {
  static constexpr Budget kAll[] = {Budget::kElections, Budget::kRequests, Budget::kCrashes,
                                    Budget::kRetries,   Budget::kAdds,     Budget::kRemovals,
                                    Budget::kSnapshots};
  const auto at = [](Budget budget) { return &kAll[static_cast<std::size_t>(budget)]; };
  switch (what) {
    case Happening::kDeliver:
    case Happening::kSync: return nullptr;
    case Happening::kTimeout: return at(Budget::kElections);
    case Happening::kHeartbeat: return at(Budget::kRetries);
    case Happening::kRequest: return at(Budget::kRequests);
    case Happening::kCrash: return at(Budget::kCrashes);
    case Happening::kAdd: return at(Budget::kAdds);
    case Happening::kRemove: return at(Budget::kRemovals);
    case Happening::kSnapshot: return at(Budget::kSnapshots);
  }
  return nullptr;
}

void pack(const RaftState& state, unsigned nodes, Bytes& out) {
  out.clear();
  for (unsigned i = 0; i < nodes; ++i) put(out, state.replicas[i]);
  put(out, state.history);
  for (const std::uint8_t left : state.left) out.push_back(static_cast<char>(left));
  put(out, state.count);
  std::uint32_t previous = 0;
  for (std::size_t i = 0; i < state.count; ++i) {
    put(out, state.messages[i] - previous);
    previous = state.messages[i];
  }
}

RaftState unpack(BytesView bytes, unsigned nodes) {
  RaftState state;
  const char* at = bytes.data();
  for (unsigned i = 0; i < nodes; ++i) state.replicas[i] = get(at);
  state.history = get(at);
  for (std::uint8_t& left : state.left) left = static_cast<std::uint8_t>(*at++);
  state.count = static_cast<std::uint16_t>(get(at));
  std::uint32_t previous = 0;
  for (std::size_t i = 0; i < state.count; ++i) {
    previous += get(at);
    state.messages[i] = previous;
  }
  return state;
}

}  // namespace plumbline::model
