#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>

#include "nodes/world/tasks.h"
#include "real/asio/clock.h"
#include "real/asio/life.h"

namespace plumbline::real {

// Fibers pumped by the loop, and the node's timers in one ordered queue behind a single timer of
// Asio: timers fire in the order of their instants, equal instants in the order in which they were
// asked for.
class AsioTasks : public Tasks {
 public:
  // `on_halt` is called from the loop, outside of any fiber, after the node has fallen silent.
  AsioTasks(std::shared_ptr<Life> life, const AsioClock& clock,
            UniqueFunction<void(const std::string& reason)> on_halt);

  TaskId spawn(const char* name, UniqueFunction<void(Yield&)> body) override;
  void cancel(TaskId task) override;
  void sleep_until(Yield& yield, Instant when) override;
  TimerId call_at(Instant when, UniqueFunction<void()> call) override;
  void cancel_timer(TimerId timer) override;
  void halt(std::string reason) override;

  // Forgets all timers. Called when the node ends.
  void close();

 private:
  // By instant, then by age: a timer's number grows.
  using Due = std::pair<Instant, TimerId>;
  struct Queue {
    explicit Queue(boost::asio::io_context& loop) : alarm(loop) {}
    std::map<Due, UniqueFunction<void()>> calls;
    std::map<TimerId, Instant> instants;
    boost::asio::steady_timer alarm;
    Instant armed_for = Instant::never();
  };

  void arm();
  void fire_due();

  std::shared_ptr<Life> life_;
  const AsioClock& clock_;
  UniqueFunction<void(const std::string& reason)> on_halt_;
  Queue queue_;
  // Handlers that come after this object is gone find nothing here.
  std::shared_ptr<AsioTasks*> self_;
  TimerId last_timer_;
};

}  // namespace plumbline::real
