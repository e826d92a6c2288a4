#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <utility>

#include "nodes/base/assert.h"

namespace plumbline {

// A vector whose first N elements live inside it. What a core holds is made of these, so that a
// core of the size that is explored exhaustively is copied without touching the heap, while a large
// one still works.
template <class T, std::uint32_t N>
class InlineVector {
 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  InlineVector() = default;
  InlineVector(std::initializer_list<T> items) {
    for (const T& item : items) push_back(item);
  }
  InlineVector(const InlineVector& other) { append(other.begin(), other.end()); }
  InlineVector(InlineVector&& other) noexcept { take(other); }
  InlineVector& operator=(const InlineVector& other) {
    if (this != &other) {
      clear();
      append(other.begin(), other.end());
    }
    return *this;
  }
  InlineVector& operator=(InlineVector&& other) noexcept {
    if (this != &other) {
      clear();
      free_heap();
      take(other);
    }
    return *this;
  }
  ~InlineVector() {
    clear();
    free_heap();
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return heap_ == nullptr ? inline_data() : heap_; }
  const T* data() const { return heap_ == nullptr ? inline_data() : heap_; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  T& operator[](std::size_t i) {
    PLUMB_ASSERT(i < size_);
    return data()[i];
  }
  const T& operator[](std::size_t i) const {
    PLUMB_ASSERT(i < size_);
    return data()[i];
  }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }

  void reserve(std::size_t wanted) {
    if (wanted > capacity_) grow(wanted);
  }
  void push_back(T item) { emplace_back(std::move(item)); }
  template <class... Args>
  T& emplace_back(Args&&... args) {
    if (size_ < capacity_) return *new (data() + size_++) T{std::forward<Args>(args)...};
    T item{
        std::forward<Args>(args)...};  // first, for the arguments may lie in what is about to move
    grow(std::size_t{capacity_} * 2);
    return *new (data() + size_++) T(std::move(item));
  }
  void append(const T* first, const T* last) {
    reserve(size_ + static_cast<std::size_t>(last - first));
    for (; first != last; ++first) emplace_back(*first);
  }
  void pop_back() { truncate(size_ - 1); }
  // Keeps the first `count` elements.
  void truncate(std::size_t count) {
    PLUMB_ASSERT(count <= size_);
    std::destroy(begin() + count, end());
    size_ = static_cast<std::uint32_t>(count);
  }
  void clear() { truncate(0); }
  void erase(T* position) {
    std::move(position + 1, end(), position);
    pop_back();
  }
  void erase_front(std::size_t count) {
    if (count == 0) return;  // what is moved onto itself need not keep its value
    std::move(begin() + count, end(), begin());
    truncate(size_ - count);
  }
  friend bool operator==(const InlineVector& a, const InlineVector& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  T* inline_data() { return std::launder(reinterpret_cast<T*>(&inline_)); }
  const T* inline_data() const { return std::launder(reinterpret_cast<const T*>(&inline_)); }
  void grow(std::size_t wanted) {
    wanted = std::max<std::size_t>(wanted, std::size_t{capacity_} * 2);
    T* bigger = std::allocator<T>().allocate(wanted);
    std::uninitialized_move(begin(), end(), bigger);
    std::destroy(begin(), end());
    free_heap();
    heap_ = bigger;
    capacity_ = static_cast<std::uint32_t>(wanted);
  }
  void free_heap() {
    if (heap_ != nullptr) std::allocator<T>().deallocate(heap_, capacity_);
    heap_ = nullptr;
    capacity_ = N;
  }
  // REQUIRES: this is empty and has no heap block.
  void take(InlineVector& other) noexcept {
    if (other.heap_ != nullptr) {
      heap_ = std::exchange(other.heap_, nullptr);
      capacity_ = std::exchange(other.capacity_, N);
      size_ = std::exchange(other.size_, 0);
      return;
    }
    std::uninitialized_move(other.begin(), other.end(), inline_data());
    size_ = other.size_;
    other.clear();
  }

  T* heap_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = N;
  alignas(T) std::byte inline_[sizeof(T) * N];
};

}  // namespace plumbline
