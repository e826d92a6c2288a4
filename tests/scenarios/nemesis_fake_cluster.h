#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/cluster/cluster.h"

namespace plumbline::scenarios {

inline bool operator==(const LinkFault& a, const LinkFault& b) {
  return a.blocked == b.blocked && a.loss_ppm == b.loss_ppm && a.duplicate_ppm == b.duplicate_ppm &&
         a.delay_extra_max == b.delay_extra_max && a.clogged == b.clogged;
}

inline bool operator==(const DiskFault& a, const DiskFault& b) {
  return a.write_error_ppm == b.write_error_ppm && a.read_error_ppm == b.read_error_ppm &&
         a.sync_error_ppm == b.sync_error_ppm && a.slow_percent == b.slow_percent &&
         a.full == b.full && a.lies_about_sync == b.lies_about_sync;
}

// A cluster that does nothing but keep what it was told, and a queue of calls to come.
class FakeCluster : public Cluster {
 public:
  struct Node {
    bool up = true;
    bool paused = false;
    bool dies_in_disk_call = false;
    bool frozen = false;
    std::uint64_t processor_percent = 100;
    std::int64_t drift_ppm = 0;
    Duration wall_step;
    DiskFault disk;
    std::map<std::uint64_t, FaultKind> bad_calls;
    bool operator==(const Node&) const = default;
  };

  explicit FakeCluster(std::uint32_t size, std::uint32_t spares = 0) : random_(7) {
    for (std::uint32_t i = 1; i <= size + spares; ++i) ids_.push_back(NodeId(i));
    for (const NodeId id : ids_) {
      state_[id] = {.up = id.value <= size};
      if (id.value <= size) group.voters.push_back(id);
    }
  }
  // The group, and what it answers to the next wishes; when nothing is said, it does them.
  Members group;
  std::deque<WishFate> answers;

  void run_until(Duration time) {
    const TrueTime end = TrueTime{} + time;
    while (!queue_.empty() && queue_.begin()->first.first <= end) {
      auto next = queue_.extract(queue_.begin());
      now_ = next.key().first;
      next.mapped()();
    }
    now_ = end;
  }

  void set_leader(std::optional<NodeId> leader) { leader_ = leader; }
  Node& node(std::uint32_t id) { return state_.at(NodeId(id)); }
  LinkFault link(std::uint32_t from, std::uint32_t to) const {
    const auto found = links_.find({NodeId(from), NodeId(to)});
    return found == links_.end() ? LinkFault{} : found->second;
  }
  // As text: "12 21" for the directions from 1 to 2 and back.
  std::string blocked() const {
    std::string text;
    for (const auto& [ends, fault] : links_) {
      if (!fault.blocked) continue;
      text += (text.empty() ? "" : " ") + std::to_string(ends.first.value) +
              std::to_string(ends.second.value);
    }
    return text;
  }
  // Nothing that was done is left, but jumps of wall clocks.
  bool is_healed() const {
    for (auto [id, node] : state_) {
      node.wall_step = {};
      if (!(node == Node{})) return false;
    }
    for (const auto& [ends, fault] : links_) {
      if (!(fault == LinkFault{})) return false;
    }
    return true;
  }
  // Everything that it was told, in order: "kill 1", "fault 3 ended".
  std::vector<std::string> calls;
  std::set<FaultKind> impossible;
  bool can_rot = true;
  std::vector<std::pair<TrueTime, std::uint32_t>> starts;

