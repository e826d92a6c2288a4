#pragma once

#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace plumbline {

using Bytes = std::string;
using BytesView = std::string_view;

// Immutable bytes that are shared, not copied: the payload of a log entry goes from the client's
// frame through the core, the log and the state machine as one allocation. The count is not atomic:
// a blob stays on its node's thread.
class Blob {
 public:
  Blob() = default;
  explicit Blob(BytesView bytes) : block_(bytes.empty() ? nullptr : Block::make(bytes)) {}
  Blob(const Blob& other) : block_(other.block_) {
    if (block_ != nullptr) ++block_->references;
  }
  Blob(Blob&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Blob& operator=(Blob other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Blob() {
    if (block_ != nullptr && --block_->references == 0) ::operator delete(block_);
  }

  BytesView view() const {
    return block_ == nullptr ? BytesView() : BytesView(block_->data(), block_->size);
  }
  std::size_t size() const { return block_ == nullptr ? 0 : block_->size; }
  bool empty() const { return block_ == nullptr; }
  friend bool operator==(const Blob& a, const Blob& b) {
    return a.block_ == b.block_ || a.view() == b.view();
  }

 private:
  struct Block {
    std::uint64_t references;
    std::size_t size;

    char* data() { return reinterpret_cast<char*>(this + 1); }
    static Block* make(BytesView bytes) {
      auto* block = static_cast<Block*>(::operator new(sizeof(Block) + bytes.size()));
      block->references = 1;
      block->size = bytes.size();
      std::memcpy(block->data(), bytes.data(), bytes.size());
      return block;
    }
  };

  Block* block_ = nullptr;
};

}  // namespace plumbline
