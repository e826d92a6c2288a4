#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The constants of history.jsonl; FORMAT.md is the grammar.
namespace plumbline::checker::format {

inline constexpr std::int64_t kVersion = 1;
inline constexpr std::string_view kHeader = "plumbline_history";
inline constexpr std::string_view kTrailer = "plumbline_history_end";

inline constexpr std::size_t kLineBytesMax = std::size_t{16} << 20;
inline constexpr int kValueDepthMax = 32;

// FNV-1a, 64 bits, over every byte of every line before the trailer, line ends included.
class Checksum {
 public:
  void add(std::string_view bytes) {
    for (const char c : bytes) {
      state_ ^= static_cast<unsigned char>(c);
      state_ *= 0x100000001b3ULL;
    }
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace plumbline::checker::format
