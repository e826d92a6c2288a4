#include "sim/clock.h"

#include "nodes/base/assert.h"

namespace plumbline::sim {
namespace {

__extension__ using Wide = __int128;
constexpr std::int64_t kMillion = 1'000'000;
// The true time 0 of every run is this moment of civil time: 2024-01-01T00:00:00Z.
constexpr std::int64_t kEpochNs = 1'704'067'200'000'000'000;

}  // namespace

void MachineClock::set_up(std::int64_t drift_ppm, Duration wall_offset) {
  drift_ppm_ = drift_ppm;
  wall_offset_ = wall_offset;
}

void MachineClock::boot(TrueTime now, Duration origin) {
  anchor(now);
  boot_local_ = anchor_local_ - origin.ns;
}

WallTime MachineClock::wall(TrueTime now) const {
  if (wall_frozen_) return wall_stands_at_;
  return {kEpochNs + local(now) + wall_offset_.ns};
}

void MachineClock::step_wall(Duration by) {
  wall_offset_ = wall_offset_ + by;
  wall_stands_at_ = wall_stands_at_ + by;
}

void MachineClock::freeze_wall(TrueTime now) {
  wall_stands_at_ = wall(now);
  wall_frozen_ = true;
}

void MachineClock::unfreeze_wall(TrueTime now) {
  if (!wall_frozen_) return;
  wall_frozen_ = false;
  wall_offset_ = wall_offset_ + (wall_stands_at_ - wall(now));
}

std::int64_t MachineClock::local(TrueTime now) const {
  if (frozen_) return anchor_local_;
  const std::int64_t elapsed = now.ns - anchor_true_.ns;
  if (drift_ppm_ == 0) return anchor_local_ + elapsed;
  return anchor_local_ +
         static_cast<std::int64_t>(Wide{elapsed} * (kMillion + drift_ppm_) / kMillion);
}

TrueTime MachineClock::true_time(TrueTime now, Instant when) const {
  if (instant(now) >= when) return now;
  if (frozen_ || when == Instant::never()) return TrueTime::never();
  const Wide wanted = Wide{when.ns} + boot_local_ - anchor_local_;
  const Wide rate = kMillion + drift_ppm_;
  const Wide elapsed = (wanted * kMillion + rate - 1) / rate;
  const Wide at = Wide{anchor_true_.ns} + elapsed;
  return at >= INT64_MAX ? TrueTime::never() : TrueTime{static_cast<std::int64_t>(at)};
}

void MachineClock::anchor(TrueTime now) {
  anchor_local_ = local(now);
  anchor_true_ = now;
}

void MachineClock::set_rate(TrueTime now, std::int64_t drift_ppm) {
  PLUMB_ASSERT(drift_ppm > -kMillion);
  anchor(now);
  drift_ppm_ = drift_ppm;
}

void MachineClock::freeze(TrueTime now) {
  anchor(now);
  frozen_ = true;
}

void MachineClock::unfreeze(TrueTime now) {
  anchor(now);
  frozen_ = false;
}

}  // namespace plumbline::sim
