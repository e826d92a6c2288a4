#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>

#include "nodes/base/time.h"
#include "nodes/base/unique_function.h"

namespace plumbline::real {
class EventLoop;
}

namespace plumbline::harness {

// The true clock of a run on real machines, and what is to be done at which time of it: in the
// order of times, ties in the order of asking. What has not been done when this ends never is.
class Timetable {
 public:
  explicit Timetable(real::EventLoop& loop);
  ~Timetable();
  Timetable(const Timetable&) = delete;
  Timetable& operator=(const Timetable&) = delete;

  TrueTime now() const;
  void at(TrueTime when, UniqueFunction<void()> call);

 private:
  void arm();
  void do_due();

  const std::chrono::steady_clock::time_point start_;
  std::map<std::pair<TrueTime, std::uint64_t>, UniqueFunction<void()>> calls_;
  std::uint64_t asked_ = 0;
  boost::asio::steady_timer alarm_;
  // A wake-up that is on its way when this ends finds nothing here.
  std::shared_ptr<Timetable*> self_;
};

}  // namespace plumbline::harness
