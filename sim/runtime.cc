#include "sim/runtime.h"

#include "sim/disk.h"

namespace plumbline::sim {
namespace {

constexpr trace::Kind kHalted{"node.halted", "stops itself: {a:name}"};

// Takes a sleeper's timer away when its fiber is ended before it rings.
class TimerGuard {
 public:
  TimerGuard(Timers& timers, TimerId timer) : timers_(timers), timer_(timer) {}
  ~TimerGuard() { timers_.cancel(timer_); }
  TimerGuard(const TimerGuard&) = delete;
  TimerGuard& operator=(const TimerGuard&) = delete;

 private:
  Timers& timers_;
  TimerId timer_;
};

}  // namespace

TimerId Timers::add(Instant when, UniqueFunction<void()> call) {
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(timers_.size());
    timers_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  timers_[slot].when = when;
  timers_[slot].call = std::move(call);
  arm(slot);
  return TimerId(std::uint64_t{timers_[slot].generation} << 32 | (slot + 1));
}

void Timers::cancel(TimerId timer) {
  const auto slot = static_cast<std::uint32_t>(timer.value) - 1;
  const auto generation = static_cast<std::uint32_t>(timer.value >> 32);
  if (slot >= timers_.size() || timers_[slot].generation != generation || !timers_[slot].call)
    return;
  engine_.queue.cancel(timers_[slot].event);
  const UniqueFunction<void()> dropped = std::move(timers_[slot].call);
  free_slot(slot);
}

void Timers::rearm() {
  for (std::uint32_t slot = 0; slot < timers_.size(); ++slot) {
    if (!timers_[slot].call) continue;
    engine_.queue.cancel(timers_[slot].event);
    arm(slot);
  }
}

void Timers::clear() {
  for (Timer& timer : timers_) engine_.queue.cancel(timer.event);
  free_.clear();
  const std::vector<Timer> dropped = std::move(timers_);
  timers_.clear();
}

void Timers::arm(std::uint32_t slot) {
  Timer& timer = timers_[slot];
  const TrueTime at = machine_.clock.true_time(engine_.now, timer.when);
  timer.event = {};
  if (at == TrueTime::never()) return;  // the clock stands still; rearm() when it goes on
  timer.event = engine_.post(at, machine_.owner(), [this, slot, generation = timer.generation] {
    fire(slot, generation);
  });
}

void Timers::fire(std::uint32_t slot, std::uint32_t generation) {
  // An event that was held while its node was paused may be one that has been cancelled or armed
  // anew since.
  if (slot >= timers_.size() || timers_[slot].generation != generation || !timers_[slot].call)
    return;
  if (machine_.clock.instant(engine_.now) < timers_[slot].when) return;
  UniqueFunction<void()> call = std::move(timers_[slot].call);
  engine_.queue.cancel(timers_[slot].event);
  free_slot(slot);
  call();
}

void Timers::free_slot(std::uint32_t slot) {
  ++timers_[slot].generation;
  free_.push_back(slot);
}

Runtime::Runtime(Engine& engine, Net& net, Connections& connections, Machine& machine)
    : engine_(engine),
      net_(net),
      connections_(connections),
      machine_(machine),
      scheduler_(engine.stacks,
                 [this] {
                   // Inside an event the pump at its end does it; else somebody outside woke a
                   // fiber.
                   if (!running_ && !ending_) engine_.post(engine_.now, machine_.owner(), [] {});
                 }),
      timers_(engine, machine),
      disk_(std::make_unique<SimDisk>(engine, machine)),
      world_{machine.id, machine.incarnation, *this, *this, *this, *this, *disk_, *this, *this} {}

Runtime::~Runtime() = default;

bool Runtime::deliver(NodeId from, BytesView payload) {
  if (!receiver_ || ending_) return false;
  receiver_(from, payload);
  return true;
}

void Runtime::stop() {
  ending_ = true;
  scheduler_.freeze();
}

void Runtime::unwind() { scheduler_.end_all(); }

void Runtime::drop_callbacks() {
  const Receiver dropped = std::move(receiver_);
  timers_.clear();
}

TaskId Runtime::spawn(const char* name, UniqueFunction<void(Yield&)> body) {
  return ending_ ? TaskId{} : scheduler_.spawn(name, std::move(body));
}

void Runtime::cancel(TaskId task) {
  if (!ending_) scheduler_.cancel(task);
}

void Runtime::sleep_until(Yield& yield, Instant when) {
  const fiber::Waker waker = yield.waker();
  const TimerId timer = call_at(when, [waker] { waker.wake(); });
  const TimerGuard guard(timers_, timer);
  yield.suspend();
}

TimerId Runtime::call_at(Instant when, UniqueFunction<void()> call) {
  return ending_ ? TimerId{} : timers_.add(when, std::move(call));
}

void Runtime::cancel_timer(TimerId timer) {
  if (!ending_) timers_.cancel(timer);
}

void Runtime::halt(std::string reason) {
  if (ending_) return;
  engine_.tell(machine_.id, machine_.incarnation, kHalted, engine_.trace.name(reason));
  machine_.halted = std::move(reason);
  machine_.was_halted = true;
  if (!machine_.dying) machine_.dying = CrashKind::kProcess;
  stop();
  // Halted from outside of its own events: an empty one takes the node down.
  if (!running_) engine_.post(engine_.now, machine_.owner(), [] {});
}

void Runtime::send(NodeId to, MessageLabel label, Bytes payload) {
  if (!ending_) net_.send(machine_, to, label, std::move(payload));
}

void Runtime::set_receiver(Receiver receiver) {
  if (!ending_) receiver_ = std::move(receiver);
}

Result<std::unique_ptr<Listener>> Runtime::listen(const Address& address) {
  if (ending_) return Errc::kCrashed;
  return connections_.listen(machine_, address);
}

Result<std::unique_ptr<Stream>> Runtime::connect(Yield& yield, const Address& address) {
  if (ending_) return Errc::kCrashed;
  return connections_.connect(yield, machine_, address);
}

std::uint64_t Runtime::bits(const Key& key) {
  return engine_.random.bits(key.with(machine_.id).with(machine_.incarnation));
}

std::uint64_t Runtime::below(const Key& key, std::uint64_t bound) {
  return engine_.random.below(key.with(machine_.id).with(machine_.incarnation), bound);
}

void Runtime::emit(const trace::Kind& kind, std::uint64_t a, std::uint64_t b, std::uint64_t c,
                   std::uint64_t d) {
  if (!ending_) engine_.tell(machine_.id, machine_.incarnation, kind, a, b, c, d);
}

void Runtime::reached(const trace::Probe& probe) {
  if (!ending_) engine_.trace.reached(probe);
}

}  // namespace plumbline::sim
