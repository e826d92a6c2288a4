#pragma once

#include <vector>

#include "nodes/base/keyed_random.h"
#include "nodes/fiber/fiber.h"
#include "sim/damage.h"
#include "sim/event_queue.h"
#include "sim/settings.h"
#include "sim/trace_recorder.h"

namespace plumbline::sim {

// What all parts of one simulated world share: time, events, randomness, the trace and the stacks
// of fibers.
struct Engine {
  explicit Engine(Options given)
      : options(std::move(given)), random(options.seed), trace(options.seed, options.trace) {}

  Options options;
  KeyedRandom random;
  TraceRecorder trace;
  fiber::StackPool stacks;
  EventQueue queue;
  std::vector<Damage> damages;  // that was done, in the order of time
  TrueTime now;
  std::uint64_t events = 0;

  EventHandle post(TrueTime time, Owner owner, UniqueFunction<void()> run) {
    return queue.push(time, owner, std::move(run));
  }
  void tell(NodeId node, Incarnation incarnation, const trace::Kind& kind, std::uint64_t a = 0,
            std::uint64_t b = 0, std::uint64_t c = 0, std::uint64_t d = 0) {
    trace.record(kind, {now.ns, events, kind.id, node.value, incarnation.value, a, b, c, d});
  }
};

}  // namespace plumbline::sim
