#include "sim/disk.h"

#include <algorithm>
#include <utility>

#include "nodes/base/hash.h"
#include "sim/machine.h"
#include "sim/runtime.h"

namespace plumbline::sim {
namespace {

constexpr trace::Kind kRead{"disk.read", "reads {c} bytes of {a:name} at {b}, content {d:x}"};
constexpr trace::Kind kWrite{"disk.write", "writes {c} bytes to {a:name} at {b}, content {d:x}"};
constexpr trace::Kind kSync{"disk.sync", "syncs {a:name}, {b} bytes"};
constexpr trace::Kind kResize{"disk.resize", "{a:name} is now {b} bytes"};
constexpr trace::Kind kCreate{"disk.create", "creates {a:name}"};
constexpr trace::Kind kRemove{"disk.remove", "removes {a:name}"};
constexpr trace::Kind kRename{"disk.rename", "renames {a:name} to {b:name}"};
constexpr trace::Kind kMakeDirectory{"disk.make_directory", "makes directory {a:name}"};
constexpr trace::Kind kSyncDirectory{"disk.sync_directory", "syncs directory '{a:name}'"};
constexpr trace::Kind kReadFailed{"disk.read_failed", "a read of {a:name} at {b} fails"};
constexpr trace::Kind kWriteFailed{"disk.write_failed",
                                   "a write to {a:name} at {b} fails after {c} of {d} bytes"};
constexpr trace::Kind kSyncFailed{"disk.sync_failed", "a sync of {a:name} fails"};
constexpr trace::Kind kFull{"disk.full", "no space for {a:name}"};
constexpr trace::Kind kCrashedInside{"disk.crashed_inside",
                                     "dies inside a disk call, {a} of {b} parts happened"};

std::string_view purpose_of(int call) {
  switch (call) {
    case 0: return "read";
    case 1: return "write";
    default: return "sync";
  }
}

}  // namespace

// Registers a call for as long as it waits, so that a crash can find it.
class SimDisk::InFlightGuard {
 public:
  InFlightGuard(SimDisk& disk, InFlight& call) : disk_(disk), call_(call) {
    disk_.in_flight_.push_back(&call_);
  }
  ~InFlightGuard() { std::erase(disk_.in_flight_, &call_); }
  InFlightGuard(const InFlightGuard&) = delete;
  InFlightGuard& operator=(const InFlightGuard&) = delete;

 private:
  SimDisk& disk_;
  InFlight& call_;
};

class SimFile final : public File {
 public:
  SimFile(SimDisk& disk, std::shared_ptr<Inode> inode, std::uint64_t path, bool writable)
      : disk_(disk), inode_(std::move(inode)), path_(path), writable_(writable) {}

  Result<std::size_t> read(Yield& yield, std::uint64_t offset, std::span<char> into) override {
    return disk_.read(yield, *inode_, path_, offset, into);
  }
  Status write(Yield& yield, std::uint64_t offset, BytesView bytes) override {
    PLUMB_ASSERT(writable_, "write to a file opened for reading");
    return disk_.write(yield, *inode_, path_, offset, bytes);
  }
  Status sync(Yield& yield) override { return disk_.sync(yield, *inode_, path_); }
  Status allocate(Yield& yield, std::uint64_t size) override {
    PLUMB_ASSERT(writable_, "allocate in a file opened for reading");
    return disk_.resize(yield, *inode_, path_, size, /*shrink=*/false);
  }
  Status truncate(Yield& yield, std::uint64_t size) override {
    PLUMB_ASSERT(writable_, "truncate of a file opened for reading");
    return disk_.resize(yield, *inode_, path_, size, /*shrink=*/true);
  }
  Result<std::uint64_t> size(Yield&) override { return inode_->size(); }

