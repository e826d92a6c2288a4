#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

namespace plumbline::checker {

// Lines of a stream, none longer than a limit: a file of one endless line must not fill memory.
// Reads ahead; the stream is of no use to others afterwards.
class Lines {
 public:
  enum class Next : std::uint8_t { kLine, kEnd, kPartial, kTooLong, kUnreadable };

  // `bytes_max` is that of a line with its end.
  Lines(std::istream& in, std::size_t bytes_max) : in_(in), bytes_max_(bytes_max) {}

  // kPartial: the stream ended before the line did. text() is good after kLine only.
  Next next();

  std::string_view text() const { return text_; }   // Without the line end; until next().
  std::uint64_t number() const { return number_; }  // Of the line last begun; 1 for the first.

 private:
  // More bytes, behind those that were not taken yet. False at the end.
  bool fill();

  std::istream& in_;
  std::size_t bytes_max_;
  std::string buffer_;
  std::size_t begin_ = 0;  // Of what was not taken yet, which goes to the end of buffer_.
  std::string_view text_;
  std::uint64_t number_ = 0;
};

}  // namespace plumbline::checker
