#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "nodes/base/ids.h"
#include "nodes/base/time.h"
#include "nodes/base/unique_function.h"
#include "nodes/world/tasks.h"

namespace plumbline {

namespace fiber {
class Scheduler;
struct Fiber;
class StackPool;

// The right to make one suspended fiber run again, once. A wake-up that comes too late (the fiber
// ran on, or is gone) is ignored, so whoever completes an operation need not know whether its
// caller still lives. The scheduler must.
struct Waker {
  Scheduler* scheduler = nullptr;
  std::uint64_t fiber = 0;
  std::uint64_t suspension = 0;

  // Whether there was still somebody to wake.
  bool wake() const;
};
}  // namespace fiber

// The right to suspend, held by the code of one fiber. A function that can wait takes it as its
// first parameter, so waiting is visible in every signature. Yield::never() is the right's absence:
// calls given it complete before they return.
class Yield {
 public:
  static Yield& never();

  bool can_suspend() const { return scheduler_ != nullptr; }
  fiber::Scheduler& scheduler() const;
  // For the next suspend(); take it before handing the operation out.
  fiber::Waker waker() const;
  // Runs others until the waker is used. Does not return when the fiber is ended: it unwinds.
  // REQUIRES: can_suspend(); no exception is in flight or being handled, for the run-time keeps
  // those per thread.
  void suspend();

 private:
  friend class fiber::Scheduler;
  Yield(fiber::Scheduler* scheduler, fiber::Fiber* fiber) : scheduler_(scheduler), fiber_(fiber) {}
  fiber::Scheduler* scheduler_;
  fiber::Fiber* fiber_;
};

namespace fiber {

// Runs the fibers of one node, in one thread, first woken first run. It does not know who pumps it:
// whoever does is told by `on_ready` that there is something to run, and calls run_ready() from its
// own loop.
//
// Life cycle: spawn and wake at any time; end_all() ends every fiber by unwinding it, after which
// nothing runs again.
class Scheduler {
 public:
  // `on_ready` is called when the first fiber becomes ready; it must not run fibers itself.
  // `stacks` outlives this.
  Scheduler(StackPool& stacks, UniqueFunction<void()> on_ready);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  TaskId spawn(const char* name, UniqueFunction<void(Yield&)> body);
  // REQUIRES: `task` is not the running fiber.
  void cancel(TaskId task);
  // Runs ready fibers until none is left. Not from inside a fiber.
  void run_ready();
  // Unwinds all fibers, oldest first. Not from inside a fiber. Afterwards spawn and wake do
  // nothing.
  void end_all();
  // From now on nothing runs: the running fiber goes on to its next wait and stays there until
  // end_all().
  void freeze() { frozen_ = true; }

  bool in_fiber() const { return running_ != nullptr; }
  std::size_t fiber_count() const { return fibers_.size(); }
  // Name of the running fiber, "" outside; for messages.
  const char* running_name() const;

 private:
  friend class plumbline::Yield;
  friend struct Waker;

  friend struct Fiber;

  Yield yield_for(Fiber* fiber);
  bool wake(std::uint64_t fiber, std::uint64_t suspension);
  void make_ready(Fiber& fiber);
  void resume(Fiber& fiber);
  void unwind(Fiber& fiber);

  StackPool& stacks_;
  UniqueFunction<void()> on_ready_;
  std::map<std::uint64_t, std::unique_ptr<Fiber>>
      fibers_;  // by number of spawning: ended in that order
  std::deque<std::uint64_t> ready_;
  Fiber* running_ = nullptr;
  std::uint64_t next_ = 1;
  bool frozen_ = false;
  bool ended_ = false;
};

// Recycles fiber stacks. Each lies between guard pages, so an overflow is a crash at once and not a
// corrupted neighbour; recycling makes that cost nothing after the first use.
class StackPool {
 public:
  explicit StackPool(std::size_t stack_bytes = 256 * 1024);
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  struct Stack {
    void* top = nullptr;  // highest address; stacks grow down
    std::size_t size = 0;
  };
  Stack take();
  void give_back(Stack stack);

 private:
  std::size_t stack_bytes_;
  std::vector<Stack> free_;
};

}  // namespace fiber
}  // namespace plumbline
