#include "nodes/base/hash.h"
#include "sim/disk.h"
#include "sim/machine.h"

namespace plumbline::sim {
namespace {

constexpr trace::Kind kSectorKept{
    "disk.sector_survives",
    "file {a:x}: unsynced sector {b} survives ({c} of 512 bytes, version {d})"};
constexpr trace::Kind kNameLost{"disk.name_lost",
                                "unsynced change of a name is lost: -{a:name} +{b:name}"};

// A power loss has a temper, so that runs see all of a group of writes survive, none of it, and any
// part of it.
enum class Temper : std::uint64_t {
  kNothingSurvives,
  kEverythingSurvives,
  kEachOnItsOwn,
  kCount = 4
};

SectorFate draw_fate(Engine& engine, Temper temper, const Key& key, std::uint32_t versions) {
  if (temper == Temper::kNothingSurvives) return {SectorFate::Kind::kOld, 0, 0};
  if (temper == Temper::kEverythingSurvives) return {SectorFate::Kind::kNew, 0, 0};
  SectorFate fate;
  const std::uint64_t how = engine.random.below(key.of("disk.survive"), 5);
  if (how < 2) return fate;
  if (versions > 1) {
    fate.version =
        static_cast<std::uint32_t>(engine.random.below(key.of("disk.survive_version"), versions));
  }
  fate.kind = how < 4 ? SectorFate::Kind::kNew : SectorFate::Kind::kTorn;
  if (fate.kind == SectorFate::Kind::kTorn) {
    fate.torn_bytes = static_cast<std::uint32_t>(
        engine.random.between(key.of("disk.torn_bytes"), 1, kSectorBytes - 1));
  }
  return fate;
}

void lose_bytes(Engine& engine, Machine& machine, Inode& file, Temper temper) {
  const Key of_file = Key("disk").with(machine.id).with(machine.incarnation).with(file.key());
  file.lose_power(
      [&](std::uint64_t sector, std::uint32_t versions) {
        const SectorFate fate = draw_fate(engine, temper, of_file.with(sector), versions);
        if (fate.kind != SectorFate::Kind::kOld) {
          const bool torn = fate.kind == SectorFate::Kind::kTorn;
          engine.tell(machine.id, machine.incarnation, kSectorKept, file.key(), sector,
                      torn ? fate.torn_bytes : kSectorBytes, fate.version);
        }
        return fate;
      },
      [&] {
        if (temper != Temper::kEachOnItsOwn) return temper == Temper::kEverythingSurvives;
        return engine.random.below(of_file.of("disk.survive_size"), 2) != 0;
      });
}

}  // namespace

void lose_power(Engine& engine, Machine& machine) {
  const Key loss = Key("disk").with(machine.id).with(machine.incarnation);
  const std::vector<std::shared_ptr<Inode>> files = machine.disk.files();
  // A node that is down can lose its power again; then nothing is left to decide.
  if (machine.disk_lost_in == machine.incarnation) return;
  machine.disk_lost_in = machine.incarnation;
  const std::uint64_t drawn =
      engine.random.below(loss.of("disk.temper"), static_cast<std::uint64_t>(Temper::kCount));
  const Temper temper = drawn >= 2 ? Temper::kEachOnItsOwn : static_cast<Temper>(drawn);
  for (const auto& file : files) lose_bytes(engine, machine, *file, temper);
  Attempts attempts;
  machine.disk.lose_names([&](const NameChange& change) {
    bool survives = temper == Temper::kEverythingSurvives;
    if (temper == Temper::kEachOnItsOwn) {
      const std::uint64_t what = combine(hash_name(change.removed), hash_name(change.added));
      const Key key = loss.with(what).with(attempts.next(what));
      survives = engine.random.below(key.of("disk.survive_name"), 2) != 0;
    }
    if (!survives) {
      engine.tell(machine.id, machine.incarnation, kNameLost, engine.trace.name(change.removed),
                  engine.trace.name(change.added));
    }
    return survives;
  });
}

}  // namespace plumbline::sim
