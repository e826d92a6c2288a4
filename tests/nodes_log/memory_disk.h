#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "nodes/world/disk.h"

namespace plumbline::log::test {

// What becomes of things that were not synced when power is lost.
struct Loss {
  enum class Mode { kNothingSurvives, kAllSurvives, kMixed };
  Mode mode = Mode::kMixed;
  // kMixed: decides for each sector (old, new, torn) and each name (old, new) on its own.
  std::uint64_t seed = 0;
};

// A disk in memory for tests of the log: calls complete at once, a loss of power keeps what was
// synced and of the rest what a Loss says, and the k-th call can fail or be the node's last. A
// failed sync drops what it should have written and calls it clean, as Linux does.
class MemoryDisk : public Disk {
 public:
  struct Inode {
    Bytes now;
    Bytes durable;
    std::set<std::uint64_t> dirty;  // sectors
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>, std::less<>>;

  MemoryDisk() = default;
  // An independent copy, faults and hooks left behind.
  MemoryDisk(const MemoryDisk& other);
  MemoryDisk& operator=(const MemoryDisk&) = delete;

  Result<std::unique_ptr<File>> open(Yield&, std::string_view path, OpenMode mode) override;
  Status remove(Yield&, std::string_view path) override;
  Status rename(Yield&, std::string_view from, std::string_view to) override;
  Status make_directory(Yield&, std::string_view path) override;
  Status sync_directory(Yield&, std::string_view path) override;
  Result<std::vector<std::string>> list(Yield&, std::string_view path) override;

  // From here on the disk holds what survived.
  void lose_power(const Loss& loss);

  // The call with this number (from 1) fails with `code`; when `last`, it and all after it fail
  // without effect.
  void fail_call(std::uint64_t number, Errc code, bool last);
  void heal() { fail_at_ = 0; }
  std::uint64_t calls() const { return calls_; }
  // Calls that could change something.
  std::uint64_t writes() const { return writes_; }
  std::uint64_t syncs() const { return syncs_; }
  void reset_calls() { calls_ = writes_ = syncs_ = 0; }
  // There is no room for anything that grows.
  bool fail_allocations = false;
  // What all files may come to in bytes; allocate() fails beyond it. A removed one counts until its
  // name is gone for good.
  std::uint64_t capacity = UINT64_MAX;
  // This File::write (from 1) lands so many sectors further on in its file, or nowhere, and says
  // that all is well.
  std::uint64_t stray_write = 0;
  std::optional<std::int64_t> stray_sectors;
  std::uint64_t data_writes() const { return data_writes_; }
  // Runs inside each File::sync, before it takes effect.
  std::function<void()> during_sync;

  // The file's bytes for a test to damage; set_bytes makes them durable.
  Bytes bytes(const std::string& path) const;
  void set_bytes(const std::string& path, Bytes bytes);
  void drop(const std::string& path);
  std::vector<std::string> paths() const;

 private:
  friend class MemoryFile;
  bool has_room_for(const Inode& file, std::uint64_t size) const;
  // What a call must return at once, if anything.
  Status enter(bool writes);

  Names now_;
  Names durable_;
  std::set<std::string, std::less<>> directories_;
  std::set<std::string, std::less<>> durable_directories_;
  std::uint64_t calls_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t data_writes_ = 0;
  std::uint64_t fail_at_ = 0;
  Errc fail_code_ = Errc::kIo;
  bool fail_is_last_ = false;
};

}  // namespace plumbline::log::test
