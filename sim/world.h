#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nodes/base/unique_function.h"
#include "nodes/world/world.h"
#include "sim/damage.h"
#include "sim/event_queue.h"
#include "sim/settings.h"
#include "sim/trace_recorder.h"

namespace plumbline::sim {

struct Engine;
struct Machine;
class Net;
class Connections;

// Called at each start of the node with that incarnation's world.
using NodeFactory = UniqueFunction<std::unique_ptr<Node>(World&)>;

// Why a run came back.
enum class Stop {
  kTime,        // the time asked for was reached
  kPredicate,   // what was waited for holds
  kIdle,        // nothing is left that could happen
  kAborted,     // abort_run() was called
  kEventLimit,  // Options::events_max
};

enum class CrashKind {
  kProcess,  // memory and tasks are gone; the page cache stays
  kPower,    // unsynced bytes and names survive in part
};

// A whole cluster in one thread under virtual time. Nothing in it reads a clock, a file or an
// environment: what happens is a function of the options, of the nodes that were added and of the
// calls made here.
//
// Life cycle: construct, add nodes, start them, run. Life-cycle calls may be made between events
// (from schedule(), from `after_event`, or outside any run), and by the code of any node except for
// that very node's own start. Whoever dies while its own code runs (or from inside an engine's disk
// call) is taken down when that code has returned; until then its ports have no effect.
//
// Invariants: 1. time never goes back; 2. events run in the order (time, order of scheduling); 3.
// nothing of a dead incarnation runs again; 4. the trace's hash is a function of what happened, not
// of what is kept, printed or counted.
class Simulation {
 public:
  explicit Simulation(Options options);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // Errors: kInvalid for a key that cannot be read.
  static Status check_overrides(const std::vector<Override>& overrides);

  // -- The cluster. Names are what Address::host says; ids are below 65536. A new node is down
  // until started.
  void add_node(NodeId id, std::string name, NodeFactory factory);
  const std::vector<NodeId>& nodes() const { return ids_; }
  const std::string& name(NodeId id) const;

  // -- Life. start() of a node that is up, and kill() of one that is down, do nothing.
  void start(NodeId id);
  void kill(NodeId id) { crash(id, CrashKind::kProcess); }
  // Of a node that is down already: what its page cache still holds is lost too.
  void power_loss(NodeId id) { crash(id, CrashKind::kPower); }
  void crash(NodeId id, CrashKind kind);
  // The node dies inside its next disk call: after half its time, or in its middle if the caller
  // cannot wait.
  void crash_in_disk_call(NodeId id, CrashKind kind);
  // Whatever is meant for the node waits; its clock goes on.
  void pause(NodeId id);
  void resume(NodeId id);
  // 100 is the default and infinitely fast, for simulated code takes no time; below that each event
  // of the node occupies its processor for Options::event_cost * 100 / percent. REQUIRES: 1 <=
  // percent <= 100.
  void set_processor(NodeId id, std::uint64_t percent);

  bool is_up(NodeId id) const;
  bool is_paused(NodeId id) const;
  // Why the node stopped itself, "" if it did not; cleared by start().
  const std::string& halted(NodeId id) const;
  Incarnation incarnation(NodeId id) const;
  // The node that is running, nullptr when down. Its concrete type is known to whoever wrote the
  // factory.
  Node* node(NodeId id) const;

  // -- Network, one direction at a time.
  void set_link(NodeId from, NodeId to, const network::LinkState& state);
  const network::LinkState& link(NodeId from, NodeId to) const;
  void set_link_settings(NodeId from, NodeId to, const network::LinkSettings& settings);
  // Breaks every stream of the node, at whatever byte they are.
  void reset_connections(NodeId id);

  // -- Clocks. Monotonic time never goes back by any of these.
  void set_clock_rate(NodeId id, std::int64_t drift_ppm);
  std::int64_t clock_rate(NodeId id) const;
  // Both clocks stand still: no timer of the node fires.
  void freeze_clock(NodeId id);
  void unfreeze_clock(NodeId id);
  // The wall clock alone stands still, and goes on from where it stood.
  void freeze_wall_clock(NodeId id);
  void unfreeze_wall_clock(NodeId id);
  void step_wall_clock(NodeId id, Duration by);

