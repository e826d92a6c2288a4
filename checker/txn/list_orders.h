#pragma once

#include <cstdint>
#include <vector>

#include "checker/txn/versions.h"

namespace plumbline::checker::txn {

// What the longest read of a list key says of its versions.
struct ListOrder {
  std::uint32_t known = 0;  // Elements whose order is known; all of the longest read, if good.
  std::uint32_t first_failed = kNone;   // The place of the first that failed, or that nobody
  std::uint32_t first_garbage = kNone;  // appended.
  bool broken = false;  // Reads contradict each other: what was not read has no place.
};

// Orders the elements of every list key by its longest read: fills `place`, `before`,
// `list_versions`, `list_begin` and `happened`, and reports what is wrong with those reads.
class ListOrders {
 public:
  ListOrders(const Compiled& history, Versions& versions, Findings& findings);

  ListOrder& of(std::uint32_t key) { return orders_[key]; }
  // Gives a place after all others to every element that happened and that nobody read.
  void add_unread();

 private:
  void place(std::uint32_t key);
  bool place_element(std::uint32_t key, std::uint32_t at, std::uint32_t element);

  const Compiled& history_;
  Versions& versions_;
  Findings& findings_;
  std::vector<ListOrder> orders_;
  std::uint32_t dirty_ = kNone;  // The failed element right below the next one.
};

}  // namespace plumbline::checker::txn
