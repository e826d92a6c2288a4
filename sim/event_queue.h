#pragma once

#include <cstdint>
#include <vector>

#include "nodes/base/time.h"
#include "nodes/base/unique_function.h"

namespace plumbline::sim {

// Whose event it is: the index of a machine and the incarnation that it is meant for, or nobody's
// (a nemesis, the world).
struct Owner {
  static constexpr std::uint32_t kNobody = UINT32_MAX;
  std::uint32_t machine = kNobody;
  std::uint32_t incarnation = 0;
};

struct EventHandle {
  std::uint32_t slot = UINT32_MAX;
  std::uint32_t generation = 0;
};

struct Event {
  TrueTime time;
  Owner owner;
  UniqueFunction<void()> run;
};

// What is to happen, ordered by (time, order of pushing). A cancelled event's function is destroyed
// at once; its place in the heap goes when its time comes.
class EventQueue {
 public:
  EventHandle push(TrueTime time, Owner owner, UniqueFunction<void()> run);
  // An event that ran or was cancelled before is left alone.
  bool cancel(EventHandle handle);

  bool empty();
  // REQUIRES: !empty().
  TrueTime next_time();
  Event pop();
  void clear();

 private:
  struct Entry {
    std::int64_t time;
    std::uint64_t sequence;
    std::uint32_t slot;
    std::uint32_t generation;
  };
  struct Slot {
    UniqueFunction<void()> run;
    Owner owner;
    std::uint32_t generation = 0;
  };

  static bool before(const Entry& a, const Entry& b) {
    return a.time != b.time ? a.time < b.time : a.sequence < b.sequence;
  }
  void sift_up(std::size_t hole, Entry entry);
  void sift_down(Entry entry);
  void remove_top();
  void drop_cancelled();
  void free_slot(std::uint32_t slot);

  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace plumbline::sim