  // -- Disks.
  void set_disk_faults(NodeId id, const DiskFaults& faults);
  const DiskFaults& disk_faults(NodeId id) const;
  // Flips one bit of a durable sector in the area; `which` decides where, under purposes of its own
  // (disk.rot_sector, disk.rot_bit). False when there is no byte to rot.
  bool rot(NodeId id, const Key& which, const Area& where = {});
  // Damages the node's next write or read that touches the area, in this life or a later one; the
  // choices are drawn under `which` (disk.damage_...). A read is damaged only where that shows.
  // REQUIRES: `kind` is not kRot; no two damages bear one key.
  void damage_next_call(NodeId id, DamageKind kind, const Key& which, const Area& where = {});
  // Takes planned damage back, if it has not struck yet.
  void spare(NodeId id, const Key& which);
  // All damage done so far, rot included, in the order of time.
  const std::vector<Damage>& damages() const;
  // Empties the disk of a node that is down.
  void wipe_disk(NodeId id);
  // What a power loss at this instant would leave if everything unsynced were lost. A view without
  // copies: good until the simulation goes on. Read-only; works with Yield::never() alone.
  std::unique_ptr<Disk> durable_image(NodeId id) const;
  // The disk as a process would find it now, page cache included. Read-only, like the above.
  std::unique_ptr<Disk> current_image(NodeId id) const;

  // -- Running.
  TrueTime now() const;
  std::uint64_t events() const;
  EventHandle schedule(TrueTime time, UniqueFunction<void()> call);
  void cancel(EventHandle event);
  // Runs one event; false when there is none.
  bool step();
  // Runs all events up to and at `time`; then now() is `time` unless it stopped for another reason.
  Stop run_until(TrueTime time);
  Stop run_for(Duration time) { return run_until(now() + time); }
  // Runs until `done` holds after an event (or before the first), at latest until `limit`.
  Stop run_until(const std::function<bool()>& done, TrueTime limit = TrueTime::never());
  // The run stops after the event that is running; every later run returns kAborted at once.
  void abort_run(std::string reason);
  const std::string& aborted() const { return aborted_; }
  // Called after every event in which a node ran (also its start and its end), outside of simulated
  // code; costs nothing while unset. The node may be down by then.
  void set_after_event(UniqueFunction<void(NodeId)> call) { after_event_ = std::move(call); }
  // Called for each message that a node sends, at the moment of sending, whatever becomes of it:
  // what a node says must already be true of its disk. `kind` is the label's.
  void set_on_message(
      UniqueFunction<void(NodeId from, std::string_view kind, BytesView payload)> call);
  // Called when a node has stopped itself by Tasks::halt, after it was taken down.
  void set_on_halt(UniqueFunction<void(NodeId, const std::string&)> call) {
    on_halt_ = std::move(call);
  }

  // -- Knowing.
  KeyedRandom& random();
  TraceRecorder& trace();
  const TraceRecorder& trace() const;
  // Adds a record of the world itself (node 0): faults begun and ended, phases of the scenario.
  void tell(const trace::Kind& kind, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0,
            std::uint64_t d = 0);

 private:
  Machine& machine(NodeId id) const;
  void dispatch(Event& event);
  template <class Fn>
  void run_in_node(Machine& machine, Fn&& fn);
  void settle(Machine& machine);
  void hold(Machine& machine, Event& event);
  void arm_release(Machine& machine);
  void release_held(Machine& machine);
  void take_down(Machine& machine, CrashKind kind);
  void unwind(Machine& machine, CrashKind kind);
  bool over() const;

  std::unique_ptr<Engine> engine_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::vector<NodeId> ids_;
  std::unique_ptr<Net> net_;
  std::unique_ptr<Connections> connections_;
  std::string aborted_;
  bool is_aborted_ = false;
  UniqueFunction<void(NodeId)> after_event_;
  UniqueFunction<void(NodeId, const std::string&)> on_halt_;
};

}  // namespace plumbline::sim
