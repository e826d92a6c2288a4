#include "scenarios/model/raft_model.h"

#include <cstring>
#include <utility>

namespace plumbline::model {
namespace {

// An action is what happens and one number: the message for kDeliver, else the replica from 0, and
// with kAdd and kRemove the member.
Action action_of(Happening what, std::uint32_t argument) {
  PLUMB_ASSERT(argument < (1U << 28));
  return static_cast<std::uint32_t>(what) << 28 | argument;
}
Happening what(Action action) { return static_cast<Happening>(action >> 28); }
std::uint32_t argument(Action action) { return action & ((1U << 28) - 1); }

class RaftWalker : public Walker {
 public:
  explicit RaftWalker(RaftSpace& space)
      : space_(space), steps_(space), settler_(space, steps_), safety_(space) {}

  void expand(BytesView bytes, Successors& out) override {
    state_ = unpack(bytes, replicas_of(space_.scope()));
    for (std::size_t i = 0; i < state_.count; ++i) {
      const std::uint32_t message = state_.messages[i];
      const unsigned to = space_.message(message).to.value - 1;
      steps_.prefetch(state_.replicas[to], Happening::kDeliver, message);
    }
    for (unsigned who = 0; who < replicas_of(space_.scope()); ++who) spontaneous(who, out);
    for (std::size_t i = 0; i < state_.count; ++i) {
      const std::uint32_t message = state_.messages[i];
      const unsigned to = space_.message(message).to.value - 1;
      const auto& outcome = steps_.of(state_.replicas[to], Happening::kDeliver, message);
      follow(action_of(Happening::kDeliver, message), to, outcome, out);
    }
    hand_out_waiting(out);
  }

 private:
  void spontaneous(unsigned who, Successors& out) {
    const RaftFacts& facts = space_.facts(state_.replicas[who]);
    const bool leads = facts.role == raft::Role::kLeader;
    if (facts.may_campaign) spend(Happening::kTimeout, who, out);
    if (leads) spend(Happening::kRequest, who, out);
    if (leads) spend(Happening::kHeartbeat, who, out);
    spend(Happening::kCrash, who, out);
    if (leads) change_members(who, facts, out);
    if (facts.commit > facts.snapshot) spend(Happening::kSnapshot, who, out);
    if (!facts.has_unsynced) return;
    const auto& outcome = steps_.of(state_.replicas[who], Happening::kSync);
    follow(action_of(Happening::kSync, who), who, outcome, out);
  }

  // A spare gets the next id that was never used; anybody may be removed.
  void change_members(unsigned who, const RaftFacts& facts, Successors& out) {
    const unsigned replicas = replicas_of(space_.scope());
    if (facts.next_id <= replicas) {
      change(Happening::kAdd, who, facts.next_id - 1U, out);
    }
    for (unsigned member = 0; member < replicas; ++member) {
      change(Happening::kRemove, who, member, out);
    }
  }

  void change(Happening what, unsigned who, unsigned member, Successors& out) {
    if (state_.of(*budget_of(what)) == 0) return;
    const auto& outcome = steps_.of(state_.replicas[who], what, member);
    const std::uint32_t argument = who * kNodesMax + member;
    follow(action_of(what, argument), who, outcome, out);
  }

  void spend(Happening what, unsigned who, Successors& out) {
    if (state_.of(*budget_of(what)) == 0) return;
    const auto& outcome = steps_.of(state_.replicas[who], what);
    follow(action_of(what, who), who, outcome, out);
  }

  void follow(Action action, unsigned who, const RaftSteps::Outcome& outcome, Successors& out) {
    if (outcome.finding != UINT32_MAX) return out.broken(action, steps_.finding(outcome));
    const std::uint32_t before = state_.replicas[who];
    // Less may happen afterwards than before, and nothing else: no state worth a look.
    bool changes = outcome.replica != before;
    const std::uint32_t* sent = steps_.messages(outcome);
    for (std::size_t i = 0; i < outcome.count && !changes; ++i) changes = !state_.has(sent[i]);
    if (!changes) return;
    RaftState& next = next_[turn_];
    next = state_;
    const Budget* spent = budget_of(what(action));
    if (spent != nullptr) --next.of(*spent);
    next.replicas[who] = outcome.replica;
    for (std::size_t i = 0; i < outcome.count; ++i) next.insert(sent[i]);
    // `outcome` may move from here on: settling makes steps of its own.
    if (auto finding = safety_.stepped(next, who, before, outcome)) {
      return out.broken(action, *finding);
    }
    const RaftSettler::Settled settled = settler_.settle(next);
    if (settled.finding) return out.broken(action, *settled.finding);
    out.expect(settled.fingerprint);
    hand_out_waiting(out);
    waiting_ = Waiting{action, settled.fingerprint};
    turn_ = 1 - turn_;
  }

  // Each successor waits until the next one is made: by then the table's line is there.
  void hand_out_waiting(Successors& out) {
    if (!waiting_) return;
    const Waiting made = *std::exchange(waiting_, std::nullopt);
    if (!out.is_new(made.fingerprint)) return;
    pack(next_[1 - turn_], replicas_of(space_.scope()), packed_);
    out.add(made.action, packed_);
  }

