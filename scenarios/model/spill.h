#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "nodes/base/bytes.h"

namespace plumbline::model {

// A file that holds what memory should not: blocks are written behind each other and read back by
// their place. It has no name and vanishes with the process.
class Spill {
 public:
  // Where there is room; "" for where temporary files are.
  explicit Spill(const std::string& folder);
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;
  ~Spill();

  // Where it was put.
  std::uint64_t append(BytesView block);
  void write_at(std::uint64_t place, BytesView block);
  void read(std::uint64_t place, char* into, std::size_t size) const;
  void clear();
  std::uint64_t size() const { return size_; }
  bool failed() const { return failed_; }

 private:
  int file_ = -1;
  std::mutex mutex_;
  std::uint64_t size_ = 0;
  bool failed_ = false;
};

}  // namespace plumbline::model
