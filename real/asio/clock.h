#pragma once

#include <chrono>

#include "nodes/world/clock.h"

namespace plumbline::real {

// The machine's steady and system clocks. now() counts from the making of this object, and begins
// above zero so that no node mistakes its first instant for "unset".
class AsioClock : public Clock {
 public:
  Instant now() const override {
    return {std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_).count() + 1};
  }
  WallTime wall() const override {
    return {std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count()};
  }
  std::chrono::steady_clock::time_point point_of(Instant when) const {
    const auto limit = std::chrono::hours(24 * 365);  // so that Instant::never() does not overflow
    const auto wanted = std::chrono::nanoseconds(when.ns - 1);
    return start_ + (wanted < limit ? wanted : std::chrono::nanoseconds(limit));
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace plumbline::real
