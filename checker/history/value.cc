#include "checker/history/value.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

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

std::string in_quotes(std::string_view bytes) {
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

template <typename T>
T* pointer_in(const char* bytes) {
  T* pointer = nullptr;
  std::memcpy(&pointer, bytes, sizeof(pointer));
  return pointer;
}

template <typename T>
void put_pointer(char* bytes, T* pointer) {
  std::memcpy(bytes, &pointer, sizeof(pointer));
}

}  // namespace

Value::Value(std::string_view text) : kind_(Kind::kString) {
  if (text.size() <= kInlineMax) {
    size_ = static_cast<std::uint8_t>(text.size());
    std::copy(text.begin(), text.end(), bytes_);
  } else {
    size_ = kOutside;
    put_pointer(bytes_, std::make_unique<std::string>(text).release());
  }
}

Value::Value(List list) : kind_(Kind::kList) {
  put_pointer(bytes_, std::make_unique<List>(std::move(list)).release());
}

Value::Value(const Value& other) : size_(other.size_), kind_(other.kind_) {
  if (other.is_list()) {
    put_pointer(bytes_, std::make_unique<List>(other.list()).release());
  } else if (other.owns()) {
    put_pointer(bytes_, std::make_unique<std::string>(other.text()).release());
  } else {
    std::memcpy(bytes_, other.bytes_, sizeof(bytes_));
  }
}

Value::Value(Value&& other) noexcept : size_(other.size_), kind_(other.kind_) {
  std::memcpy(bytes_, other.bytes_, sizeof(bytes_));
  other.kind_ = Kind::kNil;
}

Value& Value::operator=(const Value& other) {
  if (this != &other) *this = Value(other);
  return *this;
}

Value& Value::operator=(Value&& other) noexcept {
  if (this == &other) return *this;
  if (owns()) release();
  std::memcpy(bytes_, other.bytes_, sizeof(bytes_));
  size_ = other.size_;
  kind_ = std::exchange(other.kind_, Kind::kNil);
  return *this;
}

void Value::release() {
  if (is_list()) {
    std::unique_ptr<List>(pointer_in<List>(bytes_)).reset();
  } else {
    std::unique_ptr<std::string>(pointer_in<std::string>(bytes_)).reset();
  }
}

void Value::set_number(std::int64_t number) { std::memcpy(bytes_, &number, sizeof(number)); }

std::string_view Value::text() const {
  if (size_ == kOutside) return *pointer_in<std::string>(bytes_);
  return {bytes_, size_};
}

const Value::List& Value::list() const { return *pointer_in<List>(bytes_); }

std::size_t Value::hash() const {
  const auto seed = static_cast<std::size_t>(kind_);
  switch (kind_) {
    case Kind::kNil: return mix(seed, 0);
    case Kind::kBool:
    case Kind::kInt: return mix(seed, static_cast<std::size_t>(number()));
    case Kind::kString: return mix(seed, std::hash<std::string_view>{}(text()));
    case Kind::kList: {
      std::size_t all = seed;
      for (const Value& item : list()) all = mix(all, item.hash());
      return mix(all, list().size());
    }
  }
  return seed;
}

bool Value::same_content(const Value& a, const Value& b) {
  return a.is_string() ? a.text() == b.text() : a.list() == b.list();
}

std::strong_ordering operator<=>(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) return a.kind_ <=> b.kind_;
  switch (a.kind_) {
    case Value::Kind::kNil: return std::strong_ordering::equal;
    case Value::Kind::kBool:
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
