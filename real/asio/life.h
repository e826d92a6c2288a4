#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "nodes/fiber/fiber.h"

namespace plumbline::real {

// What pending operations of the kernel and of other threads share with the node that began them. A
// completion that finds its node dead wakes nobody; one that outlives the AsioWorld still finds
// this. `alive` belongs to the loop's thread.
class Life : public std::enable_shared_from_this<Life> {
 public:
  // REQUIRES: made by std::make_shared; `stacks` lives until end() has returned.
  Life(boost::asio::io_context& loop, fiber::StackPool& stacks);

  boost::asio::io_context& loop() { return loop_; }
  fiber::Scheduler& scheduler() { return scheduler_; }
  bool alive() const { return alive_; }
  // The node fell silent: no port has an effect any more, and no fiber runs on from its next wait.
  void freeze();
  // Also unwinds every fiber. Not from inside a fiber.
  void end();

 private:
  void pump_soon();

  boost::asio::io_context& loop_;
  bool alive_ = true;
  fiber::Scheduler scheduler_;
};

}  // namespace plumbline::real
