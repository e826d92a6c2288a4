#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace plumbline::checker {

// What is wrong with an input, in one line that a person can act on.
struct Problem {
  enum class Kind : std::uint8_t {
    kMalformed,  // The content breaks the grammar or a rule of the format.
    kTruncated,  // The content is good as far as it goes, but its end is missing.
    kChecksum,   // The trailer does not fit the content.
    kIo,         // The file could not be read or written.
  };

  Kind kind = Kind::kMalformed;
  std::string file;
  std::uint64_t line = 0;  // 1 for the first line; 0 when no line is to blame.
  std::string reason;

  // "file:line: reason", or "file: reason" when no line is to blame.
  std::string text() const {
    return line == 0 ? file + ": " + reason : file + ":" + std::to_string(line) + ": " + reason;
  }
};

// A value or the problem that prevented it. The checker house has its own, because it shares no
// header with the system house.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Result(Problem problem) : content_(std::move(problem)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(content_); }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() { return *std::get_if<T>(&content_); }
  const T& value() const { return *std::get_if<T>(&content_); }
  // REQUIRES: !ok().
  const Problem& problem() const { return *std::get_if<Problem>(&content_); }

 private:
  std::variant<T, Problem> content_;
};

struct Done {};
using Status = Result<Done>;

}  // namespace plumbline::checker
