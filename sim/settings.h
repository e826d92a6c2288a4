#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "network/model/link.h"
#include "nodes/base/keyed_random.h"
#include "nodes/base/time.h"

namespace plumbline::sim {

// How long a disk call takes when its caller can wait for it; charged afterwards when it cannot.
struct DiskSettings {
  Duration read_min = microseconds(20);
  Duration read_max = microseconds(60);
  Duration write_min = microseconds(20);
  Duration write_max = microseconds(60);
  Duration sync_min = microseconds(100);
  Duration sync_max = milliseconds(1);
  std::uint32_t tail_ppm = 2'000;  // calls that take up to `tail_max`
  Duration tail_max = milliseconds(20);
  std::uint64_t capacity_bytes = UINT64_MAX;
};

// What goes wrong with one node's disk, switched on and off while the run goes on. Chances are per
// million calls.
struct DiskFaults {
  std::uint32_t read_error_ppm = 0;
  std::uint32_t write_error_ppm = 0;  // an unknown prefix of the bytes is written
  std::uint32_t sync_error_ppm =
      0;  // each unsynced sector becomes durable or not, and none is ever written back again
  bool full = false;  // nothing can grow; space that was allocated can still be written
  bool lying_sync =
      false;  // syncs say yes and do nothing: the control that must lose acknowledged data
  std::uint64_t slow_percent = 100;  // how long every call takes, in percent of the usual

  friend bool operator==(const DiskFaults&, const DiskFaults&) = default;
};

// Drawn for each node once: its rate is within +-drift_ppm_max, its wall clock within
// +-wall_offset_max of the truth.
struct ClockSettings {
  std::uint32_t drift_ppm_max = 0;
  Duration wall_offset_max;
};

// Which records stay in memory. All of them are hashed in any case.
struct TraceMemory {
  enum class Keep { kNothing, kLast, kAll };
  Keep keep = Keep::kLast;
  std::uint64_t count = 20'000;  // of Keep::kLast
};

// A run is (what is added to the simulation, seed, overrides).
struct Options {
  std::uint64_t seed = 1;
  std::vector<Override> overrides;  // REQUIRES: Simulation::check_overrides says they can be read
  network::LinkSettings network;
  DiskSettings disk;
  ClockSettings clock;
  TraceMemory trace;
  std::uint64_t events_max = UINT64_MAX;
  // What one event costs the processor of a node that is slowed down; see
  // Simulation::set_processor.
  Duration event_cost = microseconds(20);
  std::uint64_t stream_window_bytes = 64 * 1024;
  // A peer that lost its power says nothing; the other end of a connection notices after this long.
  Duration dead_peer_timeout = seconds(5);
};

}  // namespace plumbline::sim
