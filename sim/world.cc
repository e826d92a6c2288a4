#include "sim/world.h"

#include <algorithm>

#include "sim/connections.h"
#include "sim/disk.h"
#include "sim/engine.h"
#include "sim/machine.h"
#include "sim/net.h"
#include "sim/runtime.h"
#include "sim/simulated_code.h"

namespace plumbline::sim {
namespace {

constexpr trace::Kind kStart{"node.start", "starts"};
constexpr trace::Kind kKill{"node.kill", "is killed"};
constexpr trace::Kind kStopped{"node.stopped", "is down"};
constexpr trace::Kind kPowerLoss{"node.power_loss", "loses its power"};
constexpr trace::Kind kPause{"node.pause", "is paused"};
constexpr trace::Kind kResume{"node.resume", "goes on"};
constexpr trace::Kind kProcessor{"node.processor", "has {a} percent of its processor"};
constexpr trace::Kind kArmed{"node.crash_armed", "will die inside its next disk call"};
constexpr trace::Kind kResets{"stream.reset_all", "all its connections break"};
constexpr trace::Kind kClockRate{"clock.rate", "clock runs {a} ppm fast (two's complement)"};
constexpr trace::Kind kClockFrozen{"clock.frozen",
                                   "clock stands still: {a} (1 yes), wall clock alone: {b}"};
constexpr trace::Kind kClockStep{"clock.step", "wall clock jumps by {a:ms}"};
constexpr trace::Kind kDiskFaults{"disk.faults",
                                  "read, write, sync errors {a}, {b}, {c} ppm; flags {d:x}"};
constexpr trace::Kind kWiped{"disk.wiped", "disk is wiped"};
constexpr trace::Kind kAborted{"run.aborted", "run is aborted: {a:name}"};

std::uint64_t bits_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }

}  // namespace

Simulation::Simulation(Options options)
    : engine_(std::make_unique<Engine>(std::move(options))),
      net_(std::make_unique<Net>(*engine_, machines_)),
      connections_(std::make_unique<Connections>(*engine_, *net_, machines_)) {
  PLUMB_ASSERT(engine_->random.set_overrides(engine_->options.overrides).ok(),
               "overrides not checked");
  set_assert_context(running_context);
}

// Nodes end before what they stand on; nobody is told any more.
Simulation::~Simulation() {
  after_event_ = {};
  on_halt_ = {};
  net_->set_on_message({});
  for (const auto& machine : machines_) {
    if (machine->up()) unwind(*machine, CrashKind::kProcess);
    machine->held.clear();
  }
  engine_->queue.clear();
}

Status Simulation::check_overrides(const std::vector<Override>& overrides) {
  return KeyedRandom(0).set_overrides(overrides);
}

Machine& Simulation::machine(NodeId id) const {
  Machine* const found = net_->find(id);
  PLUMB_ASSERT(found != nullptr, "no node " + std::to_string(id.value));
  return *found;
}

void Simulation::add_node(NodeId id, std::string name, NodeFactory factory) {
  PLUMB_ASSERT(id && net_->find(id) == nullptr, "node ids are not 0 and not taken twice");
  auto machine = std::make_unique<Machine>();
  machine->id = id;
  machine->index = static_cast<std::uint32_t>(machines_.size());
  machine->name = std::move(name);
  machine->factory = std::move(factory);
  const ClockSettings& clock = engine_->options.clock;
  KeyedRandom& random = engine_->random;
  // Drawn as a distance from the slowest, for a decision's outcome is a number from 0.
  const std::uint64_t drift =
      random.between(Key("clock.drift").with(id), 0, 2 * std::uint64_t{clock.drift_ppm_max});
  const std::uint64_t offset =
      random.between(Key("clock.wall_offset").with(id), 0, bits_of(clock.wall_offset_max.ns) * 2);
  machine->clock.set_up(static_cast<std::int64_t>(drift) - clock.drift_ppm_max,
                        nanoseconds(static_cast<std::int64_t>(offset)) - clock.wall_offset_max);
  engine_->trace.add_node(id, machine->name);
  machines_.push_back(std::move(machine));
  ids_.push_back(id);
  net_->add_machine(id);
}

const std::string& Simulation::name(NodeId id) const { return machine(id).name; }

