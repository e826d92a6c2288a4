#include "checker/history/lines.h"

namespace plumbline::checker {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{128} << 10;

}  // namespace

Lines::Next Lines::next() {
  // Bytes in which no line end was found are not searched again.
  std::size_t searched = 0;
  std::size_t length = std::string::npos;
  for (;;) {
    const std::size_t at = buffer_.find('\n', begin_ + searched);
    if (at != std::string::npos) length = at - begin_;
    searched = buffer_.size() - begin_;
    if (length != std::string::npos || searched >= bytes_max_) break;
    if (!fill()) break;
  }
  if (length == std::string::npos && searched == 0) {
    return in_.bad() ? Next::kUnreadable : Next::kEnd;
  }
  ++number_;
  if (length == std::string::npos ? searched >= bytes_max_ : length >= bytes_max_) {
    return Next::kTooLong;
  }
  if (length == std::string::npos) return in_.bad() ? Next::kUnreadable : Next::kPartial;
  text_ = std::string_view(buffer_).substr(begin_, length);
  begin_ += length + 1;
  return Next::kLine;
}

bool Lines::fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kChunkBytes);
  in_.read(buffer_.data() + kept, static_cast<std::streamsize>(kChunkBytes));
  buffer_.resize(kept + static_cast<std::size_t>(in_.gcount()));
  return buffer_.size() != kept;
}

}  // namespace plumbline::checker
