#include "checker/formats/unicode.h"

namespace plumbline::checker {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

int digit_of(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += tail(6);
    out += tail(0);
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += tail(12);
    out += tail(6);
    out += tail(0);
  }
}

constexpr bool is_first_half(std::uint32_t code) { return code >= 0xd800 && code < 0xdc00; }
constexpr bool is_second_half(std::uint32_t code) { return code >= 0xdc00 && code < 0xe000; }

}  // namespace

std::uint32_t take_hex4(ByteSource& source) {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = digit_of(source.peek());
    if (digit < 0) {
      source.fail_unexpected(source.peek(), "where four hexadecimal digits must follow \\u");
      return 0;
    }
    source.take();
    code = code << 4 | static_cast<std::uint32_t>(digit);
  }
  return code;
}

void take_escaped_unicode(ByteSource& source, std::string& out) {
  std::uint32_t code = take_hex4(source);
  if (is_first_half(code)) {
    const bool escaped = source.take() == '\\' && source.take() == 'u';
    const std::uint32_t second = escaped ? take_hex4(source) : 0;
    if (!is_second_half(second)) return source.fail("half a character after \\u");
    code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
  } else if (is_second_half(code)) {
    return source.fail("half a character after \\u");
  }
  append_utf8(out, code);
}

std::optional<std::string> bytes_of_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit_of(static_cast<unsigned char>(hex[i]));
    const int low = digit_of(static_cast<unsigned char>(hex[i + 1]));
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

std::string hex_of_bytes(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += kHexDigits[static_cast<unsigned char>(c) >> 4];
    out += kHexDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

void take_escape(ByteSource& source, std::string& out) {
  const int c = source.take();
  switch (c) {
    case '"':
    case '\\':
    case '/': out += static_cast<char>(c); return;
    case 'n': out += '\n'; return;
    case 't': out += '\t'; return;
    case 'r': out += '\r'; return;
    case 'b': out += '\b'; return;
    case 'f': out += '\f'; return;
    case 'u': return take_escaped_unicode(source, out);
    default: source.fail_unexpected(c, "after a backslash");
  }
}

}  // namespace plumbline::checker