// -- Life

void Simulation::start(NodeId id) {
  Machine& m = machine(id);
  if (m.up()) return;
  m.incarnation = m.incarnation.next();
  m.halted.clear();
  m.was_halted = false;
  m.dying.reset();
  m.crash_in_disk_call.reset();
  m.busy_until = engine_->now;
  m.charged = {};
  // An Instant says nothing beyond its incarnation: each start counts from another moment.
  const Duration origin = engine_->random.between(Key("clock.boot").with(id).with(m.incarnation),
                                                  seconds(1), seconds(100'000));
  m.clock.boot(engine_->now, origin);
  engine_->tell(id, m.incarnation, kStart);
  m.runtime = std::make_unique<Runtime>(*engine_, *net_, *connections_, m);
  run_in_node(m, [&] { m.node = m.factory(m.runtime->world()); });
}

void Simulation::crash(NodeId id, CrashKind kind) {
  Machine& m = machine(id);
  if (!m.up()) {
    if (kind == CrashKind::kPower) {
      engine_->tell(id, m.incarnation, kPowerLoss);
      lose_power(*engine_, m);
    }
    return;
  }
  if (!m.runtime->running()) return take_down(m, kind);
  if (!m.dying || kind == CrashKind::kPower) m.dying = kind;
  m.runtime->stop();
}

void Simulation::crash_in_disk_call(NodeId id, CrashKind kind) {
  Machine& m = machine(id);
  if (!m.up()) return;
  engine_->tell(id, m.incarnation, kArmed);
  m.crash_in_disk_call = kind;
}

void Simulation::take_down(Machine& m, CrashKind kind) {
  const bool by_itself = std::exchange(m.was_halted, false);
  const trace::Kind& how = kind == CrashKind::kPower ? kPowerLoss : by_itself ? kStopped : kKill;
  engine_->tell(m.id, m.incarnation, how);
  unwind(m, kind);
  m.held.clear();
  engine_->queue.cancel(m.release);
  m.release_armed = false;
  m.paused = false;
  if (kind == CrashKind::kPower) lose_power(*engine_, m);
  if (kind == CrashKind::kProcess) m.disk.evict_lost();
  const OutsideScope outside;  // another node's code may have asked for this
  if (by_itself && on_halt_) on_halt_(m.id, m.halted);
  if (after_event_) after_event_(m.id);
}

// In this order: ports lose their effect, calls in flight leave what they leave, peers are told,
// and only then do the fibers' destructors run, which therefore cannot do any of it again.
void Simulation::unwind(Machine& m, CrashKind kind) {
  m.runtime->stop();
  m.runtime->disk().crash_in_flight();
  connections_->node_died(m, kind == CrashKind::kPower);
  {
    const SimulatedCodeScope scope(*engine_, m);
    m.runtime->unwind();
    m.node.reset();
    m.runtime->drop_callbacks();
  }
  m.dying.reset();
  m.runtime.reset();
}

void Simulation::pause(NodeId id) {
  Machine& m = machine(id);
  if (!m.up() || m.paused) return;
  engine_->tell(id, m.incarnation, kPause);
  m.paused = true;
}

void Simulation::resume(NodeId id) {
  Machine& m = machine(id);
  if (!m.paused) return;
  engine_->tell(id, m.incarnation, kResume);
  m.paused = false;
  arm_release(m);
}

void Simulation::set_processor(NodeId id, std::uint64_t percent) {
  PLUMB_ASSERT(percent >= 1 && percent <= 100);
  Machine& m = machine(id);
  if (m.processor_percent == percent) return;
  engine_->tell(id, m.incarnation, kProcessor, percent);
  m.processor_percent = percent;
}

bool Simulation::is_up(NodeId id) const { return machine(id).up(); }
bool Simulation::is_paused(NodeId id) const { return machine(id).paused; }
const std::string& Simulation::halted(NodeId id) const { return machine(id).halted; }
Incarnation Simulation::incarnation(NodeId id) const { return machine(id).incarnation; }
Node* Simulation::node(NodeId id) const { return machine(id).node.get(); }

// -- Network

void Simulation::set_link(NodeId from, NodeId to, const network::LinkState& state) {
  net_->set_state(machine(from).index, machine(to).index, state);
}

const network::LinkState& Simulation::link(NodeId from, NodeId to) const {
  return net_->state(machine(from).index, machine(to).index);
}

void Simulation::set_link_settings(NodeId from, NodeId to, const network::LinkSettings& settings) {
  net_->set_settings(machine(from).index, machine(to).index, settings);
}

void Simulation::reset_connections(NodeId id) {
  engine_->tell(id, machine(id).incarnation, kResets);
  connections_->reset_all_of(machine(id));
}

// -- Clocks

void Simulation::set_clock_rate(NodeId id, std::int64_t drift_ppm) {
  Machine& m = machine(id);
  engine_->tell(id, m.incarnation, kClockRate, bits_of(drift_ppm));
  m.clock.set_rate(engine_->now, drift_ppm);
  if (m.up()) m.runtime->timers().rearm();
}

std::int64_t Simulation::clock_rate(NodeId id) const { return machine(id).clock.rate(); }

void Simulation::freeze_clock(NodeId id) {
  Machine& m = machine(id);
  engine_->tell(id, m.incarnation, kClockFrozen, 1, 0);
  m.clock.freeze(engine_->now);
  if (m.up()) m.runtime->timers().rearm();
}

void Simulation::unfreeze_clock(NodeId id) {
  Machine& m = machine(id);
  engine_->tell(id, m.incarnation, kClockFrozen, 0, 0);
  m.clock.unfreeze(engine_->now);
  if (m.up()) m.runtime->timers().rearm();
}

void Simulation::freeze_wall_clock(NodeId id) {
  engine_->tell(id, machine(id).incarnation, kClockFrozen, 1, 1);
  machine(id).clock.freeze_wall(engine_->now);
}

void Simulation::unfreeze_wall_clock(NodeId id) {
  engine_->tell(id, machine(id).incarnation, kClockFrozen, 0, 1);
  machine(id).clock.unfreeze_wall(engine_->now);
}

void Simulation::step_wall_clock(NodeId id, Duration by) {
  engine_->tell(id, machine(id).incarnation, kClockStep, bits_of(by.ns));
  machine(id).clock.step_wall(by);
}

// -- Disks

void Simulation::set_disk_faults(NodeId id, const DiskFaults& faults) {
  Machine& m = machine(id);
  if (m.disk_faults == faults) return;
  const std::uint64_t flags = (faults.full ? 1U : 0U) | (faults.lying_sync ? 2U : 0U);
  engine_->tell(id, m.incarnation, kDiskFaults, faults.read_error_ppm, faults.write_error_ppm,
                faults.sync_error_ppm, faults.slow_percent << 8 | flags);
  const bool other_speed = m.disk_faults.slow_percent != faults.slow_percent;
  m.disk_faults = faults;
  if (other_speed && m.up()) m.runtime->disk().speed_changed();
}

const DiskFaults& Simulation::disk_faults(NodeId id) const { return machine(id).disk_faults; }

bool Simulation::rot(NodeId id, const Key& which, const Area& where) {
  return rot_disk(*engine_, machine(id), which, where);
}

void Simulation::damage_next_call(NodeId id, DamageKind kind, const Key& which, const Area& where) {
  PLUMB_ASSERT(kind != DamageKind::kRot, "rot strikes at once");
  machine(id).planned_damage.push_back({kind, which, where});
}

void Simulation::spare(NodeId id, const Key& which) {
  std::erase_if(machine(id).planned_damage,
                [&](const PlannedDamage& one) { return one.which.hash() == which.hash(); });
}

const std::vector<Damage>& Simulation::damages() const { return engine_->damages; }

void Simulation::wipe_disk(NodeId id) {
  PLUMB_ASSERT(!is_up(id), "only the disk of a node that is down can be wiped");
  engine_->tell(id, machine(id).incarnation, kWiped);
  machine(id).disk.wipe();
}

std::unique_ptr<Disk> Simulation::durable_image(NodeId id) const {
  return make_image(machine(id).disk, /*durable=*/true);
}

std::unique_ptr<Disk> Simulation::current_image(NodeId id) const {
  return make_image(machine(id).disk, /*durable=*/false);
}

// -- Running

TrueTime Simulation::now() const { return engine_->now; }
std::uint64_t Simulation::events() const { return engine_->events; }
KeyedRandom& Simulation::random() { return engine_->random; }
TraceRecorder& Simulation::trace() { return engine_->trace; }
const TraceRecorder& Simulation::trace() const { return engine_->trace; }

void Simulation::tell(const trace::Kind& kind, std::uint64_t a, std::uint64_t b, std::uint64_t c,
                      std::uint64_t d) {
  engine_->tell({}, {}, kind, a, b, c, d);
}

EventHandle Simulation::schedule(TrueTime time, UniqueFunction<void()> call) {
  return engine_->post(std::max(time, engine_->now), Owner{}, std::move(call));
}

void Simulation::set_on_message(
    UniqueFunction<void(NodeId from, std::string_view kind, BytesView payload)> call) {
  net_->set_on_message(std::move(call));
}

void Simulation::cancel(EventHandle event) { engine_->queue.cancel(event); }

void Simulation::abort_run(std::string reason) {
  if (is_aborted_) return;
  engine_->tell({}, {}, kAborted, engine_->trace.name(reason));
  aborted_ = std::move(reason);
  is_aborted_ = true;
}

bool Simulation::over() const {
  return is_aborted_ || engine_->events >= engine_->options.events_max;
}

bool Simulation::step() {
  if (over() || engine_->queue.empty()) return false;
  Event event = engine_->queue.pop();
  PLUMB_ASSERT(event.time >= engine_->now, "time goes back");
  engine_->now = event.time;
  ++engine_->events;
  dispatch(event);
  return true;
}

void Simulation::dispatch(Event& event) {
  if (event.owner.machine == Owner::kNobody) return event.run();
  Machine& m = *machines_[event.owner.machine];
  if (!m.up() || m.incarnation.value != event.owner.incarnation) return;
  if (m.paused || engine_->now < m.busy_until || !m.held.empty()) return hold(m, event);
  run_in_node(m, event.run);
}

void Simulation::hold(Machine& m, Event& event) {
  m.held.push_back(std::move(event));
  if (!m.paused) arm_release(m);
}

void Simulation::arm_release(Machine& m) {
  if (m.release_armed || m.held.empty()) return;
  m.release_armed = true;
  const TrueTime at = std::max(engine_->now, m.busy_until);
  m.release = engine_->post(at, Owner{}, [this, &m] { release_held(m); });
}

// One event at a time: the first may occupy the processor, pause the node or end it.
void Simulation::release_held(Machine& m) {
  m.release_armed = false;
  if (m.paused || m.held.empty()) return;
  Event event = std::move(m.held.front());
  m.held.pop_front();
  run_in_node(m, event.run);
  if (m.up() && !m.paused) arm_release(m);
}

template <class Fn>
void Simulation::run_in_node(Machine& m, Fn&& fn) {
  {
    const SimulatedCodeScope scope(*engine_, m);
    m.runtime->run(fn);
  }
  settle(m);
}

// What the node asked for while it ran happens now that its code has returned.
void Simulation::settle(Machine& m) {
  if (m.dying) return take_down(m, *m.dying);
  if (m.processor_percent < 100) {
    m.charged = m.charged +
                engine_->options.event_cost * 100 / static_cast<std::int64_t>(m.processor_percent);
  }
  if (m.charged.ns > 0) m.busy_until = engine_->now + std::exchange(m.charged, {});
  if (after_event_) after_event_(m.id);
}

Stop Simulation::run_until(TrueTime time) {
  while (!over()) {
    if (engine_->queue.empty() || engine_->queue.next_time() > time) {
      engine_->now = std::max(engine_->now, time);
      return Stop::kTime;
    }
    step();
  }
  return is_aborted_ ? Stop::kAborted : Stop::kEventLimit;
}

Stop Simulation::run_until(const std::function<bool()>& done, TrueTime limit) {
  while (!over()) {
    if (done()) return Stop::kPredicate;
    if (engine_->queue.empty() && limit == TrueTime::never()) return Stop::kIdle;
    if (engine_->queue.empty() || engine_->queue.next_time() > limit) {
      engine_->now = std::max(engine_->now, limit);
      return Stop::kTime;
    }
    step();
  }
  return is_aborted_ ? Stop::kAborted : Stop::kEventLimit;
}

}  // namespace plumbline::sim
