#include "checker/formats/edn.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "checker/formats/unicode.h"
#include "checker/history/utf8.h"

namespace plumbline::checker {
namespace {

bool is_blank(int c) {
  return c == ' ' || c == ',' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

bool ends_token(int c) {
  switch (c) {
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
    case '"':
    case ';': return true;
    default: return c == ByteSource::kEnd || is_blank(c);
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_signed_digit(std::string_view token) {
  if (token.size() > 1 && (token[0] == '+' || token[0] == '-')) token.remove_prefix(1);
  return !token.empty() && is_digit(token[0]);
}

// A number that is not an integer: a fraction, a ratio, or the hexadecimal address of an object.
bool is_other_number(std::string_view token) {
  const bool address = token.starts_with("0x");
  const std::string_view letters = address ? "0123456789abcdefABCDEFx" : "0123456789.eE+-/MN";
  return token.find_first_not_of(letters) == std::string_view::npos;
}

}  // namespace

int EdnReader::significant(int depth) {
  if (hash_) return '#';
  for (;;) {
    const int c = source_.peek();
    if (is_blank(c)) {
      source_.take();
    } else if (c == ';') {
      while (source_.peek() != '\n' && source_.peek() != ByteSource::kEnd) source_.take();
    } else if (c == '#') {
      source_.take();
      if (source_.peek() != '_') {
        hash_ = true;
        return '#';
      }
      source_.take();
      form(depth + 1);
    } else {
      return c;
    }
  }
}

bool EdnReader::within(int depth) {
  if (depth <= kNotationDepthMax) return true;
  source_.fail("nested more than " + std::to_string(kNotationDepthMax) + " deep");
  return false;
}

Value EdnReader::form(int depth) {
  if (!within(depth)) return {};
  const int c = significant(depth);
  switch (c) {
    case '(': return forms_until(')', depth);
    case '[': return forms_until(']', depth);
    case '{': return map(depth);
    case '#': return dispatched(depth);
    case '"': return string();
    case '\\': return character();
    case ')':
    case ']':
    case '}':
    case ByteSource::kEnd: source_.fail_unexpected(c, "where a value must stand"); return {};
    default: return atom();
  }
}

Value::List EdnReader::forms_until(char close, int depth) {
  source_.take();
  Value::List items;
  while (!source_.failed()) {
    const int c = significant(depth);
    if (c == close) {
      source_.take();
      break;
    }
    if (c == ByteSource::kEnd) source_.fail_truncated(std::string("'") + close + "' is missing");
    if (c == ByteSource::kEnd) break;
    items.push_back(form(depth + 1));
  }
  return items;
}

Value EdnReader::map(int depth) {
  Value::List items = forms_until('}', depth);
  if (items.size() % 2 != 0) source_.fail("a map has a key without a value");
  Value::List pairs;
  pairs.reserve(items.size() / 2);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    pairs.push_back(Value::List{std::move(items[i]), std::move(items[i + 1])});
  }
  std::sort(pairs.begin(), pairs.end());
  const auto same = [](const Value& a, const Value& b) { return a.list()[0] == b.list()[0]; };
  const auto twice = std::adjacent_find(pairs.begin(), pairs.end(), same);
  if (twice != pairs.end()) source_.fail("key " + to_text(twice->list()[0]) + " occurs twice");
  return pairs;
}

Value EdnReader::dispatched(int depth) {
  hash_ = false;
  switch (source_.peek()) {
    case '{': {
      Value::List items = forms_until('}', depth);
      std::sort(items.begin(), items.end());
      return items;
    }
    case '"': return string();  // A pattern.
    case '#': return token();   // ##Inf, ##NaN.
    default: return tagged(depth);
  }
}

Value EdnReader::tagged(int depth) {
  const std::string tag = token();
  if (tag.empty()) source_.fail_unexpected(source_.peek(), "where a tag must follow '#'");
  Value content = form(depth + 1);
  if (tag != "plumbline/hex" || source_.failed()) return content;
  auto bytes = content.is_string() ? bytes_of_hex(content.text()) : std::nullopt;
  if (!bytes) source_.fail("#plumbline/hex must be followed by hexadecimal digits in quotes");
  return Value(bytes.value_or(""));
}

void EdnReader::entry(JepsenEntry& entry) {
  entry.line = source_.line();
  int depth = 0;
  while (significant(depth) == '#' && within(depth)) {
    hash_ = false;
    const std::string tag = token();
    if (tag.empty()) source_.fail_unexpected(source_.peek(), "where a tag must follow '#'");
    ++depth;
  }
  if (significant(depth) != '{') {
    return source_.fail_unexpected(source_.peek(), "where the map of an operation must stand");
  }
  source_.take();
  while (significant(0) != '}' && !source_.failed()) {
    const Value name = form(1);
    Value value = form(1);
    if (source_.failed()) return;
    if (!name.is_string() || entry.put(name.text(), std::move(value))) continue;
    source_.fail("member " + std::string(name.text()) + " occurs twice");
  }
  source_.take();
}

Value EdnReader::string() {
  source_.take();
  std::string text;
  for (;;) {
    const int c = source_.take();
    if (c == '"') break;
    if (c == '\\') {
      take_escape(source_, text);
    } else if (c == ByteSource::kEnd || c == 0) {
      source_.fail_unexpected(c, "within a string");
    } else {
      text += static_cast<char>(c);
    }
    if (source_.failed()) return {};
  }
  if (!is_utf8(text)) source_.fail("a string is not UTF-8");
  return Value(text);
}

Value EdnReader::character() {
  source_.take();
  std::string text;
  const int first = source_.take();
  if (first == ByteSource::kEnd || first == 0) source_.fail_unexpected(first, "after a backslash");
  text += static_cast<char>(first);
  text += token();
  if (text == "newline") return "\n";
  if (text == "return") return "\r";
  if (text == "space") return " ";
  if (text == "tab") return "\t";
  if (text.size() == 5 && text[0] == 'u') {
    ByteSource digits(std::string_view(text).substr(1), source_.line());
    std::string character;
    take_escaped_unicode(digits, character);
    if (!digits.failed()) return Value(character);
  }
  if (!is_utf8(text)) source_.fail("a character is not UTF-8");
  return Value(text);
}

// Also takes a '#' or a quote within a token, which EDN allows.
std::string EdnReader::token() {
  std::string text;
  while (!ends_token(source_.peek())) {
    const int c = source_.take();
    if (c < 0x20 || c == 0x7f) {
      source_.fail_unexpected(c, "within a value");
      return text;
    }
    text += static_cast<char>(c);
  }
  return text;
}

Value EdnReader::atom() {
  const std::string text = token();
  if (source_.failed()) return {};
  if (is_signed_digit(text)) return number(text);
  if (text == "nil") return {};
  if (text == "true") return true;
  if (text == "false") return false;
  if (text == ":") source_.fail("a keyword without a name");
  if (!is_utf8(text)) source_.fail("a name is not UTF-8");
  return Value(text);
}

Value EdnReader::number(const std::string& token) {
  std::string_view digits = token;
  if (digits[0] == '+') digits.remove_prefix(1);
  if (digits.back() == 'N') digits.remove_suffix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = end == digits.data() + digits.size();
  if (whole && error == std::errc()) return value;
  if (!whole && !is_other_number(token)) {
    source_.fail("'" + token.substr(0, 40) + "' is not a number");
  }
  return Value(digits);
}

}  // namespace plumbline::checker
