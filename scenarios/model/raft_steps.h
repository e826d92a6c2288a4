#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scenarios/model/raft_space.h"

namespace plumbline::model {

// The steps of single replicas, each made by the core once: a step depends on the replica and on
// what happens to it, and on nothing else. One worker's; the parts they lead to are shared.
class RaftSteps {
 public:
  struct Outcome {
    std::uint32_t replica = 0;
    std::uint32_t first = 0;  // of the messages sent
    std::uint16_t count = 0;
    bool elected = false;    // leads a term that it did not lead before
    bool committed = false;  // knows more to be committed
    bool wrote = false;      // its log is another
    bool moved = false;      // changed in more than the answers that wait for its disk
    std::uint32_t finding = UINT32_MAX;
  };

  explicit RaftSteps(RaftSpace& space);

  // `argument`: the message for kDeliver, the member from 0 for kAdd and kRemove.
  const Outcome& of(std::uint32_t replica, Happening what, std::uint32_t argument = 0);
  // That `of` will be asked for this soon.
  void prefetch(std::uint32_t replica, Happening what, std::uint32_t argument) const;
  const std::uint32_t* messages(const Outcome& outcome) const {
    return sent_.data() + outcome.first;
  }
  const Finding& finding(const Outcome& outcome) const { return findings_[outcome.finding]; }
  std::uint64_t bytes() const;

 private:
  struct Slot {
    std::uint64_t key = 0;  // zero is free
    std::uint32_t outcome = 0;
  };

  std::uint32_t make(std::uint32_t replica, Happening what, std::uint32_t argument);
  std::uint32_t keep(Finding finding, std::uint32_t replica);
  Slot& slot_of(std::uint64_t key);
  void grow();

  RaftSpace& space_;
  std::vector<Slot> slots_;
  std::vector<Outcome> outcomes_;
  std::vector<std::uint32_t> sent_;
  std::vector<Finding> findings_;
};

}  // namespace plumbline::model