 private:
  SimDisk& disk_;
  std::shared_ptr<Inode> inode_;
  std::uint64_t path_;
  bool writable_;
};

void SimDisk::tell(const trace::Kind& kind, std::uint64_t a, std::uint64_t b, std::uint64_t c,
                   std::uint64_t d) {
  engine_.tell(machine_.id, machine_.incarnation, kind, a, b, c, d);
}

Key SimDisk::key_of(const Subject& subject) {
  const Key key = Key("disk", purpose_of(static_cast<int>(subject.call)))
                      .with(machine_.id)
                      .with(machine_.incarnation)
                      .with(subject.what)
                      .with(subject.offset);
  return key.with(attempts_.next(key.hash()));
}

Duration SimDisk::usual_latency(const Subject& subject, const Key& key) {
  const DiskSettings& settings = engine_.options.disk;
  network::LinkSettings times;
  times.tail_ppm = settings.tail_ppm;
  times.tail_max = settings.tail_max;
  switch (subject.call) {
    case Call::kRead:
      times.delay_min = settings.read_min;
      times.delay_max = settings.read_max;
      break;
    case Call::kWrite:
      times.delay_min = settings.write_min;
      times.delay_max = settings.write_max;
      break;
    case Call::kSync:
      times.delay_min = settings.sync_min;
      times.delay_max = settings.sync_max;
      break;
  }
  const std::uint64_t rank = engine_.random.below(key.of("disk.latency"), network::kRanks);
  return network::delay_at(times, {}, rank);
}

Duration SimDisk::slowed(Duration usual) const {
  return usual * static_cast<std::int64_t>(machine_.disk_faults.slow_percent) / 100;
}

void SimDisk::end_at(InFlight& call, TrueTime time) {
  call.ends = time;
  call.end = engine_.post(time, machine_.owner(), [waker = call.waker] { waker.wake(); });
}

void SimDisk::speed_changed() {
  for (InFlight* call : in_flight_) {
    const TrueTime latest = engine_.now + slowed(call->usual);
    if (call->ends <= latest) continue;
    engine_.queue.cancel(call->end);
    end_at(*call, latest);
  }
}

bool SimDisk::begin(Yield& yield, const Subject& subject, const Key& key, std::uint64_t bytes,
                    UniqueFunction<void(std::uint64_t)> reach) {
  if (machine_.runtime->ending()) return false;
  const Duration usual = usual_latency(subject, key);
  const Duration time = slowed(usual);
  const std::optional<CrashKind> crash = std::exchange(machine_.crash_in_disk_call, std::nullopt);
  if (!yield.can_suspend()) {
    machine_.charged = machine_.charged + time;
    if (!crash) return true;
    // The image freezes here: half of the call may happen, and the dying node changes nothing any
    // more.
    InFlight call{key, std::move(reach), bytes};
    in_flight_.push_back(&call);
    machine_.dying = *crash;
    machine_.runtime->stop();
    crash_in_flight();
    return false;
  }
  InFlight call{key, std::move(reach), bytes, usual};
  call.waker = yield.waker();
  const InFlightGuard guard(*this, call);
  if (crash) {
    engine_.post(engine_.now + time / 2, machine_.owner(), [this, kind = *crash] {
      machine_.dying = kind;
      machine_.runtime->stop();
    });
  }
  end_at(call, engine_.now + time);
  yield.suspend();
  return true;
}

void SimDisk::crash_in_flight() {
  for (InFlight* call : std::exchange(in_flight_, {})) {
    const std::uint64_t how = engine_.random.below(call->key.of("disk.crash_reach"), 3);
    std::uint64_t reached = how == 0 ? 0 : call->bytes;
    if (how == 2)
      reached = engine_.random.between(call->key.of("disk.crash_bytes"), 0, call->bytes);
    tell(kCrashedInside, reached, call->bytes);
    if (reached > 0) call->reach(reached);
  }
}

bool SimDisk::full(const Inode& file, std::uint64_t end) const {
  if (end <= file.reserved()) return false;
  if (machine_.disk_faults.full) return true;
  const std::uint64_t capacity = engine_.options.disk.capacity_bytes;
  return capacity != UINT64_MAX && machine_.disk.reserved() + end - file.reserved() > capacity;
}

bool SimDisk::full_for_names() const { return machine_.disk_faults.full; }

Result<std::size_t> SimDisk::read(Yield& yield, Inode& file, std::uint64_t path,
                                  std::uint64_t offset, std::span<char> into) {
  const Subject subject{Call::kRead, file.key(), offset};
  const Key key = key_of(subject);
  if (!begin(yield, subject, key, 1, [](std::uint64_t) {})) return Errc::kCrashed;
  if (engine_.random.chance(key.of("disk.read_error"), machine_.disk_faults.read_error_ppm)) {
    tell(kReadFailed, path, offset);
    return Errc::kIo;
  }
  const std::size_t count = file.read(offset, into);
  damage_read(file, offset, into.first(count));
  tell(kRead, path, offset, count, hash_bytes({into.data(), count}));
  return count;
}

Status SimDisk::write(Yield& yield, Inode& file, std::uint64_t path, std::uint64_t offset,
                      BytesView bytes) {
  const Subject subject{Call::kWrite, file.key(), offset};
  const Key key = key_of(subject);
  const auto reach = [&file, offset, bytes](std::uint64_t count) {
    file.write(offset, bytes.substr(0, count));
  };
  if (!begin(yield, subject, key, bytes.size(), reach)) return Errc::kCrashed;
  if (full(file, offset + bytes.size())) {
    tell(kFull, path);
    return Errc::kNoSpace;
  }
  if (engine_.random.chance(key.of("disk.write_error"), machine_.disk_faults.write_error_ppm)) {
    const std::uint64_t done =
        engine_.random.between(key.of("disk.write_error_bytes"), 0, bytes.size());
    reach(done);
    tell(kWriteFailed, path, offset, done, bytes.size());
    return Errc::kIo;
  }
  if (!damage_write(file, offset, bytes)) reach(bytes.size());
  tell(kWrite, path, offset, bytes.size(), hash_bytes(bytes));
  return {};
}

Status SimDisk::sync(Yield& yield, Inode& file, std::uint64_t path) {
  const Subject subject{Call::kSync, file.key(), 0};
  const Key key = key_of(subject);
  if (machine_.runtime->ending()) return Errc::kCrashed;
  const bool lying = machine_.disk_faults.lying_sync;
  const auto point = std::make_shared<Inode::SyncPoint>(file.begin_sync());
  const bool alive = begin(yield, subject, key, 1, [&file, point, lying](std::uint64_t) {
    if (!lying) file.finish_sync(*point);
  });
  if (!alive) return Errc::kCrashed;
  if (engine_.random.chance(key.of("disk.sync_error"), machine_.disk_faults.sync_error_ppm)) {
    file.fail_sync(*point, [&](std::uint64_t sector) {
      return engine_.random.below(key.of("disk.sync_survives").with(sector), 2) != 0;
    });
    tell(kSyncFailed, path);
    return Errc::kIo;
  }
  if (!lying) file.finish_sync(*point);
  tell(kSync, path, point->size);
  return {};
}

Status SimDisk::resize(Yield& yield, Inode& file, std::uint64_t path, std::uint64_t size,
                       bool shrink) {
  const Subject subject{Call::kWrite, file.key(), UINT64_MAX};
  const Key key = key_of(subject);
  const auto reach = [&file, size, shrink](std::uint64_t) {
    if (shrink || size > file.size()) {
      file.resize(size);
    } else {
      file.reserve(size);
    }
  };
  if (!begin(yield, subject, key, 1, reach)) return Errc::kCrashed;
  if (full(file, size)) {
    tell(kFull, path);
    return Errc::kNoSpace;
  }
  reach(1);
  tell(kResize, path, file.size());
  return {};
}

template <class Effect>
Status SimDisk::names_call(Yield& yield, Call call, std::string_view path, Effect effect) {
  const Subject subject{call, hash_name(path), UINT64_MAX};
  const Key key = key_of(subject);
  const auto reach = [&effect](std::uint64_t) { static_cast<void>(effect()); };
  if (!begin(yield, subject, key, 1, reach)) return Errc::kCrashed;
  return effect();
}

Result<std::unique_ptr<File>> SimDisk::open(Yield& yield, std::string_view path, OpenMode mode) {
  const std::uint64_t name = engine_.trace.name(path);
  std::shared_ptr<Inode> file;
  const Status done =
      names_call(yield, mode == OpenMode::kCreate ? Call::kWrite : Call::kRead, path, [&] {
        if (mode == OpenMode::kCreate && full_for_names()) return Status(Errc::kNoSpace);
        auto found =
            mode == OpenMode::kCreate ? machine_.disk.create(path) : machine_.disk.find(path);
        if (!found) return Status(found.error());
        file = *found;
        return Status();
      });
  if (!done) return done.error();
  if (mode == OpenMode::kCreate) tell(kCreate, name);
  return std::unique_ptr<File>(
      std::make_unique<SimFile>(*this, std::move(file), name, mode != OpenMode::kRead));
}

Status SimDisk::remove(Yield& yield, std::string_view path) {
  const Status done =
      names_call(yield, Call::kWrite, path, [&] { return machine_.disk.remove(path); });
  if (done) tell(kRemove, engine_.trace.name(path));
  return done;
}

Status SimDisk::rename(Yield& yield, std::string_view from, std::string_view to) {
  const Status done =
      names_call(yield, Call::kWrite, from, [&] { return machine_.disk.rename(from, to); });
  if (done) tell(kRename, engine_.trace.name(from), engine_.trace.name(to));
  return done;
}

Status SimDisk::make_directory(Yield& yield, std::string_view path) {
  const Status done = names_call(yield, Call::kWrite, path, [&] {
    return full_for_names() ? Status(Errc::kNoSpace) : machine_.disk.make_directory(path);
  });
  if (done) tell(kMakeDirectory, engine_.trace.name(path));
  return done;
}

Status SimDisk::sync_directory(Yield& yield, std::string_view path) {
  const std::uint64_t up_to = machine_.disk.last_change();
  const bool lying = machine_.disk_faults.lying_sync;
  const Status done = names_call(yield, Call::kSync, path, [&] {
    if (!machine_.disk.is_directory(path)) return Status(Error{Errc::kNotFound, std::string(path)});
    if (!lying) machine_.disk.sync_directory(path, up_to);
    return Status();
  });
  if (done) tell(kSyncDirectory, engine_.trace.name(path));
  return done;
}

Result<std::vector<std::string>> SimDisk::list(Yield& yield, std::string_view path) {
  std::vector<std::string> found;
  const Status done = names_call(yield, Call::kRead, path, [&] {
    auto names = machine_.disk.list(path);
    if (!names) return Status(names.error());
    found = std::move(*names);
    return Status();
  });
  if (!done) return done.error();
  return found;
}

}  // namespace plumbline::sim