  struct Waiting {
    Action action;
    std::uint64_t fingerprint;
  };

  RaftSpace& space_;
  RaftSteps steps_;
  RaftSettler settler_;
  RaftSafety safety_;
  RaftState state_;
  RaftState next_[2];
  unsigned turn_ = 0;  // the one to be made
  std::optional<Waiting> waiting_;
  Bytes packed_;
};

}  // namespace

RaftState initial_state(RaftSpace& space) {
  const std::lock_guard<std::mutex> lock(space.mutex());
  const RaftScope& scope = space.scope();
  RaftState state;
  RaftHistory history;
  for (unsigned i = 0; i < replicas_of(scope); ++i) {
    RaftReplica replica = space.stepper().start(ReplicaId(i + 1));
    take_out_what_does_not_matter(replica);
    if (i == 0) history.committed.push_back({replica.disk.entries.front(), 0});
    state.replicas[i] = space.add(std::move(replica));
  }
  state.history = space.add(std::move(history));
  const auto allow = [&](Budget budget, unsigned times) {
    PLUMB_ASSERT(times < 256);
    state.of(budget) = static_cast<std::uint8_t>(times);
  };
  allow(Budget::kElections, scope.elections);
  allow(Budget::kRequests, scope.requests);
  allow(Budget::kCrashes, scope.crashes);
  allow(Budget::kRetries, scope.retries);
  allow(Budget::kAdds, scope.adds);
  allow(Budget::kRemovals, scope.removals);
  allow(Budget::kSnapshots, scope.snapshots);
  return state;
}

RaftModel::RaftModel(const RaftScope& scope) : space_(scope), initial_(initial_state(space_)) {}

RaftStepWords RaftModel::step_of(Action action) const {
  RaftStepWords step;
  step.what = what(action);
  const std::uint32_t number = argument(action);
  switch (step.what) {
    case Happening::kDeliver: {
      const raft::Message& message = space_.message(number);
      step.who = message.to;
      step.message = words_of(message);
      return step;
    }
    case Happening::kAdd:
    case Happening::kRemove:
      step.who = ReplicaId(number / kNodesMax + 1);
      step.member = ReplicaId(number % kNodesMax + 1);
      return step;
    case Happening::kTimeout:
    case Happening::kHeartbeat:
    case Happening::kRequest:
    case Happening::kSync:
    case Happening::kCrash:
    case Happening::kSnapshot: step.who = ReplicaId(number + 1); return step;
  }
  return step;
}

std::vector<std::string> RaftModel::words(const std::vector<Action>& path) {
  std::vector<std::string> words;
  for (const Action action : path) words.push_back(words_of(step_of(action)));
  return words;
}

std::unique_ptr<Walker> RaftModel::walker() { return std::make_unique<RaftWalker>(space_); }

Bytes RaftModel::save_parts() {
  const std::uint64_t hash = space_.hash_of_parts();
  const auto& recipes = space_.recipes();
  Bytes bytes(reinterpret_cast<const char*>(&hash), sizeof(hash));
  bytes.append(reinterpret_cast<const char*>(recipes.data()),
               recipes.size() * sizeof(RaftSpace::Recipe));
  return bytes;
}

// The core makes each part again. That all come out as they were says that it is the same core.
bool RaftModel::load_parts(BytesView parts) {
  std::uint64_t hash = 0;
  if (parts.size() < sizeof(hash)) return false;
  std::memcpy(&hash, parts.data(), sizeof(hash));
  RaftSteps steps(space_);
  RaftSafety safety(space_);
  RaftSpace::Recipe recipe;
  for (std::size_t at = sizeof(hash); at + sizeof(recipe) <= parts.size(); at += sizeof(recipe)) {
    std::memcpy(&recipe, parts.data() + at, sizeof(recipe));
    if (!make_again(recipe, steps, safety)) return false;
  }
  return space_.hash_of_parts() == hash;
}

bool RaftModel::make_again(const RaftSpace::Recipe& recipe, RaftSteps& steps, RaftSafety& safety) {
  const bool extends = recipe.what == RaftSpace::Recipe::kExtendsHistory;
  const std::size_t replica = extends ? recipe.argument : recipe.of;
  const bool delivers = recipe.what == static_cast<std::uint32_t>(Happening::kDeliver);
  if (replica >= space_.replicas()) return false;
  if (extends && recipe.of >= space_.histories()) return false;
  if (delivers && recipe.argument >= space_.messages()) return false;
  if (extends) {
    safety.extend_again(recipe);
  } else {
    steps.of(recipe.of, static_cast<Happening>(recipe.what), recipe.argument);
  }
  return true;
}

Bytes RaftModel::initial() {
  Bytes bytes;
  pack(initial_, replicas_of(space_.scope()), bytes);
  return bytes;
}

std::uint64_t RaftModel::fingerprint_of_initial() {
  RaftSteps steps(space_);
  RaftState state = initial_;
  return RaftSettler(space_, steps).settle(state).fingerprint;
}

}  // namespace plumbline::model
