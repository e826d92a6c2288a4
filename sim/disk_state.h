#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"

namespace plumbline::sim {

constexpr std::uint64_t kSectorBytes = 512;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kSectorsPerPage = kPageBytes / kSectorBytes;

using Sector = std::array<char, kSectorBytes>;
using Page = std::array<char, kPageBytes>;

// What becomes of one unsynced sector when the power goes. `version` chooses among the sector's
// unsynced contents: 0 is the newest, 1 the one before it, ...
struct SectorFate {
  enum class Kind { kOld, kNew, kTorn };
  Kind kind = Kind::kOld;
  std::uint32_t version = 0;
  std::uint32_t torn_bytes = 0;  // of kTorn: this many leading bytes are new
};

// A file: what processes see (the page cache) and what is on the platter. Pages that are equal are
// shared, so a durable image costs nothing and a sync copies no bytes.
//
// Invariants, for each sector: neither dirty nor lost: both sides are equal. Dirty: written since
// it was last made durable. Lost: a failed sync forgot it; the cache has bytes that will never be
// written back.
class Inode {
 public:
  Inode(std::uint64_t id, std::uint64_t key) : id_(id), key_(key) {}

  // Order of creation on this disk, for ordering only; and what names it in decisions: its first
  // path and how many files were created there before.
  std::uint64_t id() const { return id_; }
  std::uint64_t key() const { return key_; }

  std::uint64_t size() const { return size_; }
  std::uint64_t durable_size() const { return durable_size_; }
  // Bytes of the device that the file occupies or has reserved, in whole pages.
  std::uint64_t reserved() const { return reserved_pages_ * kPageBytes; }

  std::size_t read(std::uint64_t offset, std::span<char> into) const;
  std::size_t read_durable(std::uint64_t offset, std::span<char> into) const;
  void write(std::uint64_t offset, BytesView bytes);
  void resize(std::uint64_t size);
  void reserve(std::uint64_t size);

  // A sync in three parts: what it covers is fixed when it begins, and takes effect when it ends.
  struct SyncPoint {
    struct Covered {
      std::uint64_t page;
      std::uint8_t sectors;
      std::shared_ptr<const Page> content;
    };
    std::vector<Covered> pages;
    std::uint64_t size = 0;
    std::uint64_t number = 0;
  };
  SyncPoint begin_sync();
  void finish_sync(const SyncPoint& point);
  // The sync failed: of what it covered, the sectors for which `survives` says so became durable,
  // and none is dirty any more.
  void fail_sync(const SyncPoint& point, const std::function<bool(std::uint64_t sector)>& survives);

  // The process ended: what a failed sync forgot leaves the cache, so that the next one finds what
  // the disk holds.
  void evict_lost();

  // The power goes: each dirty sector gets its fate, then the cache is what is durable. `keep_size`
  // decides about an unsynced change of the size.
  void lose_power(
      const std::function<SectorFate(std::uint64_t sector, std::uint32_t versions)>& fate,
      const std::function<bool()>& keep_size);

  // Past the cache, as the device itself might: what is durable changes, and what was clean shows
  // it. REQUIRES: within durable_size().
  void write_platter(std::uint64_t offset, BytesView bytes);
  // What a sector held before its last write; zeros when that was the first.
  Sector before(std::uint64_t sector) const;
  bool differs_from_before(std::uint64_t sector) const;

  // Numbers of the durable sectors that hold bytes and are below the durable size.
  std::vector<std::uint64_t> durable_sectors() const;
  void flip_durable_bit(std::uint64_t sector, std::uint32_t bit);
  bool dirty() const;

 private:
  struct Slot {
    std::shared_ptr<Page> cached;  // null reads as zeros
    std::shared_ptr<Page> durable;
    std::uint8_t dirty = 0;  // a bit for each sector
    std::uint8_t lost = 0;
  };

  Page& writable(std::shared_ptr<Page>& page);
  void note_overwritten(std::uint64_t sector);
  void note_before(std::uint64_t sector);
  void make_durable(std::uint64_t page, std::uint8_t sectors,
                    const std::shared_ptr<const Page>& content);
  void settle(const SyncPoint::Covered& covered);
  void apply(std::uint64_t sector, const SectorFate& fate);
  void ensure_pages(std::uint64_t count);
  template <class Which>
  std::size_t read_from(std::uint64_t offset, std::span<char> into, std::uint64_t size,
                        Which which) const;

  std::uint64_t id_;
  std::uint64_t key_;
  std::uint64_t size_ = 0;
  std::uint64_t durable_size_ = 0;
  std::uint64_t reserved_pages_ = 0;
  std::uint64_t dirty_from_ = UINT64_MAX;  // no page outside of [from, to) is dirty
  std::uint64_t dirty_to_ = 0;
  std::uint64_t sync_number_ = 0;
  std::uint64_t finished_sync_ = 0;
  bool any_lost_ = false;
  std::vector<Slot> slots_;
  // Contents of dirty sectors that were overwritten before any sync: a power loss may leave one of
  // them.
  std::map<std::uint64_t, std::vector<Sector>> overwritten_;
  // Contents of sectors before their last write, where they were not zeros.
  std::map<std::uint64_t, Sector> before_;
};

// A name's meaning.
struct Name {
  std::shared_ptr<Inode> file;  // null: a directory
  bool is_directory() const { return file == nullptr; }
};
using Names = std::map<std::string, Name, std::less<>>;

// One change of names that is not durable yet. All of it survives or nothing.
struct NameChange {
  std::uint64_t number = 0;
  std::string removed;  // "" when nothing is
  std::string added;    // "" when nothing is
  Name meaning;         // of `added`
};

// The disk of one machine. Operations take effect at once; time, faults and decisions are
// SimDisk's.
class DiskState {
 public:
  const Names& names() const { return names_; }
  const Names& durable_names() const { return durable_names_; }
  std::uint64_t reserved() const;

  Result<std::shared_ptr<Inode>> find(std::string_view path) const;
  Result<std::shared_ptr<Inode>> create(std::string_view path);
  Status make_directory(std::string_view path);
  Status remove(std::string_view path);
  Status rename(std::string_view from, std::string_view to);
  Result<std::vector<std::string>> list(std::string_view path) const;
  bool is_directory(std::string_view path) const;

  // The name of a file, the first of several; "" when it has none any more.
  std::string path_of(const Inode& file) const;

  // A directory's sync makes the changes durable that were made before it began.
  std::uint64_t last_change() const { return next_change_ - 1; }
  void sync_directory(std::string_view path, std::uint64_t up_to);

  // Files that hold something unsynced or could, oldest first.
  std::vector<std::shared_ptr<Inode>> files() const;
  // The power goes for the names: each change that is not durable survives or not.
  void lose_names(const std::function<bool(const NameChange&)>& survives);
  void evict_lost();
  void wipe();

  static std::string_view parent_of(std::string_view path);

 private:
  Status may_add(std::string_view path) const;
  void change(NameChange change);
  static void apply(Names& names, const NameChange& change);

  Names names_;
  Names durable_names_;
  std::vector<NameChange> pending_;
  std::map<std::string, std::uint64_t, std::less<>> creations_;  // how often a path was created
  std::uint64_t next_change_ = 1;
  std::uint64_t next_inode_ = 1;
};

// The names below `path` in `names`, without deeper ones; sorted.
std::vector<std::string> names_in(const Names& names, std::string_view path);

}  // namespace plumbline::sim
