#include "scenarios/model/engine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <utility>

#include "nodes/base/assert.h"
#include "scenarios/model/checkpoint.h"
#include "scenarios/model/fingerprints.h"
#include "scenarios/model/level.h"
#include "scenarios/model/trail.h"

namespace plumbline::model {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

// What all workers share.
struct Shared {
  explicit Shared(const ExploreOptions& options)
      : options(options),
        trail(options.folder),
        levels{Level(options.folder, options.memory_max / 8),
               Level(options.folder, options.memory_max / 8)} {}

  std::uint32_t numbers() {
    const std::uint64_t first = chunks.fetch_add(1) * Chunk::kStates;
    PLUMB_ASSERT(first + Chunk::kStates <= UINT32_MAX, "more states than numbers for them");
    return static_cast<std::uint32_t>(first);
  }
  Level& here() { return levels[depth % 2]; }
  Level& next() { return levels[(depth + 1) % 2]; }
  // The first reason counts.
  void end(End why) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (!stop) ended = why;
    stop = true;
  }
  // Workers finish the states that they have taken.
  bool is_paused() const { return stop || pause; }

  const ExploreOptions& options;
  Fingerprints visited;
  std::shared_mutex growing;
  Trail trail;
  Level levels[2];
  std::uint64_t depth = 0;
  std::atomic<std::uint64_t> chunks{0};
  std::atomic<std::uint64_t> successors{0};

  struct Found {
    std::uint32_t parent;
    Action action;
    Finding finding;
  };
  std::mutex mutex;
  std::atomic<bool> stop{false};
  std::atomic<bool> broken{false};
  std::atomic<bool> pause{false};  // to write a checkpoint
  Clock::time_point pause_at = Clock::time_point::max();
  End ended = End::kExhausted;
  std::optional<Found> found;
};

// Takes the successors of one worker's states.
class Collector : public Successors {
 public:
  explicit Collector(Shared& shared) : shared_(shared) { chunk_.first = shared.numbers(); }

  void expands(std::uint32_t parent) { parent_ = parent; }
  void expect(std::uint64_t fingerprint) override { shared_.visited.prefetch(fingerprint); }
  bool is_new(std::uint64_t fingerprint) override {
    ++successors_;
    return shared_.visited.insert(fingerprint);
  }
  void add(Action action, BytesView state) override {
    chunk_.add(state);
    links_.push_back(Trail::Link{parent_, action});
    if (chunk_.count < Chunk::kStates) return;
    flush();
    chunk_.first = shared_.numbers();
  }
  void broken(Action action, const Finding& finding) override {
    shared_.end(End::kBroken);
    shared_.broken = true;
    const std::lock_guard<std::mutex> lock(shared_.mutex);
    if (!shared_.found) shared_.found = Shared::Found{parent_, action, finding};
  }
  void flush() {
    shared_.trail.put(chunk_.first, links_);
    shared_.next().put(std::exchange(chunk_, Chunk()));
    links_.clear();
    shared_.successors += std::exchange(successors_, 0);
  }

 private:
  Shared& shared_;
  Chunk chunk_;
  std::vector<Trail::Link> links_;
  std::uint32_t parent_ = 0;
  std::uint64_t successors_ = 0;
};

void grow_if_crowded(Shared& shared) {
  if (!shared.visited.is_crowded()) return;
  const std::unique_lock<std::shared_mutex> alone(shared.growing);
  if (!shared.visited.is_crowded()) return;
  // Both tables exist while one is moved into the other.
  if (shared.visited.bytes() * 3 > shared.options.memory_max) return shared.end(End::kMemory);
  shared.visited.grow();
}

void check_limits(Shared& shared) {
  if (shared.options.interrupted()) shared.end(End::kInterrupted);
  if (shared.visited.size() > shared.options.states_max) shared.end(End::kLimit);
  if (Clock::now() >= shared.pause_at) shared.pause = true;
  if (shared.trail.failed() || shared.next().failed()) shared.end(End::kDisk);
}

// One worker's share of one level.
void work(Walker& walker, Shared& shared, const std::function<void()>& tell) {
  Collector collector(shared);
  while (!shared.is_paused()) {
    grow_if_crowded(shared);
    if (shared.stop) break;
    const std::optional<Chunk> chunk = shared.here().take();
    if (!chunk) break;
    const std::shared_lock<std::shared_mutex> with_others(shared.growing);
    ChunkReader reader(*chunk);
    std::uint32_t number = chunk->first;
    for (auto state = reader.next(); state && !shared.broken; state = reader.next()) {
      collector.expands(number++);
      walker.expand(*state, collector);
    }
    check_limits(shared);
    tell();
  }
  collector.flush();
}

class Run {
 public:
  Run(Model& model, const ExploreOptions& options, const std::function<void(const Progress&)>& tell)
      : model_(model), tell_(tell), shared_(options) {
    for (unsigned i = 0; i < options.jobs; ++i) walkers_.push_back(model.walker());
  }

  Exploration run() {
    if (!go_on()) return result();
    write_later(0);
    while (shared_.here().states() != 0 && !shared_.stop) {
      frontier_bytes_ = std::max(frontier_bytes_, shared_.here().bytes());
      expand_level();
      if (shared_.broken) break;
      if (shared_.here().states() == 0) enter_next_level();
      if (shared_.pause && !shared_.stop) write_checkpoint();
    }
    leave_checkpoint();
    return result();
  }

