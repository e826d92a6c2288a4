#include "real/harness/timetable.h"

#include "real/asio/loop.h"

namespace plumbline::harness {

Timetable::Timetable(real::EventLoop& loop)
    : start_(std::chrono::steady_clock::now()),
      alarm_(loop.context()),
      self_(std::make_shared<Timetable*>(this)) {}

Timetable::~Timetable() { *self_ = nullptr; }

TrueTime Timetable::now() const {
  return {std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_).count()};
}

void Timetable::at(TrueTime when, UniqueFunction<void()> call) {
  calls_.emplace(std::pair(when, ++asked_), std::move(call));
  arm();
}

void Timetable::arm() {
  if (calls_.empty()) return;
  alarm_.expires_at(start_ + std::chrono::nanoseconds(calls_.begin()->first.first.ns));
  alarm_.async_wait([self = self_](boost::system::error_code cancelled) {
    if (!cancelled && *self != nullptr) (*self)->do_due();
  });
}

void Timetable::do_due() {
  const TrueTime until = now();
  while (!calls_.empty() && calls_.begin()->first.first <= until) {
    UniqueFunction<void()> call = std::move(calls_.begin()->second);
    calls_.erase(calls_.begin());
    call();
  }
  arm();
}

}  // namespace plumbline::harness
