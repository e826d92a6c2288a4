#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

namespace plumbline::checker::mvcc {

// Numbers 0 to n - 1 in order, of which some are taken out and put back, the last taken first: then
// each costs a constant time, and whoever walks them never meets one that is out (Knuth's dancing
// links).
class UnusedList {
 public:
  explicit UnusedList(std::uint32_t size) : end_(size), next_(size + 1), last_(size + 1) {
    std::iota(next_.begin(), next_.end(), 1);
    next_[end_] = 0;
    std::iota(last_.begin() + 1, last_.end(), 0);
    last_[0] = end_;
  }

  std::uint32_t first() const { return next_[end_]; }
  std::uint32_t after(std::uint32_t number) const { return next_[number]; }
  std::uint32_t end() const { return end_; }

  // REQUIRES: it is in.
  void take(std::uint32_t number) {
    next_[last_[number]] = next_[number];
    last_[next_[number]] = last_[number];
  }
  // REQUIRES: of those that are out, it was taken last.
  void put_back(std::uint32_t number) {
    next_[last_[number]] = number;
    last_[next_[number]] = number;
  }

 private:
  std::uint32_t end_;
  std::vector<std::uint32_t> next_;  // In a ring through end_.
  std::vector<std::uint32_t> last_;
};

}  // namespace plumbline::checker::mvcc
