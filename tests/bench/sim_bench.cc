#include <benchmark/benchmark.h>

#include <functional>
#include <memory>

#include "nodes/fiber/fiber.h"
#include "sim/world.h"

namespace plumbline::sim {
namespace {

class Script : public Node {
 public:
  Script(World& world, const std::function<void(World&)>& script) { script(world); }
};

void add_node(Simulation& simulation, std::uint32_t id, std::function<void(World&)> script) {
  simulation.add_node(NodeId(id), "n" + std::to_string(id),
                      [script = std::move(script)](World& world) {
                        return std::make_unique<Script>(world, script);
                      });
  simulation.start(NodeId(id));
}

Options quiet() {
  Options options;
  options.trace.keep = TraceMemory::Keep::kNothing;
  return options;
}

void run(benchmark::State& state, Simulation& simulation,
         const std::function<std::uint64_t()>& done) {
  const std::uint64_t before = done();
  for (auto _ : state) simulation.run_for(milliseconds(1));
  const std::uint64_t count = done() - before;
  state.SetItemsProcessed(static_cast<std::int64_t>(count));
  state.counters["events/s"] =
      benchmark::Counter(static_cast<double>(simulation.events()), benchmark::Counter::kIsRate);
}

// A queue with 10,000 events in it, each of which schedules another.
void BM_BareEvents(benchmark::State& state) {
  EventQueue queue;
  std::int64_t now = 0;
  std::uint64_t x = 1;
  std::function<void()> again = [&] {
    x = x * 6364136223846793005ULL + 1442695040888963407ULL;
    queue.push({now + static_cast<std::int64_t>(x >> 44)}, {}, [&] { again(); });
  };
  for (int i = 0; i < 10'000; ++i) again();
  for (auto _ : state) {
    Event event = queue.pop();
    now = event.time.ns;
    event.run();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_BareEvents);

// Five nodes of 20 fibers, each sleeping for a microsecond again and again.
void BM_FiberSleeps(benchmark::State& state) {
  std::uint64_t sleeps = 0;
  Simulation simulation(quiet());
  for (std::uint32_t id = 1; id <= 5; ++id) {
    add_node(simulation, id, [&](World& world) {
      for (int i = 0; i < 20; ++i) {
        world.tasks.spawn("sleeper", [&](Yield& yield) {
          for (;; ++sleeps) world.tasks.sleep_until(yield, world.clock.now() + microseconds(1));
        });
      }
    });
  }
  run(state, simulation, [&] { return sleeps; });
}
BENCHMARK(BM_FiberSleeps)->Unit(benchmark::kMillisecond);

// Five nodes; each message is answered by another, as many under way as the argument says. Nothing
// is lost, so the traffic never ends.
void BM_Messages(benchmark::State& state) {
  std::uint64_t messages = 0;
  Simulation simulation(quiet());
  for (std::uint32_t id = 1; id <= 5; ++id) {
    add_node(simulation, id, [&, id](World& world) {
      world.transport.set_receiver([&](NodeId from, BytesView bytes) {
        ++messages;
        world.transport.send(from, {"answer", messages, 0}, Bytes(bytes));
      });
      world.tasks.spawn("begin", [&, id](Yield& yield) {
        world.tasks.sleep_until(yield, world.clock.now() + milliseconds(1));
        for (std::uint64_t i = 0; i < 20; ++i) {
          world.transport.send(NodeId(static_cast<std::uint32_t>(1 + (id + i) % 5)),
                               {"begin", i, 0}, Bytes(100, 'x'));
        }
      });
    });
  }
  run(state, simulation, [&] { return messages; });
}
BENCHMARK(BM_Messages)->Unit(benchmark::kMillisecond);

// A message wakes a fiber of the receiver, which sleeps a little and answers: what a store does,
// without the store.
void BM_MessagesAndFiberWakeups(benchmark::State& state) {
  std::uint64_t work = 0;
  Simulation simulation(quiet());
  for (std::uint32_t id = 1; id <= 5; ++id) {
    add_node(simulation, id, [&, id](World& world) {
      world.transport.set_receiver([&](NodeId from, BytesView bytes) {
        ++work;
        world.tasks.spawn("answer", [&, from, payload = Bytes(bytes)](Yield& yield) {
          world.tasks.sleep_until(yield, world.clock.now() + microseconds(5));
          ++work;
          world.transport.send(from, {"answer", work, 0}, payload);
        });
      });
      world.tasks.spawn("begin", [&, id](Yield& yield) {
        world.tasks.sleep_until(yield, world.clock.now() + milliseconds(1));
        for (std::uint64_t i = 0; i < 20; ++i) {
          world.transport.send(NodeId(static_cast<std::uint32_t>(1 + (id + i) % 5)),
                               {"begin", i, 0}, Bytes(100, 'x'));
        }
      });
    });
  }
  run(state, simulation, [&] { return work; });
}
BENCHMARK(BM_MessagesAndFiberWakeups)->Unit(benchmark::kMillisecond);

// Appends of 100 bytes to a preallocated file, each synced.
void BM_DiskAppends(benchmark::State& state) {
  std::uint64_t appends = 0;
  Simulation simulation(quiet());
  add_node(simulation, 1, [&](World& world) {
    world.tasks.spawn("append", [&](Yield& yield) {
      auto file = std::move(*world.disk.open(yield, "log", OpenMode::kCreate));
      static_cast<void>(file->allocate(yield, 1 << 20));
      for (;; ++appends) {
        static_cast<void>(file->write(yield, appends * 100 % (1 << 20), Bytes(100, 'x')));
        static_cast<void>(file->sync(yield));
      }
    });
  });
  run(state, simulation, [&] { return appends; });
}
BENCHMARK(BM_DiskAppends)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace plumbline::sim
