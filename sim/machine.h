#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/clock.h"
#include "sim/damage.h"
#include "sim/disk_state.h"
#include "sim/event_queue.h"
#include "sim/world.h"

namespace plumbline::sim {

class Runtime;

// A machine in the rack: what stays when its node dies.
struct Machine {
  NodeId id;
  std::uint32_t index = 0;
  std::string name;
  NodeFactory factory;
  Incarnation incarnation;
  MachineClock clock;
  DiskState disk;
  DiskFaults disk_faults;
  std::vector<PlannedDamage> planned_damage;
  Incarnation disk_lost_in;  // the last incarnation whose unsynced data was decided about

  std::unique_ptr<Runtime> runtime;  // the incarnation that runs; none while down
  std::unique_ptr<Node> node;

  std::string halted;
  std::optional<CrashKind> dying;  // to be taken down when its running code has returned
  bool was_halted = false;         // it asked for that itself
  std::optional<CrashKind> crash_in_disk_call;

  bool paused = false;
  std::uint64_t processor_percent = 100;
  TrueTime busy_until;     // its processor is occupied until then
  Duration charged;        // time that calls took which could not wait, to be added to busy_until
  std::deque<Event> held;  // what came while it was paused or busy, in order
  EventHandle release;     // the event that looks at `held` again
  bool release_armed = false;

  bool up() const { return runtime != nullptr; }
  Owner owner() const { return {index, incarnation.value}; }
};

}  // namespace plumbline::sim