 private:
  // From where a former process ended, or from the beginning. False when there is a checkpoint from
  // which this process cannot go on.
  bool go_on() {
    const std::string& path = shared_.options.checkpoint;
    if (path.empty()) return put_initial();
    Result<CheckpointReader> opened = CheckpointReader::open(path);
    if (opened) return load(*opened);
    if (opened.error().code == Errc::kNotFound) return put_initial();
    return refuse(opened.error().detail);
  }

  void enter_next_level() {
    shared_.here().clear();
    ++shared_.depth;
  }

  bool refuse(const std::string& why) {
    refusal_ = why;
    shared_.end(End::kRefused);
    return false;
  }

  bool load(CheckpointReader& from) {
    const std::string& path = shared_.options.checkpoint;
    const Bytes identity = from.block();
    if (identity != shared_.options.identity) {
      return refuse(path + " is of " + identity + ", and this is " + shared_.options.identity);
    }
    if (!model_.load_parts(from.block())) {
      return refuse(path + " was written by cores that behave otherwise");
    }
    shared_.depth = from.number();
    shared_.chunks = from.number();
    shared_.successors = from.number();
    frontier_bytes_ = from.number();
    milliseconds_before_ = from.number();
    processor_milliseconds_before_ = from.number();
    shared_.visited.load(from);
    shared_.trail.load(from);
    shared_.here().load(from);
    shared_.next().load(from);
    resumed_at_ = shared_.visited.size();
    return true;
  }

  void write_checkpoint() {
    const Clock::time_point began = Clock::now();
    CheckpointWriter to(shared_.options.checkpoint);
    to.put(BytesView(shared_.options.identity));
    to.put(BytesView(model_.save_parts()));
    to.put(shared_.depth);
    to.put(shared_.chunks);
    to.put(shared_.successors);
    to.put(frontier_bytes_);
    to.put(milliseconds());
    to.put(processor_milliseconds());
    shared_.visited.save(to);
    shared_.trail.save(to);
    shared_.here().save(to);
    shared_.next().save(to);
    if (!to.finish()) shared_.end(End::kDisk);
    write_later(since(began));
  }

  // Writing takes one part in twenty of the time at most.
  void write_later(double took) {
    shared_.pause = false;
    if (shared_.options.checkpoint.empty()) return;
    const double wait = std::max(shared_.options.checkpoint_seconds, took * 20);
    shared_.pause_at = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                          std::chrono::duration<double>(wait));
  }

  void leave_checkpoint() {
    if (shared_.options.checkpoint.empty()) return;
    switch (shared_.ended) {
      case End::kInterrupted:
      case End::kLimit:
      case End::kMemory: return write_checkpoint();
      case End::kExhausted:
      case End::kBroken: std::remove(shared_.options.checkpoint.c_str()); return;
      case End::kDisk:
      case End::kRefused: return;  // the last one that is whole stays
    }
  }

  bool put_initial() {
    shared_.visited.insert(model_.fingerprint_of_initial());
    Chunk chunk;
    chunk.first = shared_.numbers();
    chunk.add(model_.initial());
    shared_.here().put(std::move(chunk));
    return true;
  }

  void expand_level() {
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < walkers_.size(); ++i) {
      threads.emplace_back([this, i] { work(*walkers_[i], shared_, [] {}); });
    }
    work(*walkers_[0], shared_, [this] { tell(); });
    for (std::thread& thread : threads) thread.join();
  }

  void tell() const {
    tell_(Progress{.depth = shared_.depth,
                   .states = shared_.visited.size(),
                   .frontier = shared_.levels[shared_.depth % 2].states(),
                   .successors = shared_.successors,
                   .seconds = static_cast<double>(milliseconds()) / 1000});
  }

  std::uint64_t milliseconds() const {
    return milliseconds_before_ + static_cast<std::uint64_t>(since(started_) * 1000);
  }
  std::uint64_t processor_milliseconds() const {
    const double used = processor_seconds() - processor_before_;
    return processor_milliseconds_before_ + static_cast<std::uint64_t>(used * 1000);
  }

  Exploration result() {
    Exploration result;
    result.end = shared_.ended;
    result.states = shared_.visited.size();
    result.depth = shared_.depth;
    result.successors = shared_.successors;
    result.visited_bytes = shared_.visited.bytes();
    result.trail_bytes = result.states * sizeof(Trail::Link);
    result.frontier_bytes = frontier_bytes_;
    result.table_bytes = model_.table_bytes();
    result.seconds = static_cast<double>(milliseconds()) / 1000;
    result.processor_seconds = static_cast<double>(processor_milliseconds()) / 1000;
    result.resumed_at = resumed_at_;
    result.refusal = refusal_;
    if (shared_.found) {
      result.finding = shared_.found->finding;
      result.path = shared_.trail.path_to(shared_.found->parent);
      result.path.push_back(shared_.found->action);
    }
    return result;
  }

  Model& model_;
  const std::function<void(const Progress&)>& tell_;
  Shared shared_;
  std::vector<std::unique_ptr<Walker>> walkers_;
  std::uint64_t frontier_bytes_ = 0;
  Clock::time_point started_ = Clock::now();
  double processor_before_ = processor_seconds();
  // Of the processes that walked before.
  std::uint64_t milliseconds_before_ = 0;
  std::uint64_t processor_milliseconds_before_ = 0;
  std::uint64_t resumed_at_ = 0;
  std::string refusal_;
};

}  // namespace

Exploration explore(Model& model, const ExploreOptions& options,
                    const std::function<void(const Progress&)>& tell) {
  return Run(model, options, tell).run();
}

}  // namespace plumbline::model
