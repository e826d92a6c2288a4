#include "sim/event_queue.h"

#include <algorithm>

namespace plumbline::sim {
namespace {

// Four children a node: half the levels of a binary heap, and the children lie in two cache lines.
constexpr std::size_t kArity = 4;

}  // namespace

EventHandle EventQueue::push(TrueTime time, Owner owner, UniqueFunction<void()> run) {
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Slot& place = slots_[slot];
  place.run = std::move(run);
  place.owner = owner;
  const Entry entry{time.ns, next_sequence_++, slot, place.generation};
  heap_.push_back(entry);
  sift_up(heap_.size() - 1, entry);
  return {slot, entry.generation};
}

bool EventQueue::cancel(EventHandle handle) {
  if (handle.slot >= slots_.size()) return false;
  Slot& slot = slots_[handle.slot];
  if (slot.generation != handle.generation || !slot.run) return false;
  // The function may own things whose destructors come back here, so it leaves the slot first.
  const UniqueFunction<void()> dropped = std::move(slot.run);
  free_slot(handle.slot);
  return true;
}

bool EventQueue::empty() {
  drop_cancelled();
  return heap_.empty();
}

TrueTime EventQueue::next_time() {
  drop_cancelled();
  PLUMB_ASSERT(!heap_.empty());
  return {heap_.front().time};
}

Event EventQueue::pop() {
  drop_cancelled();
  PLUMB_ASSERT(!heap_.empty());
  const Entry top = heap_.front();
  Slot& slot = slots_[top.slot];
  Event event{{top.time}, slot.owner, std::move(slot.run)};
  remove_top();
  free_slot(top.slot);
  return event;
}

void EventQueue::clear() {
  heap_.clear();
  free_.clear();
  const std::vector<Slot> dropped = std::move(slots_);
  slots_.clear();
}

void EventQueue::free_slot(std::uint32_t slot) {
  ++slots_[slot].generation;
  free_.push_back(slot);
}

void EventQueue::drop_cancelled() {
  while (!heap_.empty() && slots_[heap_.front().slot].generation != heap_.front().generation) {
    remove_top();
  }
}

void EventQueue::remove_top() {
  const Entry last = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sift_down(last);
}

void EventQueue::sift_up(std::size_t hole, Entry entry) {
  while (hole > 0) {
    const std::size_t parent = (hole - 1) / kArity;
    if (!before(entry, heap_[parent])) break;
    heap_[hole] = heap_[parent];
    hole = parent;
  }
  heap_[hole] = entry;
}

void EventQueue::sift_down(Entry entry) {
  const std::size_t size = heap_.size();
  std::size_t hole = 0;
  for (;;) {
    const std::size_t first = hole * kArity + 1;
    if (first >= size) break;
    std::size_t least = first;
    for (std::size_t i = first + 1; i < std::min(first + kArity, size); ++i) {
      if (before(heap_[i], heap_[least])) least = i;
    }
    if (!before(heap_[least], entry)) break;
    heap_[hole] = heap_[least];
    hole = least;
  }
  heap_[hole] = entry;
}

}  // namespace plumbline::sim
