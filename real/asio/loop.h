#pragma once

#include <memory>
#include <vector>

#include "nodes/base/time.h"
#include "nodes/base/unique_function.h"

namespace boost::asio {
class io_context;
}

namespace plumbline::real {

// One thread's event loop. Everything of the worlds that live on it (handlers, fibers, receivers)
// runs inside run() or run_until(), on the thread that called them. It outlives its worlds.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs until stop(). It does not end by itself when there is nothing to do.
  void run();
  // Runs until `done` holds, which is asked between any two handlers, or until `limit` of real time
  // has passed. Returns whether it holds.
  bool run_until(UniqueFunction<bool()> done, Duration limit);
  // May be called from any thread and from inside a handler.
  void stop();
  // Runs `call` later from the loop, never inside this call. May be called from any thread.
  void post(UniqueFunction<void()> call);
  // Runs `call` once from the loop after `delay`.
  void after(Duration delay, UniqueFunction<void()> call);
  // From now on these signals no longer end the process: each arrival calls `call` from the loop.
  // At most once.
  void on_signals(const std::vector<int>& signals, UniqueFunction<void(int signal)> call);

  boost::asio::io_context& context();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace plumbline::real
