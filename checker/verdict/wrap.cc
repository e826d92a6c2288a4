#include "checker/verdict/wrap.h"

#include <algorithm>

namespace plumbline::checker {
namespace {

// How many columns a text takes: bytes that continue a character of UTF-8 take none.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent, std::size_t hang) {
  const std::size_t own = std::min(text.find_first_not_of(' '), text.size());
  std::string line(indent + own, ' ');
  std::size_t used = line.size();
  std::string out;
  for (std::size_t at = own; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    const bool first = line.find_first_not_of(' ') == std::string::npos;
    if (!first && used + 1 + width_of(word) > kTextColumns) {
      out += line + "\n";
      line = std::string(indent + own + hang, ' ');
      used = line.size();
    } else if (!first) {
      line += ' ';
      ++used;
    }
    line += word;
    used += width_of(word);
    at = end + 1;
  }
  return out + line + "\n";
}

}  // namespace plumbline::checker
