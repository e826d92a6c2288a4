#include "checker/history/value.h"

#include <algorithm>

namespace plumbline::checker {
namespace {

constexpr std::size_t kTextBytesMax = 48;
constexpr std::size_t kListItemsMax = 8;
constexpr std::size_t kListEndsShown = 3;

std::size_t mix(std::size_t seed, std::size_t next) {
  std::uint64_t x = seed ^ (next + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2));
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  return x ^ (x >> 32);
}

std::string in_quotes(const std::string& bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  const std::size_t shown = bytes.size() > kTextBytesMax ? kTextBytesMax : bytes.size();
  for (std::size_t i = 0; i < shown; ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c >= 0x20 && c != 0x7f) {
      out += static_cast<char>(c);
    } else {
      out += "\\x";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
  }
  out += '"';
  if (shown < bytes.size()) out += "... (" + std::to_string(bytes.size()) + " bytes)";
  return out;
}

std::string listed(const Value::List& list) {
  std::string out = "[";
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ", ";
    if (list.size() > kListItemsMax && i == kListEndsShown) {
      const std::size_t hidden = list.size() - 2 * kListEndsShown;
      out += "... " + std::to_string(hidden) + " more ..., ";
      i += hidden;
    }
    out += to_text(list[i]);
  }
  return out + "]";
}

}  // namespace

std::size_t Value::hash() const {
  std::size_t seed = content_.index();
  switch (kind()) {
    case Kind::kNil: return mix(seed, 0);
    case Kind::kBool: return mix(seed, truth() ? 1 : 0);
    case Kind::kInt: return mix(seed, static_cast<std::size_t>(number()));
    case Kind::kString: return mix(seed, std::hash<std::string>{}(text()));
    case Kind::kList:
      for (const Value& item : list()) seed = mix(seed, item.hash());
      return mix(seed, list().size());
  }
  return seed;
}

std::strong_ordering operator<=>(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return a.kind() <=> b.kind();
  switch (a.kind()) {
    case Value::Kind::kNil: return std::strong_ordering::equal;
    case Value::Kind::kBool: return a.truth() <=> b.truth();
    case Value::Kind::kInt: return a.number() <=> b.number();
    case Value::Kind::kString: return a.text() <=> b.text();
    case Value::Kind::kList:
      return std::lexicographical_compare_three_way(a.list().begin(), a.list().end(),
                                                    b.list().begin(), b.list().end());
  }
  return std::strong_ordering::equal;
}

std::string to_text(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNil: return "nil";
    case Value::Kind::kBool: return value.truth() ? "true" : "false";
    case Value::Kind::kInt: return std::to_string(value.number());
    case Value::Kind::kString: return in_quotes(value.text());
    case Value::Kind::kList: return listed(value.list());
  }
  return "";
}

}  // namespace plumbline::checker
