#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::checker {

// What a client wrote or saw: nothing, a truth value, an integer, a string of bytes, or a list of
// values. Plain data with a total order; two values are equal if and only if kind and content are.
//
// A history of a million operations holds some two million of these, so one is 16 bytes: numbers
// and strings of up to 14 bytes inside, longer strings and lists behind a pointer that it owns.
class Value {
 public:
  using List = std::vector<Value>;
  enum class Kind : std::uint8_t { kNil, kBool, kInt, kString, kList };

  Value() = default;
  // Implicit on purpose: a history is written down as literals.
  Value(bool truth) : kind_(Kind::kBool) { set_number(truth ? 1 : 0); }   // NOLINT
  Value(int number) : kind_(Kind::kInt) { set_number(number); }           // NOLINT
  Value(std::int64_t number) : kind_(Kind::kInt) { set_number(number); }  // NOLINT
  Value(const char* text) : Value(std::string_view(text)) {}              // NOLINT
  Value(const std::string& text) : Value(std::string_view(text)) {}       // NOLINT
  Value(std::string_view text);                                           // NOLINT
  Value(List list);                                                       // NOLINT
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value() {
    if (owns()) release();
  }

  Kind kind() const { return kind_; }
  bool is_nil() const { return kind_ == Kind::kNil; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_int() const { return kind_ == Kind::kInt; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_list() const { return kind_ == Kind::kList; }

  // REQUIRES of each: the value is of that kind. What is returned lives as long as the value and
  // is invalid once it is assigned to or moved.
  bool truth() const { return number() != 0; }
  std::int64_t number() const {
    std::int64_t number = 0;
    std::memcpy(&number, bytes_, sizeof(number));
    return number;
  }
  std::string_view text() const;
  const List& list() const;

  std::size_t hash() const;

  friend bool operator==(const Value& a, const Value& b) {
    if (a.kind_ != b.kind_) return false;
    return a.kind_ <= Kind::kInt ? a.kind_ == Kind::kNil || a.number() == b.number()
                                 : same_content(a, b);
  }
  friend std::strong_ordering operator<=>(const Value& a, const Value& b);

 private:
  static constexpr std::size_t kInlineMax = 14;
  static constexpr std::uint8_t kOutside = 0xff;

  bool owns() const { return kind_ == Kind::kList || (is_string() && size_ == kOutside); }
  void set_number(std::int64_t number);
  void release();
  // REQUIRES: both are strings or both are lists.
  static bool same_content(const Value& a, const Value& b);

  alignas(8) char bytes_[kInlineMax] = {};  // A number, a short string, or an owning pointer.
  std::uint8_t size_ = 0;                   // Of a short string; kOutside of one behind a pointer.
  Kind kind_ = Kind::kNil;
};
static_assert(sizeof(Value) == 16);

// For a sentence: 7, "a", nil, [1, 2]. Long lists and strings are abbreviated in the middle, so
// that a sentence stays a sentence.
std::string to_text(const Value& value);

}  // namespace plumbline::checker
