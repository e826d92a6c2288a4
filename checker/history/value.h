#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace plumbline::checker {

// What a client wrote or saw: nothing, a truth value, an integer, a string of bytes, or a list of
// values. Plain data with a total order; two values are equal if and only if kind and content are.
class Value {
 public:
  using List = std::vector<Value>;
  enum class Kind : std::uint8_t { kNil, kBool, kInt, kString, kList };

  Value() = default;
  // Implicit on purpose: a history is written down as literals.
  Value(bool truth) : content_(truth) {}                         // NOLINT
  Value(int number) : content_(std::int64_t{number}) {}          // NOLINT
  Value(std::int64_t number) : content_(number) {}               // NOLINT
  Value(const char* text) : content_(std::string(text)) {}       // NOLINT
  Value(std::string_view text) : content_(std::string(text)) {}  // NOLINT
  Value(std::string text) : content_(std::move(text)) {}         // NOLINT
  Value(List list) : content_(std::move(list)) {}                // NOLINT

  Kind kind() const { return static_cast<Kind>(content_.index()); }
  bool is_nil() const { return kind() == Kind::kNil; }
  bool is_list() const { return kind() == Kind::kList; }

  // REQUIRES of each: the value is of that kind.
  bool truth() const { return *std::get_if<bool>(&content_); }
  std::int64_t number() const { return *std::get_if<std::int64_t>(&content_); }
  const std::string& text() const { return *std::get_if<std::string>(&content_); }
  const List& list() const { return *std::get_if<List>(&content_); }

  std::size_t hash() const;

  friend bool operator==(const Value& a, const Value& b) { return a.content_ == b.content_; }
  friend std::strong_ordering operator<=>(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, bool, std::int64_t, std::string, List> content_;
};

// For a sentence: 7, "a", nil, [1, 2]. Long lists and strings are abbreviated in the middle, so
// that a sentence stays a sentence.
std::string to_text(const Value& value);

}  // namespace plumbline::checker
