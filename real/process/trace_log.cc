#include "real/process/trace_log.h"

#include <chrono>
#include <cinttypes>
#include <cstdio>

namespace plumbline::process {
namespace {

std::string number_text(std::uint64_t number, std::string_view format) {
  char text[32];
  if (format == ":x") {
    std::snprintf(text, sizeof text, "%" PRIx64, number);
  } else if (format == ":ms") {
    std::snprintf(text, sizeof text, "%" PRId64 " ms",
                  static_cast<std::int64_t>(number) / 1'000'000);
  } else {
    std::snprintf(text, sizeof text, "%" PRIu64, number);
  }
  return text;
}

}  // namespace

std::string text_of(const trace::Kind& kind, const std::uint64_t (&numbers)[4]) {
  const std::string_view pattern = kind.text;
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::size_t close = pattern[i] == '{' ? pattern.find('}', i) : pattern.npos;
    const bool is_number = close != pattern.npos && pattern[i + 1] >= 'a' && pattern[i + 1] <= 'd';
    if (!is_number) {
      text += pattern[i];
      continue;
    }
    text += number_text(numbers[pattern[i + 1] - 'a'], pattern.substr(i + 2, close - i - 2));
    i = close;
  }
  return text;
}

void TraceLog::emit(const trace::Kind& kind, std::uint64_t a, std::uint64_t b, std::uint64_t c,
                    std::uint64_t d) {
  static const auto start = std::chrono::steady_clock::now();
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - start;
  std::fprintf(stderr, "%10.6f %s: %s\n", since.count(), kind.name,
               text_of(kind, {a, b, c, d}).c_str());
}

}  // namespace plumbline::process
