#pragma once

#include <array>
#include <cstdint>

#include "nodes/base/bytes.h"
#include "scenarios/model/raft_facts.h"

namespace plumbline::model {

// What may still happen, in the order of the scope's letters.
enum class Budget : std::uint8_t {
  kElections,
  kRequests,
  kCrashes,
  kRetries,
  kAdds,
  kRemovals,
  kSnapshots,
};
constexpr std::size_t kBudgets = 7;

// A whole cluster: the numbers of its parts in a RaftSpace.
struct RaftState {
  static constexpr std::size_t kMessagesMax = 256;

  std::array<std::uint32_t, kNodesMax> replicas;
  std::uint32_t history = 0;
  std::array<std::uint8_t, kBudgets> left{};
  std::uint16_t count = 0;                           // of messages
  std::array<std::uint32_t, kMessagesMax> messages;  // a set, sorted

  RaftState() = default;
  // Copies what is used of the other.
  RaftState(const RaftState& other) { *this = other; }
  RaftState& operator=(const RaftState& other);

  bool has(std::uint32_t message) const;
  // False when it was there.
  bool insert(std::uint32_t message);
  std::uint8_t& of(Budget budget) { return left[static_cast<std::size_t>(budget)]; }
  std::uint8_t of(Budget budget) const { return left[static_cast<std::size_t>(budget)]; }
};

// Null for what has no bound.
const Budget* budget_of(Happening what);

void pack(const RaftState& state, unsigned nodes, Bytes& out);
RaftState unpack(BytesView bytes, unsigned nodes);

}  // namespace plumbline::model
