// Damage that nobody is told of. Each strikes one call, and every choice is drawn under the key
// that names it: which sectors of a write are hit, where they land instead, what a read shows.

#include <algorithm>
#include <cstring>

#include "sim/disk.h"
#include "sim/machine.h"

namespace plumbline::sim {
namespace {

constexpr trace::Kind kRotten{"disk.rotten", "bit {c} of sector {b} of {a:name} rots"};
constexpr trace::Kind kWriteLost{"disk.write_lost",
                                 "{c} sectors from sector {b} of {a:name} are never written"};
constexpr trace::Kind kWriteAstray{"disk.write_astray",
                                   "sectors that were meant for another place land on {c} sectors "
                                   "from sector {b} of {a:name}"};
constexpr trace::Kind kReadStale{
    "disk.read_stale", "a read of {a:name} shows sector {b} as it was before its last write"};

// A sector of a file.
struct Place {
  std::string path;
  std::shared_ptr<Inode> file;
  std::uint64_t sector = 0;
};

// Durable sectors that hold something, file by file in the order of their names.
std::vector<Place> places_in(const Names& names, const Area& where) {
  std::vector<Place> found;
  for (const auto& [path, name] : names) {
    if (name.is_directory() || !where.has_file(path)) continue;
    for (const std::uint64_t sector : name.file->durable_sectors()) {
      if (where.has_sector(sector)) found.push_back({path, name.file, sector});
    }
  }
  return found;
}

// Sectors [first, end) of the write that the damage hits.
struct Hit {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

// All of the write as often as not, else a run of its sectors: a write is many requests to the
// device, and each may go wrong on its own.
Hit draw_hit(Engine& engine, const PlannedDamage& planned, std::uint64_t offset,
             std::uint64_t bytes) {
  const std::uint64_t from = std::max(offset, planned.where.from) / kSectorBytes;
  const std::uint64_t to = (std::min(offset + bytes, planned.where.to) - 1) / kSectorBytes + 1;
  if (engine.random.below(planned.which.of("disk.damage_whole"), 2) != 0) return {from, to};
  Hit hit;
  hit.first = engine.random.between(planned.which.of("disk.damage_first"), from, to - 1);
  hit.end = engine.random.between(planned.which.of("disk.damage_end"), hit.first + 1, to);
  return hit;
}

}  // namespace

std::optional<PlannedDamage> SimDisk::take_damage(const Inode& file, DamageKind kind,
                                                  std::uint64_t offset, std::uint64_t bytes) {
  if (bytes == 0) return std::nullopt;
  auto& planned = machine_.planned_damage;
  const auto found = std::find_if(planned.begin(), planned.end(), [&](const PlannedDamage& one) {
    return one.kind == kind && one.where.has_file(machine_.disk.path_of(file)) &&
           offset + bytes > one.where.from && offset < one.where.to;
  });
  if (found == planned.end()) return std::nullopt;
  const PlannedDamage taken = *found;
  planned.erase(found);
  return taken;
}

void SimDisk::note_damage(const PlannedDamage& planned, std::string path, std::uint64_t sector) {
  engine_.damages.push_back(
      {machine_.id, planned.kind, planned.which.hash(), std::move(path), sector, engine_.now});
}

bool SimDisk::damage_write(Inode& file, std::uint64_t offset, BytesView bytes) {
  if (machine_.planned_damage.empty()) return false;
  auto planned = take_damage(file, DamageKind::kLostWrite, offset, bytes.size());
  if (!planned) planned = take_damage(file, DamageKind::kMisdirectedWrite, offset, bytes.size());
  if (!planned) return false;
  const Hit hit = draw_hit(engine_, *planned, offset, bytes.size());
  const std::uint64_t from = std::max(offset, hit.first * kSectorBytes);
  const std::uint64_t to = std::min(offset + bytes.size(), hit.end * kSectorBytes);
  // The file has its new length: that is the file system's, which writes elsewhere.
  if (offset + bytes.size() > file.size()) file.resize(offset + bytes.size());
  file.write(offset, bytes.substr(0, from - offset));
  file.write(to, bytes.substr(to - offset));
  const std::string path = machine_.disk.path_of(file);
  tell(kWriteLost, engine_.trace.name(path), hit.first, hit.end - hit.first);
  note_damage(*planned, path, hit.first);
  if (planned->kind == DamageKind::kMisdirectedWrite) {
    land_astray(file, planned->which, from, bytes.substr(from - offset, to - from));
  }
  return true;
}

// Sectors keep their order and where a sector begins. What would lie behind the end of the file
// lands on nothing.
void SimDisk::land_astray(const Inode& meant, const Key& which, std::uint64_t offset,
                          BytesView bytes) {
  std::vector<Place> places = places_in(machine_.disk.names(), {});
  std::erase_if(places, [&](const Place& place) {
    return place.file.get() == &meant && place.sector == offset / kSectorBytes;
  });
  if (places.empty()) return;
  const Place& place = places[engine_.random.below(which.of("disk.damage_astray"), places.size())];
  const std::uint64_t at = place.sector * kSectorBytes + offset % kSectorBytes;
  if (at >= place.file->durable_size()) return;
  const BytesView fits = bytes.substr(0, place.file->durable_size() - at);
  place.file->write_platter(at, fits);
  tell(kWriteAstray, engine_.trace.name(place.path), place.sector,
       (at + fits.size() - 1) / kSectorBytes - place.sector + 1);
}

void SimDisk::damage_read(const Inode& file, std::uint64_t offset, std::span<char> read) {
  if (machine_.planned_damage.empty() || read.empty()) return;
  auto& planned = machine_.planned_damage;
  for (auto one = planned.begin(); one != planned.end(); ++one) {
    const std::string path = machine_.disk.path_of(file);
    if (one->kind != DamageKind::kStaleRead || !one->where.has_file(path)) continue;
    std::vector<std::uint64_t> stale;
    const std::uint64_t end = (offset + read.size() - 1) / kSectorBytes + 1;
    for (std::uint64_t sector = offset / kSectorBytes; sector < end; ++sector) {
      if (one->where.has_sector(sector) && file.differs_from_before(sector))
        stale.push_back(sector);
    }
    if (stale.empty()) continue;
    const std::uint64_t sector =
        stale[engine_.random.below(one->which.of("disk.damage_stale"), stale.size())];
    const Sector before = file.before(sector);
    const std::uint64_t from = std::max(offset, sector * kSectorBytes);
    const std::uint64_t to = std::min(offset + read.size(), (sector + 1) * kSectorBytes);
    std::memcpy(read.data() + (from - offset), before.data() + from % kSectorBytes, to - from);
    tell(kReadStale, engine_.trace.name(path), sector);
    note_damage(*one, path, sector);
    planned.erase(one);
    return;
  }
}

bool rot_disk(Engine& engine, Machine& machine, const Key& which, const Area& where) {
  const std::vector<Place> places = places_in(machine.disk.durable_names(), where);
  if (places.empty()) return false;
  const Place& place = places[engine.random.below(which.of("disk.rot_sector"), places.size())];
  const auto bit =
      static_cast<std::uint32_t>(engine.random.below(which.of("disk.rot_bit"), kSectorBytes * 8));
  place.file->flip_durable_bit(place.sector, bit);
  engine.tell(machine.id, machine.incarnation, kRotten, engine.trace.name(place.path), place.sector,
              bit);
  engine.damages.push_back(
      {machine.id, DamageKind::kRot, which.hash(), place.path, place.sector, engine.now});
  return true;
}

}  // namespace plumbline::sim
