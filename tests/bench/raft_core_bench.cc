// What one core of three with a short log costs: the figures that decide how large a scope can be
// explored exhaustively, and how much of a simulated event is Raft.
//
//   raft_core_bench                        the benchmarks
//   raft_core_bench --append COUNT BATCH   only takes so many entries through three cores, so many
//                                          at a time: for core_instructions, which counts
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

#include "nodes/raft/invariants.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr std::uint32_t kReplicas = 3;

// Three cores whose messages arrive at once and whose disks sync at once.
struct Trio {
  std::vector<Raft> cores;
  std::vector<Message> network;
  trace::NullSink sink;
  Instant now;
  std::uint64_t steps = 0;

  Trio() {
    Configuration configuration;
    for (std::uint32_t i = 1; i <= kReplicas; ++i) configuration.voters.push_back(ReplicaId(i));
    for (std::uint32_t i = 1; i <= kReplicas; ++i) {
      Options options;
      options.self = ReplicaId(i);
      cores.emplace_back(options, Raft::bootstrap(configuration), now);
    }
    now = cores[0].next_deadline();
    step(0, DeadlineReached{});
    settle();
  }

  void step(std::size_t at, const Event& event) {
    ++steps;
    const Update update = cores[at].step(now, event, sink);
    for (const Outgoing& outgoing : update.messages) network.push_back(outgoing.message);
    if (update.persist) step(at, Synced{update.persist->ticket});
  }
  void settle() {
    while (!network.empty()) {
      const Message message = network.back();
      network.pop_back();
      step(message.to.value - 1, Receive{message});
    }
  }
  void propose(std::uint64_t entries = 1) {
    Propose propose;
    for (std::uint64_t i = 0; i < entries; ++i) {
      propose.entries.push_back(Entry{Term(), EntryKind::kCommand, Blob("command")});
    }
    step(0, propose);
    settle();
  }
};

// One command through the whole group: propose, two appends, three syncs, two acknowledgements.
void BM_CommandThroughThreeCores(benchmark::State& state) {
  const Trio ready;
  std::uint64_t steps = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Trio trio = ready;
    trio.steps = 0;
    state.ResumeTiming();
    for (int i = 0; i < 100; ++i) trio.propose();
    steps += trio.steps;
  }
  state.counters["events/s"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_CommandThroughThreeCores);

void BM_CopyLeader(benchmark::State& state) {
  Trio trio;
  for (int i = 0; i < 4; ++i) trio.propose();
  for (auto _ : state) {
    Raft copy = trio.cores[0];
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(BM_CopyLeader);

void BM_CopyFollower(benchmark::State& state) {
  Trio trio;
  for (int i = 0; i < 4; ++i) trio.propose();
  for (auto _ : state) {
    Raft copy = trio.cores[1];
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(BM_CopyFollower);

void BM_HashLeader(benchmark::State& state) {
  Trio trio;
  for (int i = 0; i < 4; ++i) trio.propose();
  for (auto _ : state) benchmark::DoNotOptimize(trio.cores[0].hash());
}
BENCHMARK(BM_HashLeader);

void BM_CheckInvariants(benchmark::State& state) {
  Trio trio;
  for (int i = 0; i < 4; ++i) trio.propose();
  for (auto _ : state) {
    const Snapshot before(trio.cores[0]);
    benchmark::DoNotOptimize(check(trio.cores[0]));
    benchmark::DoNotOptimize(check_step(before, trio.cores[0]));
  }
}
BENCHMARK(BM_CheckInvariants);

void BM_Heartbeat(benchmark::State& state) {
  Trio trio;
  for (auto _ : state) {
    trio.now = trio.cores[0].next_deadline();
    trio.step(0, DeadlineReached{});
    trio.settle();
  }
}
BENCHMARK(BM_Heartbeat);

void append(std::uint64_t count, std::uint64_t batch) {
  Trio trio;
  for (std::uint64_t done = 0; done < count; done += batch) trio.propose(batch);
  for (const Raft& core : trio.cores) PLUMB_ASSERT(core.last_index().value > count);
}

}  // namespace
}  // namespace plumbline::raft

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--append") == 0) {
    plumbline::raft::append(std::stoull(argv[2]), std::stoull(argv[3]));
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
