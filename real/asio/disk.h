#pragma once

#include <memory>
#include <string>

#include "nodes/world/disk.h"
#include "real/asio/life.h"
#include "real/asio/posix_file.h"
#include "real/asio/worker_pool.h"

namespace plumbline::real {

// What a disk and its open files share: how a long call waits.
class DiskCalls {
 public:
  explicit DiskCalls(std::shared_ptr<Life> life) : life_(std::move(life)) {}

  bool alive() const { return life_->alive(); }
  // Runs `call` on a worker while the fiber waits, or here when the fiber must not wait. The call
  // must own or share all that it touches, for the fiber may be unwound while it runs.
  Status run(Yield& yield, UniqueFunction<Status()> call);

 private:
  std::shared_ptr<Life> life_;
  // Two, so that the sync of a directory or of a second log need not queue behind one slow sync.
  WorkerPool workers_{2};
};

// The files under one directory of the machine. Reading and writing go to the page cache and are
// done at once; sync and allocate, which wait for the device, leave the loop. Paths cannot leave
// the directory: names are checked, and the last one is never followed when it is a symbolic link.
class AsioDisk : public Disk {
 public:
  // Makes the directory when it is missing. Errors: those of the Disk port.
  static Result<std::unique_ptr<AsioDisk>> open_root(const std::string& directory,
                                                     std::shared_ptr<Life> life);

  Result<std::unique_ptr<File>> open(Yield& yield, std::string_view path, OpenMode mode) override;
  Status remove(Yield& yield, std::string_view path) override;
  Status rename(Yield& yield, std::string_view from, std::string_view to) override;
  Status make_directory(Yield& yield, std::string_view path) override;
  Status sync_directory(Yield& yield, std::string_view path) override;
  Result<std::vector<std::string>> list(Yield& yield, std::string_view path) override;

 private:
  AsioDisk(std::shared_ptr<Descriptor> root, std::shared_ptr<Life> life);
  Result<std::shared_ptr<Descriptor>> open_directory(std::string_view path);

  std::shared_ptr<Descriptor> root_;
  std::shared_ptr<DiskCalls> calls_;
};

// The Disk of a world without a data directory.
class NoDisk : public Disk {
 public:
  Result<std::unique_ptr<File>> open(Yield&, std::string_view, OpenMode) override { return kNo; }
  Status remove(Yield&, std::string_view) override { return kNo; }
  Status rename(Yield&, std::string_view, std::string_view) override { return kNo; }
  Status make_directory(Yield&, std::string_view) override { return kNo; }
  Status sync_directory(Yield&, std::string_view) override { return kNo; }
  Result<std::vector<std::string>> list(Yield&, std::string_view) override { return kNo; }

 private:
  static constexpr Errc kNo = Errc::kUnsupported;
};

}  // namespace plumbline::real
