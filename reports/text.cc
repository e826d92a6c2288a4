#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumbline::reports {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// One character of a text: how many bytes it takes and its number, or length 0 for bytes that are
// no UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
struct Character {
  std::size_t length = 0;
  std::uint32_t point = 0;
};

std::size_t length_announced(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool is_shortest_scalar(std::size_t length, std::uint32_t point) {
  if (length == 3) return point >= 0x800 && (point < 0xD800 || point > 0xDFFF);
  if (length == 4) return point >= 0x10000 && point <= 0x10FFFF;
  return true;
}

Character character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = length_announced(lead);
  if (length == 0 || at + length > text.size()) return {};
  if (length == 1) return {1, lead};
  std::uint32_t point = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xC0U) != 0x80U) return {};
    point = point << 6 | (byte & 0x3FU);
  }
  return is_shortest_scalar(length, point) ? Character{length, point} : Character{};
}

bool reorders_text(std::uint32_t point) {
  return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

bool is_noncharacter(std::uint32_t point) { return (point & 0xFFFEU) == 0xFFFEU; }

std::string cleaned(std::string_view value, bool keep_lines) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t at = 0; at < value.size();) {
    const auto [length, point] = character_at(value, at);
    if (length == 0 || is_noncharacter(point)) {
      out += kReplacement;
    } else if (keep_lines && point == '\n') {
      out += '\n';
    } else if (point < 0x20 || (point >= 0x7F && point < 0xA0)) {
      out += fmt::format("\\x{:02x}", point);
    } else if (reorders_text(point)) {
      out += fmt::format("\\u{:04x}", point);
    } else {
      out += value.substr(at, length);
    }
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string escaped(const std::string& text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// The byte offset of the `index`th character of valid UTF-8.
std::size_t offset_of(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (begins_character(text[at]) && seen++ == index) break;
  }
  return at;
}

}  // namespace

std::string plain(std::string_view value) { return cleaned(value, false); }
std::string markup(std::string_view value) { return escaped(cleaned(value, false)); }
std::string markup_lines(std::string_view value) { return escaped(cleaned(value, true)); }

std::string markdown(std::string_view value) {
  std::string out;
  for (const char c : markup(value)) {
    if (std::string_view("|`*_[]\\~#!").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string shortened(std::string_view value, std::size_t characters_max) {
  const std::string text = plain(value);
  const auto characters =
      static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
  if (characters <= characters_max || characters_max < 3) return text;
  const std::size_t head = characters_max * 2 / 3;
  const std::size_t tail = characters_max - head - 1;
  return text.substr(0, offset_of(text, head)) + "…" +
         text.substr(offset_of(text, characters - tail));
}

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string seconds_number(std::int64_t nanoseconds, int decimals) {
  return fmt::format("{:.{}f}", static_cast<double>(nanoseconds) / 1e9, decimals);
}

std::string seconds_text(std::int64_t nanoseconds) { return seconds_number(nanoseconds, 3) + " s"; }

std::string percent_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", with_commas(number), noun, number == 1 ? "" : "s");
}

std::string seed_text(std::uint64_t seed) { return fmt::format("0x{:x}", seed); }

}  // namespace plumbline::reports
