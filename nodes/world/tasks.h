#pragma once

#include <string>

#include "nodes/base/ids.h"
#include "nodes/base/time.h"
#include "nodes/base/unique_function.h"

namespace plumbline {

class Yield;  // nodes/fiber: the right to suspend; a function that can wait takes one first

using TaskId = Id<struct TaskTag>;
using TimerId = Id<struct TimerTag>;

// How a node does several things at once, in one thread.
//
// A task runs until it waits; between two waits nothing else of the node runs. So after each wait
// whatever was checked before (term, leader, generation) must be checked again. Tasks and timers
// end with the node: at an instant, wherever they wait, by unwinding their stacks. Nothing may wait
// in a destructor or in a catch block.
class Tasks {
 public:
  virtual ~Tasks() = default;

  // The task starts later, in the order of spawning, never inside this call. `name` is for traces
  // and must be a literal.
  virtual TaskId spawn(const char* name, UniqueFunction<void(Yield&)> body) = 0;
  // Ends a waiting task by unwinding it. Unknown or finished tasks are left alone. A task cannot
  // cancel itself.
  virtual void cancel(TaskId task) = 0;

  // Suspends until the node's clock reads at least `when`.
  virtual void sleep_until(Yield& yield, Instant when) = 0;
  // Runs `call` once at `when`; it must not suspend.
  virtual TimerId call_at(Instant when, UniqueFunction<void()> call) = 0;
  virtual void cancel_timer(TimerId timer) = 0;

  // The outside world broke its contract (a failed sync, corruption in the middle of the log): this
  // node stops, loudly, with `reason`. It returns, but nothing the caller does afterwards has any
  // effect and its next wait never ends.
  virtual void halt(std::string reason) = 0;
};

}  // namespace plumbline
