#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"

namespace plumbline::real {

// An open descriptor with the name under which errors speak of it. Shared with whatever worker uses
// it, so that it is never closed, and its number never reused, under a running call.
class Descriptor {
 public:
  Descriptor(int number, std::string name) : number_(number), name_(std::move(name)) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  const std::string& name() const { return name_; }

 private:
  const int number_;
  const std::string name_;
};

// The calls of the kernel, each repeated until it has done all or failed. None retries a failed
// sync.
Result<std::size_t> read_at(const Descriptor& file, std::uint64_t offset, std::span<char> into);
Status write_at(const Descriptor& file, std::uint64_t offset, BytesView bytes);
Status sync_data(const Descriptor& file);
// For a directory, whose names are its data.
Status sync_names(const Descriptor& directory);
// At least `size` bytes long, with space reserved where the file system can.
Status reserve(const Descriptor& file, std::uint64_t size);
Status set_size(const Descriptor& file, std::uint64_t size);
Result<std::uint64_t> size_of(const Descriptor& file);

}  // namespace plumbline::real
