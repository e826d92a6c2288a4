#include "scenarios/model/raft_steps.h"

#include <utility>

#include "nodes/base/hash.h"
#include "nodes/trace/trace.h"

namespace plumbline::model {
namespace {

std::uint64_t key_of(std::uint32_t replica, Happening what, std::uint32_t argument) {
  PLUMB_ASSERT(argument < (1U << 28));
  const auto kind = static_cast<std::uint64_t>(what) + 1;
  return (std::uint64_t{replica} << 32) | (kind << 28) | argument;
}

ReplicaId member_of(Happening what, std::uint32_t argument) {
  return what == Happening::kAdd || what == Happening::kRemove ? ReplicaId(argument + 1)
                                                               : ReplicaId();
}

bool same_log(const LogFacts& a, const LogFacts& b) {
  if (a.base != b.base || a.last != b.last) return false;
  for (std::size_t i = a.base + 1U; i <= a.last; ++i) {
    if (a.hashes[i] != b.hashes[i]) return false;
  }
  return true;
}

}  // namespace

RaftSteps::RaftSteps(RaftSpace& space) : space_(space), slots_(std::size_t{1} << 14) {}

const RaftSteps::Outcome& RaftSteps::of(std::uint32_t replica, Happening what,
                                        std::uint32_t argument) {
  const std::uint64_t key = key_of(replica, what, argument);
  Slot& slot = slot_of(key);
  if (slot.key == key) return outcomes_[slot.outcome];
  slot = Slot{key, make(replica, what, argument)};
  const std::uint32_t outcome = slot.outcome;
  if (outcomes_.size() * 2 > slots_.size()) grow();
  return outcomes_[outcome];
}

void RaftSteps::prefetch(std::uint32_t replica, Happening what, std::uint32_t argument) const {
  const std::size_t at = mix(key_of(replica, what, argument)) & (slots_.size() - 1);
  __builtin_prefetch(&slots_[at]);
}

RaftSteps::Slot& RaftSteps::slot_of(std::uint64_t key) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = mix(key) & mask;
  while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & mask;
  return slots_[at];
}

void RaftSteps::grow() {
  std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const Slot& slot : old) {
    if (slot.key != 0) slot_of(slot.key) = slot;
  }
}

std::uint32_t RaftSteps::make(std::uint32_t id, Happening what, std::uint32_t argument) {
  // Payloads are shared between parts and counted without atomics: one thread at a time.
  const std::lock_guard<std::mutex> lock(space_.mutex());
  const std::size_t parts_before = space_.parts();
  trace::NullSink sink;
  RaftReplica replica = space_.replica(id);
  const raft::Message* delivered =
      what == Happening::kDeliver ? &space_.message(argument) : nullptr;
  const RaftStepper::Cause cause{what, delivered, member_of(what, argument)};
  RaftStep step = space_.stepper().step(replica, cause, Instant(), sink);
  if (step.finding) return keep(std::move(*step.finding), id);
  Outcome outcome;
  outcome.first = static_cast<std::uint32_t>(sent_.size());
  outcome.count = static_cast<std::uint16_t>(step.sent.size());
  for (raft::Message& sent : step.sent) {
    take_out_what_does_not_matter(sent);
    sent_.push_back(space_.add(std::move(sent)));
  }
  // A log that no core could have written shows itself when it is written under other names.
  auto failed = failed_assertion(replica.core.self(), [&] {
    take_out_what_does_not_matter(replica);
    outcome.replica = space_.add(std::move(replica));
  });
  if (failed) return keep(std::move(*failed), id);
  space_.note({static_cast<std::uint32_t>(what), id, argument}, parts_before);
  const RaftFacts& before = space_.facts(id);
  const RaftFacts& after = space_.facts(outcome.replica);
  outcome.elected = after.role == raft::Role::kLeader &&
                    (before.role != raft::Role::kLeader || before.term != after.term);
  outcome.committed = after.commit > before.commit;
  outcome.wrote = !same_log(before.log, after.log);
  outcome.moved = !same_but_for_answers(space_.replica(id), space_.replica(outcome.replica));
  outcomes_.push_back(outcome);
  return static_cast<std::uint32_t>(outcomes_.size() - 1);
}

// What is broken goes no further: the replica stays what it was.
std::uint32_t RaftSteps::keep(Finding finding, std::uint32_t replica) {
  Outcome outcome;
  outcome.replica = replica;
  outcome.finding = static_cast<std::uint32_t>(findings_.size());
  findings_.push_back(std::move(finding));
  outcomes_.push_back(outcome);
  return static_cast<std::uint32_t>(outcomes_.size() - 1);
}

std::uint64_t RaftSteps::bytes() const {
  return slots_.capacity() * sizeof(Slot) + outcomes_.capacity() * sizeof(Outcome) +
         sent_.capacity() * 4;
}

}  // namespace plumbline::model
