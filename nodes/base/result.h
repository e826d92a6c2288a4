#pragma once

#include <string>
#include <utility>
#include <variant>

#include "nodes/base/assert.h"

namespace plumbline {

// Why an operation on a port did not do what was asked.
enum class Errc {
  kNotFound,     // no such file, node or listener
  kExists,       // a file to be created is there already
  kIo,           // the device said no: nothing is known of the bytes it covers
  kNoSpace,      // the device is full
  kCorrupt,      // bytes do not pass their checksum and are not a torn tail
  kInvalid,      // malformed input or configuration
  kReset,        // the connection broke; what was not read is lost
  kRefused,      // nobody listens there, or it cannot be reached
  kCrashed,      // this node is dying: the call had no effect
  kUnsupported,  // this world cannot do that
};

constexpr const char* name_of(Errc code) {
  switch (code) {
    case Errc::kNotFound: return "not found";
    case Errc::kExists: return "exists already";
    case Errc::kIo: return "input/output error";
    case Errc::kNoSpace: return "no space left";
    case Errc::kCorrupt: return "corrupt";
    case Errc::kInvalid: return "invalid";
    case Errc::kReset: return "connection reset";
    case Errc::kRefused: return "connection refused";
    case Errc::kCrashed: return "node is stopping";
    case Errc::kUnsupported: return "not supported here";
  }
  return "unknown error";
}

struct Error {
  Errc code = Errc::kIo;
  std::string detail;  // file, position, what to do; may be empty

  std::string message() const {
    return detail.empty() ? name_of(code) : detail + ": " + name_of(code);
  }
};

// A value or the reason why there is none. Reading the value of a failed result is a programmer's
// error.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  Result(Errc code) : Result(Error{code, {}}) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() {
    PLUMB_ASSERT(ok(), error().message());
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    PLUMB_ASSERT(ok(), error().message());
    return *std::get_if<0>(&state_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : failed_(true), error_(std::move(error)) {}
  Result(Errc code) : Result(Error{code, {}}) {}

  bool ok() const { return !failed_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return error_; }

 private:
  bool failed_ = false;
  Error error_;
};

using Status = Result<void>;

}  // namespace plumbline
