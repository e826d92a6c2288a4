#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <streambuf>
#include <string>
#include <string_view>

namespace plumbline::checker {

// Told how many bytes of an input have been read so far: at every chunk, never twice the same.
using Progress = std::function<void(std::uint64_t bytes)>;

// Stands between an input and its reader: the reader reads all of it, but the beginning can be
// looked at before, and somebody is told how far the reading is.
class InputBuffer : public std::streambuf {
 public:
  // REQUIRES: `in` outlives this.
  InputBuffer(std::istream& in, Progress progress) : in_(in), progress_(std::move(progress)) {}

  // The first bytes, at most one chunk. REQUIRES: nothing was read yet.
  std::string_view beginning();

 protected:
  // Throws into the std::istream above it, which turns that into its bad state, as is the custom
  // of stream buffers; nothing leaves this room.
  int_type underflow() override;

 private:
  std::istream& in_;
  Progress progress_;
  std::string chunk_;
  std::uint64_t bytes_ = 0;
};

}  // namespace plumbline::checker
