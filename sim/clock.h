#pragma once

#include <cstdint>

#include "nodes/base/time.h"

namespace plumbline::sim {

// The clock of one machine: a straight line over true time whose slope changes when somebody
// torments it. It runs on while the machine is down, as a battery-backed clock does; each start of
// a node gives the line another origin as Instant.
//
// Invariant: instants never go back, for the slope is never negative.
class MachineClock {
 public:
  // An offset of the wall clock from the truth, and a rate in parts per million.
  void set_up(std::int64_t drift_ppm, Duration wall_offset);
  // The node starts: Instants are counted from `origin` before this moment.
  void boot(TrueTime now, Duration origin);

  Instant instant(TrueTime now) const { return {local(now) - boot_local_}; }
  WallTime wall(TrueTime now) const;
  // The earliest true time, not before `now`, at which instant() is at least `when`; never() while
  // the clock stands still.
  TrueTime true_time(TrueTime now, Instant when) const;

  // REQUIRES: drift_ppm > -1,000,000.
  void set_rate(TrueTime now, std::int64_t drift_ppm);
  std::int64_t rate() const { return drift_ppm_; }
  void freeze(TrueTime now);
  void unfreeze(TrueTime now);
  void step_wall(Duration by);
  void freeze_wall(TrueTime now);
  void unfreeze_wall(TrueTime now);

 private:
  std::int64_t local(TrueTime now) const;
  void anchor(TrueTime now);

  TrueTime anchor_true_;
  std::int64_t anchor_local_ = 0;
  std::int64_t boot_local_ = 0;
  std::int64_t drift_ppm_ = 0;
  bool frozen_ = false;
  Duration wall_offset_;
  bool wall_frozen_ = false;
  WallTime wall_stands_at_;
};

}  // namespace plumbline::sim
