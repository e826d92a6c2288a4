#include "scenarios/model/raft_settle.h"

#include <algorithm>
#include <utility>

#include "nodes/base/hash.h"

namespace plumbline::model {
namespace {

constexpr std::uint64_t kTrigger = hash_name("trigger");
constexpr std::uint64_t kInforms = hash_name("informs");
constexpr unsigned kTerms = 16;

Finding had_effect(const raft::Message& m) {
  return Finding{"a late message changes nothing",
                 "a message from r" + std::to_string(m.from.value) + " to r" +
                     std::to_string(m.to.value) +
                     " that could bring nothing new changed its receiver"};
}

}  // namespace

RaftSettler::RaftSettler(RaftSpace& space, RaftSteps& steps)
    : space_(space), steps_(steps), width_(space.renamings()) {
  const unsigned nodes = replicas_of(space.scope());
  for (std::uint32_t from = 1; from <= nodes; ++from) {
    for (std::uint32_t to = 1; to <= nodes; ++to) {
      for (std::size_t r = 0; r < width_; ++r) {
        const std::uint64_t a = renamed(ReplicaId(from), space.names(r)).value;
        const std::uint64_t b = renamed(ReplicaId(to), space.names(r)).value;
        triggers_.push_back(combine(combine(kTrigger, a), b));
      }
    }
  }
  for (std::uint32_t to = 1; to <= nodes; ++to) {
    for (std::uint64_t term = 0; term < kTerms; ++term) {
      for (std::size_t r = 0; r < width_; ++r) {
        const std::uint64_t a = renamed(ReplicaId(to), space.names(r)).value;
        informs_.push_back(combine(combine(kInforms, a), term));
      }
    }
  }
}

RaftSettler::Row RaftSettler::trigger_row(const raft::Message& m) const {
  const std::size_t pair = (m.from.value - 1) * replicas_of(space_.scope()) + (m.to.value - 1);
  return triggers_.data() + pair * width_;
}

RaftSettler::Row RaftSettler::informs_row(const raft::Message& m) const {
  return informs_.data() + ((m.to.value - 1) * kTerms + m.term.value) * width_;
}

bool RaftSettler::takes(std::uint64_t& kept, unsigned bit) const {
  if ((kept >> bit & 1U) != 0) return false;
  kept |= std::uint64_t{1} << bit;
  return true;
}

// A late acknowledgment beside a later one of the same follower.
bool RaftSettler::is_overtaken(const RaftState& state, const raft::Message& m) const {
  if (m.kind != raft::MessageKind::kAppendReply || m.reject) return false;
  const RaftFacts& leader = space_.facts(state.replicas[m.to.value - 1]);
  const unsigned match = leader.match[m.from.value - 1];
  if (leader.role != raft::Role::kLeader || leader.term != m.term.value || m.index.value >= match) {
    return false;
  }
  return std::any_of(state.messages.begin(), state.messages.begin() + state.count,
                     [&](std::uint32_t other) {
                       const raft::Message& o = space_.message(other);
                       return o.kind == m.kind && !o.reject && o.from == m.from && o.to == m.to &&
                              o.term == m.term && o.index.value == match;
                     });
}

RaftSettler::Settled RaftSettler::settle(RaftState& state) {
  rows_.clear();
  for (unsigned i = 0; i < replicas_of(space_.scope()); ++i) {
    add(space_.hashes_of_replica(state.replicas[i]));
  }
  add(space_.hashes_of_history(state.history));
  Settled settled;
  if (space_.scope().exact) {
    keep_all(state);
    settled.fingerprint = fingerprint(state);
    return settled;
  }
  const RaftState before = state;
  RaftFates fates(space_, steps_, before);
  std::uint64_t triggers = 0;
  std::uint64_t informs[kNodesMax] = {};
  state.count = 0;
  for (std::size_t i = 0; i < before.count; ++i) {
    const std::uint32_t id = before.messages[i];
    const raft::Message& m = space_.message(id);
    const Fate fate = fates.of(id);
    bool keep = false;
    switch (fate) {
      case Fate::kAlive:
        keep = !is_overtaken(before, m);
        if (keep) add(space_.hashes_of_message(id));
        break;
      case Fate::kTrigger:
        keep = takes(triggers, (m.from.value - 1) * kNodesMax + (m.to.value - 1));
        if (keep) add(trigger_row(m));
        break;
      case Fate::kInforms:
        keep = takes(informs[m.to.value - 1], static_cast<unsigned>(m.term.value));
        if (keep) add(informs_row(m));
        break;
      case Fate::kSpent: break;
    }
    if (keep) {
      state.messages[state.count++] = id;
    } else if (!settled.finding) {
      settled.finding = drop(before, id, fate);
    }
  }
  settled.fingerprint = fingerprint(state);
  return settled;
}

void RaftSettler::keep_all(const RaftState& state) {
  for (std::size_t i = 0; i < state.count; ++i) add(space_.hashes_of_message(state.messages[i]));
}

// What is dropped is given to its receiver once more, and must change nothing. What is dropped
// beside another of its kind must do what that one does: informs are let off, for they all call
// the same three lines.
std::optional<Finding> RaftSettler::drop(const RaftState& state, std::uint32_t message, Fate fate) {
  const raft::Message& m = space_.message(message);
  if (fate == Fate::kInforms || fate == Fate::kAlive) return std::nullopt;
  if (space_.scope().trusting) return std::nullopt;
  const auto& outcome = steps_.of(state.replicas[m.to.value - 1], Happening::kDeliver, message);
  if (outcome.finding != UINT32_MAX) return steps_.finding(outcome);
  if (!outcome.moved) return std::nullopt;
  return had_effect(m);
}

std::uint64_t RaftSettler::fingerprint(const RaftState& state) const {
  std::uint64_t least = UINT64_MAX;
  for (std::size_t first = 0; first < width_; first += RaftSpace::kLanes) {
    std::uint64_t sums[RaftSpace::kLanes] = {};
    for (const Row row : rows_) {
      for (std::size_t lane = 0; lane < RaftSpace::kLanes; ++lane) sums[lane] += row[first + lane];
    }
    for (const std::uint64_t sum : sums) least = std::min(least, mix(sum));
  }
  std::uint64_t left = 0;
  static_assert(sizeof(state.left) <= sizeof(left));
  for (const std::uint8_t times : state.left) left = left << 8 | times;
  return combine(least, left);
}

}  // namespace plumbline::model
