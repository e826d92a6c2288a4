#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"

namespace plumbline {

class Yield;

// One open file. Offsets and sizes are in bytes.
class File {
 public:
  virtual ~File() = default;
  // Fills `into` from `offset`; fewer bytes only at the end of the file. May fail (kIo), or succeed
  // with rotten bytes.
  virtual Result<std::size_t> read(Yield& yield, std::uint64_t offset, std::span<char> into) = 0;
  // Visible to readers at once, durable only after sync(). Writing past the end extends the file; a
  // gap reads as zeros.
  virtual Status write(Yield& yield, std::uint64_t offset, BytesView bytes) = 0;
  // Makes everything durable that was written to this file before the call. After a failure it is
  // unknown what is durable, and a second sync() that succeeds says nothing about the first one's
  // bytes (Rebello and others, ATC 2020): the only sound answer is to stop and recover from what
  // the disk then holds.
  virtual Status sync(Yield& yield) = 0;
  // Makes the file at least `size` long with zeros, space reserved, so that writing there neither
  // grows it nor fails for lack of space. Durable after sync().
  virtual Status allocate(Yield& yield, std::uint64_t size) = 0;
  virtual Status truncate(Yield& yield, std::uint64_t size) = 0;
  virtual Result<std::uint64_t> size(Yield& yield) = 0;
};

enum class OpenMode {
  kRead,    // must exist
  kWrite,   // must exist; for reading and writing
  kCreate,  // must not exist; for reading and writing
};

// A node's own directory tree, with POSIX durability and nothing better.
//
// Written bytes survive a loss of power only after File::sync; a created, renamed or removed name
// only after the sync of the directory that holds it. What was not synced survives in part: each
// sector of 512 bytes on its own, old, new or torn. Paths are relative to the node's directory, '/'
// between names; "" is that directory.
//
// Two faces. With a Yield that can suspend, calls take time and others run meanwhile. With
// Yield::never() each call is done when it returns: for storage engines, and for recovering a
// durable image in a check.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual Result<std::unique_ptr<File>> open(Yield& yield, std::string_view path,
                                             OpenMode mode) = 0;
  virtual Status remove(Yield& yield, std::string_view path) = 0;
  // Atomically replaces `to`.
  virtual Status rename(Yield& yield, std::string_view from, std::string_view to) = 0;
  virtual Status make_directory(Yield& yield, std::string_view path) = 0;
  virtual Status sync_directory(Yield& yield, std::string_view path) = 0;
  // Names in a directory, sorted bytewise. Errors: kNotFound.
  virtual Result<std::vector<std::string>> list(Yield& yield, std::string_view path) = 0;
};

}  // namespace plumbline