  bool can(FaultKind kind) const override { return impossible.count(kind) == 0; }
  TrueTime now() const override { return now_; }
  void at(TrueTime when, UniqueFunction<void()> call) override {
    queue_.emplace(std::pair(when, asked_++), std::move(call));
  }
  KeyedRandom& random() override { return random_; }
  const std::vector<NodeId>& nodes() const override { return ids_; }
  bool is_up(NodeId id) const override { return state_.at(id).up; }
  std::optional<NodeId> leader() const override { return leader_; }
  void start(NodeId id) override {
    told("start", id);
    starts.emplace_back(now_, id.value);
    state_[id].up = true;
  }
  void kill(NodeId id) override {
    told("kill", id);
    state_[id].up = false;
    state_[id].dies_in_disk_call = false;
  }
  void terminate(NodeId id) override {
    told("terminate", id);
    state_[id].up = false;
    state_[id].dies_in_disk_call = false;
  }
  void kill_in_disk_call(NodeId id) override {
    told("kill-in-disk-call", id);
    state_[id].dies_in_disk_call = true;
  }
  // What a disk call does to a node that was to die in one.
  void disk_call(std::uint32_t id) {
    if (!std::exchange(node(id).dies_in_disk_call, false)) return;
    node(id).up = false;
  }
  void power_loss(NodeId id) override {
    told("power-loss", id);
    state_[id].up = false;
    state_[id].dies_in_disk_call = false;
  }
  void pause(NodeId id) override {
    told("pause", id);
    state_[id].paused = true;
  }
  void resume(NodeId id) override {
    told("resume", id);
    state_[id].paused = false;
  }
  void set_processor_percent(NodeId id, std::uint64_t percent) override {
    state_[id].processor_percent = percent;
  }
  void set_link(NodeId from, NodeId to, const LinkFault& fault) override {
    links_[{from, to}] = fault;
  }
  void reset_connections(NodeId id) override { told("reset", id); }
  void set_clock_drift(NodeId id, std::int64_t ppm) override { state_[id].drift_ppm = ppm; }
  void step_wall_clock(NodeId id, Duration by) override {
    state_[id].wall_step = state_[id].wall_step + by;
  }
  void freeze_wall_clock(NodeId id, bool frozen) override { state_[id].frozen = frozen; }
  void set_disk_fault(NodeId id, const DiskFault& fault) override { state_[id].disk = fault; }
  bool rot(NodeId id, Structure where, const Key& which) override {
    told(std::string("rot ") + name_of(where) + " " + which.text(), id);
    return can_rot;
  }
  void damage_next_call(NodeId id, FaultKind kind, Structure, const Key& which) override {
    state_[id].bad_calls[which.hash()] = kind;
  }
  void spare(NodeId id, const Key& which) override { state_[id].bad_calls.erase(which.hash()); }
  bool was_damaged(const Key& which) const override { return damaged_.count(which.hash()) != 0; }
  void wipe(NodeId id) override {
    EXPECT_FALSE(state_[id].up) << "only the disk of a node that is down can be wiped";
    told("wipe", id);
    if (std::erase(group.voters, id) > 0) group.ghosts.push_back(id);
  }
  Members members() const override { return group; }
  void ask(const MemberWish& wish, WishDone done) override {
    static constexpr const char* kNames[] = {"add-voter", "add-learner", "promote", "remove"};
    std::string text = kNames[static_cast<int>(wish.kind)];
    if (wish.replaces) text += " for " + std::to_string(wish.replaces->value) + " the node";
    told(wish.at_once ? text + " at-once" : text, wish.node);
    const WishFate fate = next_answer();
    if (fate == WishFate::kMade) grant(wish);
    done(fate);
  }
  void ask_to_lead(NodeId id, WishDone done) override {
    told("lead", id);
    const WishFate fate = next_answer();
    if (fate == WishFate::kMade) leader_ = id;
    done(fate);
  }
  void renew(NodeId id) override { told("renew", id); }
  bool retire(NodeId id) override {
    told("retire", id);
    state_[id].up = false;
    return true;
  }
  // What calls to the disk do to a node of which they are to be damaged.
  void bad_calls(std::uint32_t id) {
    for (const auto& [which, kind] : std::exchange(node(id).bad_calls, {})) damaged_.insert(which);
  }
  void restart_client(std::uint32_t client) override {
    calls.push_back("restart-client " + std::to_string(client));
  }
  void fault_started(const Fault& fault) override {
    calls.push_back("fault " + std::to_string(fault.id) + " started");
  }
  void fault_ended(const Fault& fault, bool) override {
    calls.push_back("fault " + std::to_string(fault.id) + " ended");
  }

 private:
  WishFate next_answer() {
    if (answers.empty()) return WishFate::kMade;
    const WishFate fate = answers.front();
    answers.pop_front();
    return fate;
  }
  void grant(const MemberWish& wish) {
    const NodeId gone = wish.replaces.value_or(wish.node);
    if (wish.replaces || wish.kind == MemberWish::Kind::kRemove) {
      if (std::erase(group.ghosts, gone) == 0) std::erase(group.voters, gone);
    }
    std::erase(group.learners, wish.node);
    if (wish.kind == MemberWish::Kind::kAddLearner) group.learners.push_back(wish.node);
    if (wish.kind == MemberWish::Kind::kAddVoter || wish.kind == MemberWish::Kind::kPromote) {
      group.voters.push_back(wish.node);
    }
  }
  void told(const std::string& what, NodeId id) {
    calls.push_back(what + " " + std::to_string(id.value));
  }

  KeyedRandom random_;
  std::vector<NodeId> ids_;
  std::optional<NodeId> leader_;
  std::map<NodeId, Node> state_;
  std::set<std::uint64_t> damaged_;
  std::map<std::pair<NodeId, NodeId>, LinkFault> links_;
  TrueTime now_;
  std::uint64_t asked_ = 0;
  std::map<std::pair<TrueTime, std::uint64_t>, UniqueFunction<void()>> queue_;
};

}  // namespace plumbline::scenarios
