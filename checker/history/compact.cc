#include "checker/history/compact.h"

#include <algorithm>
#include <memory>
#include <new>

namespace plumbline::checker {

Values::Values(std::initializer_list<Value> values) : Values() {
  copy(values.begin(), values.size());
}

Values::Values(const std::vector<Value>& values) : Values() { copy(values.data(), values.size()); }

Values::Values(const Values& other) : Values() { copy(other.begin(), other.size()); }

Values::Values(Values&& other) noexcept : Values() { take(other); }

Values& Values::operator=(const Values& other) {
  if (this != &other) *this = Values(other);
  return *this;
}

Values& Values::operator=(Values&& other) noexcept {
  if (this == &other) return *this;
  clear();
  take(other);
  return *this;
}

void Values::clear() {
  if (size_ == 1) std::destroy_at(&one_);
  if (size_ > 1) std::default_delete<Value[]>{}(many_);
  size_ = 0;
}

// REQUIRES: this holds nothing.
void Values::copy(const Value* from, std::size_t size) {
  if (size == 1) {
    std::construct_at(&one_, *from);
  } else if (size > 1) {
    auto many = std::make_unique<Value[]>(size);
    std::copy(from, from + size, many.get());
    many_ = many.release();
  }
  size_ = static_cast<std::uint32_t>(size);
}

// REQUIRES: this holds nothing.
void Values::take(Values& other) {
  if (other.size_ == 1) std::construct_at(&one_, std::move(other.one_));
  if (other.size_ > 1) many_ = other.many_;
  size_ = other.size_;
  if (other.size_ == 1) std::destroy_at(&other.one_);
  other.size_ = 0;
}

bool operator==(const Values& a, const Values& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace plumbline::checker
