#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

#include "checker/history/result.h"

namespace plumbline::checker {

// The bytes of an input one at a time, with the number of the line, and the first thing that is
// wrong with them. Once something is wrong there are no more bytes, so that a parser unwinds by
// itself and looks at failed() once.
//
// An element (one entry of a history) has at most kElementBytesMax bytes: a parser keeps one
// element at a time, and a hostile input must not fill the memory.
class ByteSource {
 public:
  static constexpr int kEnd = -1;
  static constexpr std::size_t kElementBytesMax = std::size_t{16} << 20;

  // REQUIRES: what is passed outlives the source.
  explicit ByteSource(std::istream& in) : in_(&in) {}
  ByteSource(std::string_view text, std::uint64_t line)
      : next_(text.data()), end_(text.data() + text.size()), line_(line) {}

  int peek() { return next_ != end_ || fill() ? static_cast<unsigned char>(*next_) : kEnd; }
  int take() {
    const int c = peek();
    if (c == kEnd) return kEnd;
    ++next_;
    if (c == '\n') ++line_;
    if (--element_bytes_left_ == 0) fail_long();
    return c;
  }

  void begin_element() { element_bytes_left_ = kElementBytesMax; }
  void end_element() { element_bytes_left_ = SIZE_MAX; }

  std::uint64_t line() const { return line_; }  // Of the next byte; 1 for the first.

  // The first one sticks. `fail_at` blames a line that was read before.
  void fail(std::string reason) { fail_at(line_, std::move(reason)); }
  void fail_at(std::uint64_t line, std::string reason);
  void fail_truncated(std::string reason);
  // `what` came where it may not: at the end of the input this is a truncation.
  void fail_unexpected(int byte, const std::string& where);
  bool failed() const { return failed_; }
  Problem problem(const std::string& file) const { return {kind_, file, fault_line_, reason_}; }

 private:
  bool fill();
  void fail_long();

  std::istream* in_ = nullptr;
  std::string chunk_;
  const char* next_ = nullptr;
  const char* end_ = nullptr;
  std::uint64_t line_ = 1;
  std::size_t element_bytes_left_ = SIZE_MAX;
  bool failed_ = false;
  Problem::Kind kind_ = Problem::Kind::kMalformed;
  std::uint64_t fault_line_ = 0;
  std::string reason_;
};

}  // namespace plumbline::checker
