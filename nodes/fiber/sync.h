#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "nodes/fiber/fiber.h"

namespace plumbline::fiber {

// A flag that fibers wait for. set() releases everybody and stays set until clear().
class Event {
 public:
  bool is_set() const { return set_; }
  void set() {
    set_ = true;
    std::vector<Waker> woken = std::move(waiting_);
    waiting_.clear();
    for (const Waker& waker : woken) waker.wake();
  }
  void clear() { set_ = false; }
  // Suspends until set.
  void wait(Yield& yield) {
    while (!set_) {
      waiting_.push_back(yield.waker());
      yield.suspend();
    }
  }
  // Suspends until set or until the clock reads `deadline`; true when set.
  bool wait_until(Yield& yield, Tasks& tasks, Instant deadline) {
    const auto expired = std::make_shared<bool>(false);
    while (!set_ && !*expired) {
      const Waker waker = yield.waker();
      const TimerId timer = tasks.call_at(deadline, [expired, waker] {
        *expired = true;
        waker.wake();
      });
      waiting_.push_back(waker);
      yield.suspend();
      tasks.cancel_timer(timer);
    }
    return set_;
  }

 private:
  bool set_ = false;
  std::vector<Waker> waiting_;
};

// A queue between fibers. push() never suspends and may be called from timers and receivers; pop()
// suspends while empty. Closing lets readers take what is there and then see nothing.
template <class T>
class Channel {
 public:
  void push(T item) {
    if (closed_) return;
    items_.push_back(std::move(item));
    wake_one();
  }
  void close() {
    closed_ = true;
    while (!waiting_.empty()) wake_one();
  }
  bool closed() const { return closed_; }
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }

  // Suspends until there is an item; nothing once the channel is closed and drained.
  std::optional<T> pop(Yield& yield) {
    while (items_.empty()) {
      if (closed_) return std::nullopt;
      waiting_.push_back(yield.waker());
      yield.suspend();
    }
    return try_pop();
  }
  std::optional<T> try_pop() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    return item;
  }

 private:
  void wake_one() {
    while (!waiting_.empty()) {
      const Waker waker = waiting_.front();
      waiting_.pop_front();
      if (waker.wake()) return;
    }
  }

  std::deque<T> items_;
  std::deque<Waker> waiting_;
  bool closed_ = false;
};

}  // namespace plumbline::fiber
