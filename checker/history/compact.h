#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/value.h"

namespace plumbline::checker {

// What an operation is made of, in as few bytes as a million of them deserve. Each type behaves as
// the one of the standard library that it stands for.

// A short string that does not change: 16 bytes, up to 14 characters without an allocation.
class Text {
 public:
  Text() : value_(std::string_view()) {}
  Text(std::string_view text) : value_(text) {}    // NOLINT(google-explicit-constructor)
  Text(const char* text) : value_(text) {}         // NOLINT(google-explicit-constructor)
  Text(const std::string& text) : value_(text) {}  // NOLINT(google-explicit-constructor)

  std::string_view view() const { return value_.text(); }
  std::string str() const { return std::string(view()); }
  operator std::string_view() const { return view(); }  // NOLINT(google-explicit-constructor)
  bool empty() const { return view().empty(); }
  std::size_t size() const { return view().size(); }

  friend bool operator==(const Text& a, const Text& b) { return a.view() == b.view(); }
  friend bool operator==(const Text& a, std::string_view b) { return a.view() == b; }
  friend bool operator==(const Text& a, const char* b) { return a.view() == b; }
  friend bool operator==(const Text& a, const std::string& b) { return a.view() == b; }
  friend std::strong_ordering operator<=>(const Text& a, const Text& b) {
    return a.view() <=> b.view();
  }
  friend std::string operator+(std::string a, const Text& b) { return a.append(b.view()); }
  friend std::string operator+(const char* a, const Text& b) { return std::string(a) + b; }
  friend std::string operator+(const Text& a, const char* b) { return a.str() + b; }

 private:
  Value value_;
};

// A list of values that is mostly none or one: 24 bytes, the first value without an allocation.
class Values {
 public:
  Values() : many_(nullptr) {}
  Values(std::initializer_list<Value> values);  // NOLINT(google-explicit-constructor)
  Values(const std::vector<Value>& values);     // NOLINT(google-explicit-constructor)
  Values(const Values& other);
  Values(Values&& other) noexcept;
  Values& operator=(const Values& other);
  Values& operator=(Values&& other) noexcept;
  ~Values() { clear(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Value* begin() const { return size_ <= 1 ? &one_ : many_; }
  const Value* end() const { return begin() + size_; }
  Value* begin() { return size_ <= 1 ? &one_ : many_; }
  Value* end() { return begin() + size_; }
  const Value& operator[](std::size_t i) const { return begin()[i]; }
  Value& operator[](std::size_t i) { return begin()[i]; }
  const Value& front() const { return *begin(); }
  const Value& back() const { return *(end() - 1); }
  Value& back() { return *(end() - 1); }
  void clear();

  friend bool operator==(const Values& a, const Values& b);

 private:
  void copy(const Value* from, std::size_t size);
  void take(Values& other);

  union {
    Value one_;
    Value* many_;
  };
  std::uint32_t size_ = 0;
};
static_assert(sizeof(Values) == 24);

// An integer, or none: 8 bytes. The least number of all stands for none and cannot be held.
class OptionalInt {
 public:
  OptionalInt() = default;
  OptionalInt(std::nullopt_t) {}                         // NOLINT(google-explicit-constructor)
  OptionalInt(std::int64_t number) : number_(number) {}  // NOLINT(google-explicit-constructor)
  OptionalInt(std::optional<std::int64_t> number)        // NOLINT(google-explicit-constructor)
      : number_(number.value_or(kNone)) {}

  bool has_value() const { return number_ != kNone; }
  explicit operator bool() const { return has_value(); }
  std::int64_t operator*() const { return number_; }
  std::int64_t& operator*() { return number_; }
  void reset() { number_ = kNone; }

  friend bool operator==(OptionalInt, OptionalInt) = default;

 private:
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();
  std::int64_t number_ = kNone;
};

}  // namespace plumbline::checker
