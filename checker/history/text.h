#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "checker/history/operation.h"

namespace plumbline::checker {

// Prints times in seconds with as few digits as tell the given ones apart, but at least three.
class TimeText {
 public:
  explicit TimeText(std::span<const std::int64_t> times);
  TimeText(std::initializer_list<std::int64_t> times)
      : TimeText(std::span<const std::int64_t>(times.begin(), times.size())) {}

  std::string operator()(std::int64_t ns) const;  // "12.044 s"; "never" for kNever.

 private:
  int digits_ = 3;
};

std::string call_text(const Operation& operation);    // put(x, 7)
std::string client_text(const Operation& operation);  // put(x, 7) by c1
std::string answer_text(const Operation& operation);  // "7", "true, at revision 12", "unknown"

}  // namespace plumbline::checker
