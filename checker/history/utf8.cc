#include "checker/history/utf8.h"

#include <cstddef>

namespace plumbline::checker {
namespace {

// The number of bytes of the UTF-8 sequence at the front of `text`, 0 if there is none. Follows
// table 3-7 of the Unicode standard, which is what the JSON library insists on when it writes.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if ((byte(i) & 0xc0) != 0x80) return std::size_t{0};
    }
    return to;
  };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1, 2);
  if (first == 0xe0) return second >= 0xa0 ? tail(1, 3) : 0;
  if (first == 0xed) return second <= 0x9f ? tail(1, 3) : 0;
  if (first >= 0xe1 && first <= 0xef) return tail(1, 3);
  if (first == 0xf0) return second >= 0x90 ? tail(1, 4) : 0;
  if (first == 0xf4) return second <= 0x8f ? tail(1, 4) : 0;
  if (first >= 0xf1 && first <= 0xf3) return tail(1, 4);
  return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const bool ascii = static_cast<unsigned char>(text.front()) < 0x80;
    const std::size_t length = ascii ? 1 : utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace plumbline::checker
