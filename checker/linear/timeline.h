#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/linear/model.h"

namespace plumbline::checker {

// The order in time of the entries of one key, seen from the returns.
//
// Position p means: the first p returns have passed, and the p-th is next. The entries that matter
// at p are those called before that return and not yet returned. Each of them has a slot, unique
// among the open ones, so that a set of open entries is a mask of as many bits as there are
// operations open at once, however long the history is.
//
// Entries that never return are not definite. Those with equal actions are interchangeable, so they
// form a group and are used in the order of their calls.
class Timeline {
 public:
  struct Group {
    Action action;
    std::vector<std::uint32_t> available_from;  // The position from which the n-th may be used.
    std::uint32_t entry = 0;                    // One of them.
  };

  explicit Timeline(const std::vector<Entry>& entries);

  std::uint32_t positions() const { return static_cast<std::uint32_t>(returns_.size()); }
  std::uint32_t returning(std::uint32_t position) const { return returns_[position]; }
  // In the order of their returns.
  std::span<const std::uint32_t> open_at(std::uint32_t position) const {
    return {open_.data() + open_begin_[position], open_.data() + open_begin_[position + 1]};
  }
  std::uint32_t slot(std::uint32_t entry) const { return slots_[entry]; }
  std::uint32_t slots() const { return slots_used_; }
  const std::vector<Group>& groups() const { return groups_; }

 private:
  struct Event {
    std::int64_t at;
    bool is_return;
    std::uint32_t entry;
  };

  static std::vector<Event> events_of(const std::vector<Entry>& entries);
  void add_optional(const Action& action, std::uint32_t entry);
  void open(std::uint32_t entry, std::vector<std::uint32_t>& open_now);
  void close(std::uint32_t entry, std::vector<std::uint32_t>& open_now);

  std::vector<std::uint32_t> returns_;
  std::vector<std::uint32_t> return_rank_;  // Of each entry that returns.
  std::vector<std::uint32_t> open_;
  std::vector<std::size_t> open_begin_;
  std::vector<std::uint32_t> slots_;
  std::vector<bool> slot_taken_;
  std::uint32_t slots_used_ = 0;
  std::vector<Group> groups_;
};

}  // namespace plumbline::checker
