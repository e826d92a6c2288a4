#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/bytes.h"
#include "scenarios/model/checkpoint.h"
#include "scenarios/model/spill.h"

namespace plumbline::model {

// States of one depth that were met first together: up to kStates of them, numbered from `first`.
struct Chunk {
  static constexpr std::uint32_t kStates = 4096;

  std::uint32_t first = 0;
  std::uint32_t count = 0;
  Bytes bytes;  // of each state its length in two bytes, then it

  void add(BytesView state);
};

// Reads the states of a chunk in their order.
class ChunkReader {
 public:
  explicit ChunkReader(const Chunk& chunk) : rest_(chunk.bytes) {}
  std::optional<BytesView> next();

 private:
  BytesView rest_;
};

// The states of one depth. Chunks stay in memory until a bound is reached, and lie in a file from
// there on.
class Level {
 public:
  Level(const std::string& folder, std::uint64_t memory_max)
      : spill_(folder), memory_max_(memory_max) {}

  // Both from any thread.
  void put(Chunk chunk);
  std::optional<Chunk> take();

  // States that were put and not taken.
  std::uint64_t states() const { return states_; }
  std::uint64_t bytes() const { return bytes_; }
  bool failed() const { return spill_.failed(); }
  void clear();
  // REQUIRES of both: nobody puts or takes meanwhile.
  void save(CheckpointWriter& to) const;
  void load(CheckpointReader& from);

 private:
  struct Place {
    std::uint32_t first;
    std::uint32_t count;
    std::uint64_t at;
    std::uint64_t size;
  };

  Chunk read(const Place& place) const;

  std::mutex mutex_;
  Spill spill_;
  std::uint64_t memory_max_;
  std::vector<Chunk> in_memory_;
  std::vector<Place> in_file_;
  std::uint64_t memory_ = 0;
  std::uint64_t states_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace plumbline::model
