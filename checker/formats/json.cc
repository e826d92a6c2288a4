#include "checker/formats/json.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "checker/formats/edn.h"
#include "checker/formats/unicode.h"
#include "checker/history/utf8.h"

namespace plumbline::checker {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The integer of 64 bits that is written as `text` and in no other way.
std::optional<std::int64_t> canonical_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (std::to_string(value) != text) return std::nullopt;
  return value;
}

std::string_view skip_digits(std::string_view text) {
  while (!text.empty() && is_digit(text[0])) text.remove_prefix(1);
  return text;
}

// The grammar of RFC 8259: -? (0 | [1-9] digits*) (. digits+)? ([eE] [+-]? digits+)?
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return false;
  text = text[0] == '0' ? text.substr(1) : skip_digits(text);
  if (text.starts_with('.')) {
    const std::string_view rest = skip_digits(text.substr(1));
    if (rest.size() + 1 == text.size()) return false;
    text = rest;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (text.empty()) return false;
    text = skip_digits(text);
  }
  return text.empty();
}

}  // namespace

int JsonReader::significant() {
  for (;;) {
    const int c = source_.peek();
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return c;
    source_.take();
  }
}

Value JsonReader::value(int depth) {
  if (depth > kNotationDepthMax) {
    source_.fail("nested more than " + std::to_string(kNotationDepthMax) + " deep");
    return {};
  }
  switch (significant()) {
    case '[': return list(depth);
    case '{': return object(depth);
    case '"': return Value(string());
    default: return word();
  }
}

bool JsonReader::another(char close) {
  const int c = significant();
  if (c != ',' && c != close) {
    source_.fail_unexpected(c, std::string("where ',' or '") + close + "' must stand");
    return false;
  }
  source_.take();
  return c == ',';
}

Value JsonReader::list(int depth) {
  source_.take();
  Value::List items;
  if (significant() == ']') {
    source_.take();
    return items;
  }
  do {
    items.push_back(value(depth + 1));
  } while (!source_.failed() && another(']'));
  return items;
}

std::string JsonReader::name() {
  if (significant() != '"') {
    source_.fail_unexpected(source_.peek(), "where the name of a member must stand");
    return {};
  }
  std::string text = string();
  if (source_.failed()) return {};
  if (significant() != ':') source_.fail_unexpected(source_.peek(), "where ':' must stand");
  source_.take();
  return text;
}

Value JsonReader::object(int depth) {
  source_.take();
  Value::List pairs;
  if (significant() == '}') {
    source_.take();
    return pairs;
  }
  do {
    const std::string key = name();
    const auto number = canonical_integer(key);
    pairs.push_back(Value::List{number ? Value(*number) : Value(key), value(depth + 1)});
  } while (!source_.failed() && another('}'));
  std::sort(pairs.begin(), pairs.end());
  const auto same = [](const Value& a, const Value& b) { return a.list()[0] == b.list()[0]; };
  const auto twice = std::adjacent_find(pairs.begin(), pairs.end(), same);
  if (twice != pairs.end()) source_.fail("member " + to_text(twice->list()[0]) + " occurs twice");
  return pairs;
}

void JsonReader::entry(JepsenEntry& entry) {
  entry.line = source_.line();
  if (significant() != '{') {
    return source_.fail_unexpected(source_.peek(), "where the object of an operation must stand");
  }
  source_.take();
  if (significant() == '}') {
    source_.take();
    return;
  }
  do {
    const std::string key = name();
    if (!entry.put(key, value(1))) source_.fail("member '" + key + "' occurs twice");
  } while (!source_.failed() && another('}'));
}

std::string JsonReader::string() {
  source_.take();
  std::string text;
  for (;;) {
    const int c = source_.take();
    if (c == '"') break;
    if (c == '\\') {
      take_escape(source_, text);
    } else if (c < 0x20) {
      source_.fail_unexpected(c, "within a string");
    } else {
      text += static_cast<char>(c);
    }
    if (source_.failed()) return {};
  }
  if (!is_utf8(text)) source_.fail("a string is not UTF-8");
  return text;
}

Value JsonReader::word() {
  std::string text;
  for (int c = source_.peek(); c != ByteSource::kEnd; c = source_.peek()) {
    const bool inside = is_digit(static_cast<char>(c)) || (c >= 'a' && c <= 'z') || c == '-' ||
                        c == '+' || c == '.' || c == 'E';
    if (!inside) break;
    text += static_cast<char>(source_.take());
  }
  if (source_.failed()) return {};
  if (text.empty()) source_.fail_unexpected(source_.peek(), "where a value must stand");
  if (text == "null") return {};
  if (text == "true") return true;
  if (text == "false") return false;
  return number(text);
}

Value JsonReader::number(const std::string& token) {
  if (const auto integer = canonical_integer(token)) return *integer;
  if (!is_number(token)) source_.fail("'" + token.substr(0, 40) + "' is not JSON");
  return Value(token);
}

}  // namespace plumbline::checker
