#include "checker/history/lines.h"

namespace plumbline::checker {

Lines::Next Lines::next() {
  text_.clear();
  std::streambuf* buffer = in_.rdbuf();
  constexpr auto kEof = std::char_traits<char>::eof();
  for (int c = buffer->sbumpc();; c = buffer->sbumpc()) {
    if (c == kEof) {
      if (in_.bad()) return Next::kUnreadable;
      if (text_.empty()) return Next::kEnd;
      ++number_;
      return Next::kPartial;
    }
    if (c == '\n') {
      ++number_;
      return Next::kLine;
    }
    if (text_.size() + 1 >= bytes_max_) {
      ++number_;
      return Next::kTooLong;
    }
    text_ += std::char_traits<char>::to_char_type(c);
  }
}

}  // namespace plumbline::checker
