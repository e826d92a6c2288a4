#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "nodes/base/assert.h"

namespace plumbline {

// A callable that can be moved and need not be copyable, with room for a small closure inside: an
// event of the simulator is one of these, so it must not allocate.
template <class Signature>
class UniqueFunction;

template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;
  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, UniqueFunction> &&
           std::is_invocable_r_v<R, std::decay_t<F>&, Args...>) UniqueFunction(F&& f) {
    using Fn = std::decay_t<F>;
    if constexpr (kFits<Fn>) {
      new (&storage_) Fn(std::forward<F>(f));
      operations_ = &kInline<Fn>;
    } else {
      new (&storage_) Fn*(new Fn(std::forward<F>(f)));
      operations_ = &kOnHeap<Fn>;
    }
  }
  UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~UniqueFunction() { reset(); }

  explicit operator bool() const { return operations_ != nullptr; }
  R operator()(Args... args) {
    PLUMB_ASSERT(operations_ != nullptr);
    return operations_->call(&storage_, std::forward<Args>(args)...);
  }

 private:
  static constexpr std::size_t kRoom = 48;
  struct Operations {
    R (*call)(void*, Args&&...);
    void (*move)(void* from, void* to) noexcept;  // leaves nothing to destroy behind
    void (*destroy)(void*) noexcept;
  };
  template <class Fn>
  static constexpr bool kFits =
      sizeof(Fn) <= kRoom &&
      alignof(Fn) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<Fn>;
  template <class Fn>
  static constexpr Operations kInline = {
      [](void* f, Args&&... args) -> R {
        return (*static_cast<Fn*>(f))(std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept {
        new (to) Fn(std::move(*static_cast<Fn*>(from)));
        static_cast<Fn*>(from)->~Fn();
      },
      [](void* f) noexcept { static_cast<Fn*>(f)->~Fn(); }};
  template <class Fn>
  static constexpr Operations kOnHeap = {
      [](void* f, Args&&... args) -> R {
        return (**static_cast<Fn**>(f))(std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept { new (to) Fn*(*static_cast<Fn**>(from)); },
      [](void* f) noexcept { delete *static_cast<Fn**>(f); }};

  void take(UniqueFunction& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (operations_ != nullptr) operations_->move(&other.storage_, &storage_);
  }
  void reset() noexcept {
    if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(&storage_);
  }

  const Operations* operations_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[kRoom];
};

}  // namespace plumbline
