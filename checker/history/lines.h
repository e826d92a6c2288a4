#pragma once

#include <cstdint>
#include <istream>
#include <string>

namespace plumbline::checker {

// Lines of a stream, none longer than a limit: a file of one endless line must not fill memory.
class Lines {
 public:
  enum class Next : std::uint8_t { kLine, kEnd, kPartial, kTooLong, kUnreadable };

  Lines(std::istream& in, std::size_t bytes_max) : in_(in), bytes_max_(bytes_max) {}

  // kPartial: the stream ended before the line did. text() is good after kLine only.
  Next next();

  const std::string& text() const { return text_; }  // Without the line end.
  std::uint64_t number() const { return number_; }   // Of the line last begun; 1 for the first.

 private:
  std::istream& in_;
  std::size_t bytes_max_;
  std::string text_;
  std::uint64_t number_ = 0;
};

}  // namespace plumbline::checker
