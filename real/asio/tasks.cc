#include "real/asio/tasks.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "nodes/base/assert.h"

namespace plumbline::real {

AsioTasks::AsioTasks(std::shared_ptr<Life> life, const AsioClock& clock,
                     UniqueFunction<void(const std::string& reason)> on_halt)
    : life_(std::move(life)),
      clock_(clock),
      on_halt_(std::move(on_halt)),
      queue_(life_->loop()),
      self_(std::make_shared<AsioTasks*>(this)) {}

TaskId AsioTasks::spawn(const char* name, UniqueFunction<void(Yield&)> body) {
  if (!life_->alive()) return TaskId{};
  return life_->scheduler().spawn(name, std::move(body));
}

void AsioTasks::cancel(TaskId task) {
  if (life_->alive()) life_->scheduler().cancel(task);
}

void AsioTasks::sleep_until(Yield& yield, Instant when) {
  PLUMB_ASSERT(yield.can_suspend(), "a sleep must be able to suspend");
  // Unwound while asleep, the fiber takes its timer along.
  struct Alarm {
    AsioTasks& tasks;
    TimerId timer;
    ~Alarm() { tasks.cancel_timer(timer); }
  };
  const Alarm alarm{*this, call_at(when, [waker = yield.waker()] { waker.wake(); })};
  yield.suspend();
}

TimerId AsioTasks::call_at(Instant when, UniqueFunction<void()> call) {
  if (!life_->alive()) return TimerId{};
  last_timer_ = last_timer_.next();
  queue_.calls.emplace(Due{when, last_timer_}, std::move(call));
  queue_.instants.emplace(last_timer_, when);
  if (when < queue_.armed_for) arm();
  return last_timer_;
}

void AsioTasks::cancel_timer(TimerId timer) {
  const auto found = queue_.instants.find(timer);
  if (found == queue_.instants.end()) return;
  queue_.calls.erase(Due{found->second, timer});
  queue_.instants.erase(found);
}

// A cancelled timer leaves the alarm where it is: it then rings for nothing and is set anew.
void AsioTasks::arm() {
  queue_.armed_for = queue_.calls.empty() ? Instant::never() : queue_.calls.begin()->first.first;
  if (queue_.calls.empty()) return;
  queue_.alarm.expires_at(clock_.point_of(queue_.armed_for));
  queue_.alarm.async_wait(
      [self = std::weak_ptr<AsioTasks*>(self_)](boost::system::error_code cancelled) {
        const auto tasks = self.lock();
        if (!cancelled && tasks) (*tasks)->fire_due();
      });
}

// Only what is due on entry fires: a call that asks for a timer in the past is served by the next
// turn of the loop.
void AsioTasks::fire_due() {
  const Instant now = clock_.now();
  const TimerId youngest = last_timer_;
  while (life_->alive() && !queue_.calls.empty()) {
    const auto first = queue_.calls.begin();
    const auto [when, timer] = first->first;
    if (when > now || timer > youngest) break;
    UniqueFunction<void()> call = std::move(first->second);
    cancel_timer(timer);
    call();
  }
  if (life_->alive()) arm();
}

void AsioTasks::halt(std::string reason) {
  if (!life_->alive()) return;
  life_->freeze();
  boost::asio::post(life_->loop(),
                    [self = std::weak_ptr<AsioTasks*>(self_), reason = std::move(reason)] {
                      const auto tasks = self.lock();
                      if (tasks && (*tasks)->on_halt_) (*tasks)->on_halt_(reason);
                    });
}

void AsioTasks::close() {
  queue_.alarm.cancel();
  // What a call holds may reach this port when it is destroyed.
  auto calls = std::exchange(queue_.calls, {});
  queue_.instants.clear();
  calls.clear();
}

}  // namespace plumbline::real
