#pragma once

#include <memory>
#include <vector>

#include "nodes/world/disk.h"
#include "sim/attempts.h"
#include "sim/damage.h"
#include "sim/disk_state.h"
#include "sim/engine.h"

namespace plumbline::sim {

struct Machine;

// The Disk of one incarnation over its machine's DiskState: how long calls take, what goes wrong,
// and what a crash in the middle of a call leaves behind.
//
// A call of a fiber takes its time and has its effect at the end. When the node dies meanwhile, a
// keyed decision says whether the effect still happens, in whole or (a write) in part. With
// Yield::never() the effect is immediate and the time is charged to the node's processor
// afterwards.
class SimDisk final : public Disk {
 public:
  SimDisk(Engine& engine, Machine& machine) : engine_(engine), machine_(machine) {}

  Result<std::unique_ptr<File>> open(Yield& yield, std::string_view path, OpenMode mode) override;
  Status remove(Yield& yield, std::string_view path) override;
  Status rename(Yield& yield, std::string_view from, std::string_view to) override;
  Status make_directory(Yield& yield, std::string_view path) override;
  Status sync_directory(Yield& yield, std::string_view path) override;
  Result<std::vector<std::string>> list(Yield& yield, std::string_view path) override;

  // The node dies: what its calls in flight leave behind.
  void crash_in_flight();
  // How slow the disk is has changed. Calls in flight take no longer from now on than a whole call
  // takes now: a disk that is well again keeps nobody waiting for what it began while it was not.
  void speed_changed();

 private:
  friend class SimFile;
  enum class Call { kRead, kWrite, kSync };

  // What a call is about; makes the keys of its decisions.
  struct Subject {
    Call call;
    std::uint64_t what = 0;  // the file's key, or the path's hash
    std::uint64_t offset = 0;
  };
  // A call that waits for its time to pass.
  struct InFlight {
    Key key;
    // Lets the effect happen: in whole, or its first bytes.
    UniqueFunction<void(std::uint64_t)> reach;
    std::uint64_t bytes = 1;
    Duration usual = {};  // how long it takes on a disk that is well
    TrueTime ends = {};
    fiber::Waker waker = {};
    EventHandle end = {};
  };
  class InFlightGuard;

  Key key_of(const Subject& subject);
  Duration usual_latency(const Subject& subject, const Key& key);
  Duration slowed(Duration usual) const;
  void end_at(InFlight& call, TrueTime time);
  // False when the node is dying and the call must have no effect.
  bool begin(Yield& yield, const Subject& subject, const Key& key, std::uint64_t bytes,
             UniqueFunction<void(std::uint64_t)> reach);
  template <class Effect>
  Status names_call(Yield& yield, Call call, std::string_view path, Effect effect);
  bool full(const Inode& file, std::uint64_t end) const;
  bool full_for_names() const;
  void tell(const trace::Kind& kind, std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0,
            std::uint64_t d = 0);

  Status write(Yield& yield, Inode& file, std::uint64_t path, std::uint64_t offset,
               BytesView bytes);
  Result<std::size_t> read(Yield& yield, Inode& file, std::uint64_t path, std::uint64_t offset,
                           std::span<char> into);
  Status sync(Yield& yield, Inode& file, std::uint64_t path);
  Status resize(Yield& yield, Inode& file, std::uint64_t path, std::uint64_t size, bool shrink);

  // disk_damage.cc: damage that was planned, for the first call that it can strike.
  std::optional<PlannedDamage> take_damage(const Inode& file, DamageKind kind, std::uint64_t offset,
                                           std::uint64_t bytes);
  void note_damage(const PlannedDamage& planned, std::string path, std::uint64_t sector);
  // False when none struck, and then nothing was written.
  bool damage_write(Inode& file, std::uint64_t offset, BytesView bytes);
  void land_astray(const Inode& meant, const Key& which, std::uint64_t offset, BytesView bytes);
  void damage_read(const Inode& file, std::uint64_t offset, std::span<char> read);

  Engine& engine_;
  Machine& machine_;
  std::vector<InFlight*> in_flight_;
  Attempts attempts_;
};

// The power of `machine` goes: unsynced bytes and names survive in part, by keyed decisions.
void lose_power(Engine& engine, Machine& machine);

// One bit of a durable sector in the area is flipped. False when nothing is there.
bool rot_disk(Engine& engine, Machine& machine, const Key& which, const Area& where);

// A read-only Disk that shows one of the two sides of a DiskState, without copying. Valid until the
// state changes.
std::unique_ptr<Disk> make_image(const DiskState& state, bool durable);

}  // namespace plumbline::sim
