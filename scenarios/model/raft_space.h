#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "scenarios/model/pool.h"
#include "scenarios/model/raft_facts.h"
#include "scenarios/model/raft_history.h"

namespace plumbline::model {

// The parts of which states are made, each kept once: a state names its replicas, its messages and
// its history by numbers. There are few of them even where there are many states, so a step of a
// replica is made by the core once and remembered (raft_steps.h).
//
// Of each part its hash under every renaming of the replicas is kept too: a state's fingerprint is
// the least over all renamings of a sum.
class RaftSpace {
 public:
  explicit RaftSpace(const RaftScope& scope);

  // These three need the lock.
  std::uint32_t add(RaftReplica replica);
  std::uint32_t add(raft::Message message);
  std::uint32_t add(RaftHistory history);
  std::mutex& mutex() { return mutex_; }

  const RaftReplica& replica(std::uint32_t id) const { return replicas_[id]; }
  const RaftFacts& facts(std::uint32_t id) const { return facts_[id]; }
  const raft::Message& message(std::uint32_t id) const { return messages_[id]; }
  const RaftHistory& history(std::uint32_t id) const { return histories_[id]; }

  // What made a part that was not there, in the order in which parts were made: made again, they
  // get the same numbers. Needs the lock.
  struct Recipe {
    static constexpr std::uint32_t kExtendsHistory = UINT32_MAX;

    std::uint32_t what = 0;  // a Happening, or that a history was extended
    std::uint32_t of = 0;    // the replica or history
    std::uint32_t argument = 0;
    std::uint32_t more = 0;
  };
  void note(const Recipe& recipe, std::size_t parts_before);
  const std::vector<Recipe>& recipes() const { return recipes_; }
  std::size_t parts() const { return replicas_.size() + messages_.size() + histories_.size(); }
  // Of all parts in their order.
  std::uint64_t hash_of_parts() const;

  // One hash for each renaming. There are more names than needed, the first again, so that sums are
  // made of kLanes at a time.
  static constexpr std::size_t kLanes = 6;
  std::size_t renamings() const { return names_.size(); }
  const Names& names(std::size_t renaming) const { return names_[renaming]; }
  const std::uint64_t* hashes_of_replica(std::uint32_t id) const { return replica_rows_.row(id); }
  const std::uint64_t* hashes_of_message(std::uint32_t id) const { return message_rows_.row(id); }
  const std::uint64_t* hashes_of_history(std::uint32_t id) const { return history_rows_.row(id); }

  const RaftScope& scope() const { return scope_; }
  const RaftStepper& stepper() const { return stepper_; }
  std::uint64_t bytes() const;
  std::size_t replicas() const { return replicas_.size(); }
  std::size_t messages() const { return messages_.size(); }
  std::size_t histories() const { return histories_.size(); }

 private:
  // Rows of numbers that never move.
  class Rows {
   public:
    Rows() { blocks_.reserve(1 << 16); }
    void set_width(std::size_t width) { width_ = width; }
    std::uint64_t* new_row();
    bool has(std::uint32_t id) const { return id < rows_; }
    const std::uint64_t* row(std::uint32_t id) const {
      return blocks_[id / kBlock].get() + (id % kBlock) * width_;
    }
    std::uint64_t bytes() const { return blocks_.size() * kBlock * width_ * 8; }

   private:
    static constexpr std::size_t kBlock = 1024;
    std::size_t width_ = 0;
    std::size_t rows_ = 0;
    std::vector<std::unique_ptr<std::uint64_t[]>> blocks_;
  };

  RaftScope scope_;
  RaftStepper stepper_;
  std::vector<Names> names_;  // the first leaves everything as it is
  std::mutex mutex_;
  Pool<RaftReplica> replicas_;
  Shelf<RaftFacts> facts_;  // of the replicas; apart, for they are read far more often
  Pool<raft::Message> messages_;
  Pool<RaftHistory> histories_;
  std::vector<Recipe> recipes_;
  Rows replica_rows_;
  Rows message_rows_;
  Rows history_rows_;
};

}  // namespace plumbline::model
