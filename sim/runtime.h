#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nodes/fiber/fiber.h"
#include "nodes/world/world.h"
#include "sim/connections.h"
#include "sim/engine.h"
#include "sim/machine.h"
#include "sim/net.h"

namespace plumbline::sim {

class SimDisk;

// The timers of one incarnation, on its own clock. A sleeping fiber is a timer that wakes it.
class Timers {
 public:
  Timers(Engine& engine, Machine& machine) : engine_(engine), machine_(machine) {}

  TimerId add(Instant when, UniqueFunction<void()> call);
  void cancel(TimerId timer);
  // The machine's clock changed: what was computed from it is computed anew.
  void rearm();
  // Drops all calls without running them.
  void clear();

 private:
  struct Timer {
    Instant when;
    UniqueFunction<void()> call;
    EventHandle event;
    std::uint32_t generation = 0;
  };

  void arm(std::uint32_t slot);
  void fire(std::uint32_t slot, std::uint32_t generation);
  void free_slot(std::uint32_t slot);

  Engine& engine_;
  Machine& machine_;
  std::vector<Timer> timers_;
  std::vector<std::uint32_t> free_;
};

// One incarnation of a node: its World, its fibers, and the ports behind that World. Ends with the
// incarnation; from end() on, which comes before the node is destroyed, no port has any effect.
class Runtime final : private Clock,
                      private Tasks,
                      private Transport,
                      private Streams,
                      private Random,
                      private trace::Sink {
 public:
  Runtime(Engine& engine, Net& net, Connections& connections, Machine& machine);
  ~Runtime() override;

  World& world() { return world_; }
  fiber::Scheduler& scheduler() { return scheduler_; }
  SimDisk& disk() { return *disk_; }
  Timers& timers() { return timers_; }

  // Runs `call` and then every fiber that is ready.
  template <class Fn>
  void run(Fn&& call) {
    running_ = true;
    call();
    scheduler_.run_ready();
    running_ = false;
  }
  bool running() const { return running_; }
  // A message for this incarnation; false when nobody receives yet.
  bool deliver(NodeId from, BytesView payload);

  bool ending() const { return ending_; }
  // Nothing that the node does from now on has an effect; its next wait never ends.
  void stop();
  // Unwinds the fibers and drops what ports hold for the node. The node itself is destroyed between
  // the two steps.
  void unwind();
  void drop_callbacks();

 private:
  Instant now() const override { return machine_.clock.instant(engine_.now); }
  WallTime wall() const override { return machine_.clock.wall(engine_.now); }

  TaskId spawn(const char* name, UniqueFunction<void(Yield&)> body) override;
  void cancel(TaskId task) override;
  void sleep_until(Yield& yield, Instant when) override;
  TimerId call_at(Instant when, UniqueFunction<void()> call) override;
  void cancel_timer(TimerId timer) override;
  void halt(std::string reason) override;

  void send(NodeId to, MessageLabel label, Bytes payload) override;
  void set_receiver(Receiver receiver) override;

  Result<std::unique_ptr<Listener>> listen(const Address& address) override;
  Result<std::unique_ptr<Stream>> connect(Yield& yield, const Address& address) override;

  std::uint64_t bits(const Key& key) override;
  std::uint64_t below(const Key& key, std::uint64_t bound) override;

  void emit(const trace::Kind& kind, std::uint64_t a, std::uint64_t b, std::uint64_t c,
            std::uint64_t d) override;
  void reached(const trace::Probe& probe) override;

  Engine& engine_;
  Net& net_;
  Connections& connections_;
  Machine& machine_;
  fiber::Scheduler scheduler_;
  Timers timers_;
  std::unique_ptr<SimDisk> disk_;
  Receiver receiver_;
  World world_;
  bool running_ = false;
  bool ending_ = false;
};

}  // namespace plumbline::sim
