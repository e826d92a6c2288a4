#pragma once

#include <memory>
#include <string>

#include "nodes/base/ids.h"
#include "nodes/base/result.h"

namespace plumbline::real {

// Keeps a directory for this process: an exclusive flock on `<directory>/LOCK`, which the kernel
// lets go when the process ends, however it ends. The file holds the owner's process number for
// people to read.
class DirectoryLock {
 public:
  // Makes the directory when it is missing.
  // Errors: kExists, with the detail "data directory X is in use by process N".
  static Result<std::unique_ptr<DirectoryLock>> acquire(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  const int descriptor_;
};

// Everything that one node keeps on this machine, held by one process at a time:
//   LOCK       see DirectoryLock
//   IDENTITY   whose directory this is, and how often it was opened
//   store/     the root of the node's Disk
class DataDirectory {
 public:
  // Locks the directory, checks that it is empty or belongs to `node` of `cluster`, and makes the
  // next incarnation durable. Errors, each a line for the operator: kExists when another process
  // holds it, kInvalid when it is another node's or another cluster's, kCorrupt when IDENTITY
  // cannot be read. A refused directory keeps all but its LOCK as it was.
  static Result<std::unique_ptr<DataDirectory>> open(const std::string& path, NodeId node,
                                                     std::uint64_t cluster);

  Incarnation incarnation() const { return incarnation_; }
  const std::string& store() const { return store_; }

 private:
  DataDirectory(std::unique_ptr<DirectoryLock> lock, Incarnation incarnation, std::string store)
      : lock_(std::move(lock)), incarnation_(incarnation), store_(std::move(store)) {}

  std::unique_ptr<DirectoryLock> lock_;
  Incarnation incarnation_;
  std::string store_;
};

}  // namespace plumbline::real
