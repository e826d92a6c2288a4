#include "scenarios/model/level.h"

#include <utility>

#include "nodes/base/assert.h"

namespace plumbline::model {

void Chunk::add(BytesView state) {
  PLUMB_ASSERT(state.size() < 65536);
  bytes.push_back(static_cast<char>(state.size() & 0xff));
  bytes.push_back(static_cast<char>(state.size() >> 8));
  bytes.append(state);
  ++count;
}

std::optional<BytesView> ChunkReader::next() {
  if (rest_.empty()) return std::nullopt;
  const auto low = static_cast<unsigned char>(rest_[0]);
  const auto high = static_cast<unsigned char>(rest_[1]);
  const std::size_t size = low + std::size_t{high} * 256;
  const BytesView state = rest_.substr(2, size);
  rest_.remove_prefix(2 + size);
  return state;
}

void Level::put(Chunk chunk) {
  if (chunk.count == 0) return;
  const std::uint64_t size = chunk.bytes.size();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    states_ += chunk.count;
    bytes_ += size;
    if (memory_ + size <= memory_max_) {
      memory_ += size;
      in_memory_.push_back(std::move(chunk));
      return;
    }
  }
  const Place place{chunk.first, chunk.count, spill_.append(chunk.bytes), size};
  const std::lock_guard<std::mutex> lock(mutex_);
  in_file_.push_back(place);
}

std::optional<Chunk> Level::take() {
  Place place{};
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!in_memory_.empty()) {
      Chunk chunk = std::move(in_memory_.back());
      in_memory_.pop_back();
      memory_ -= chunk.bytes.size();
      states_ -= chunk.count;
      return chunk;
    }
    if (in_file_.empty()) return std::nullopt;
    place = in_file_.back();
    in_file_.pop_back();
    states_ -= place.count;
  }
  return read(place);
}

Chunk Level::read(const Place& place) const {
  Chunk chunk{place.first, place.count, Bytes(place.size, '\0')};
  spill_.read(place.at, chunk.bytes.data(), chunk.bytes.size());
  return chunk;
}

void Level::clear() {
  PLUMB_ASSERT(in_memory_.empty() && in_file_.empty());
  bytes_ = 0;
  if (spill_.size() != 0) spill_.clear();
}

namespace {

void put(CheckpointWriter& to, const Chunk& chunk) {
  to.put(std::uint64_t{chunk.first});
  to.put(std::uint64_t{chunk.count});
  to.put(BytesView(chunk.bytes));
}

}  // namespace

void Level::save(CheckpointWriter& to) const {
  to.put(std::uint64_t{in_memory_.size() + in_file_.size()});
  for (const Chunk& chunk : in_memory_) model::put(to, chunk);
  for (const Place& place : in_file_) model::put(to, read(place));
}

void Level::load(CheckpointReader& from) {
  for (std::uint64_t rest = from.number(); rest != 0; --rest) {
    Chunk chunk;
    chunk.first = static_cast<std::uint32_t>(from.number());
    chunk.count = static_cast<std::uint32_t>(from.number());
    chunk.bytes = from.block();
    put(std::move(chunk));
  }
}

}  // namespace plumbline::model
